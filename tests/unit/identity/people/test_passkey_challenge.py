"""Challenges that take no room until they are used."""

from dataclasses import replace
from datetime import timedelta

import pytest

from curtilage.core.models import TenantId
from curtilage.identity.people.passkey_challenge import (
    Holder,
    Use,
    mint_stateless_challenge,
    verify_stateless_challenge,
)
from curtilage.identity.wire.errors import PasskeyReason, PasskeyRefused
from curtilage.identity.wire.webauthn_options import CEREMONY_LIFE, LEAST_CHALLENGE
from tests.fakes import FixedEntropy
from tests.fakes.clock import START

pytestmark = [pytest.mark.requirement(49)]

KEY = b"c" * 32
HOLDER = Holder(TenantId("orchard"), Use.SIGN_IN, b"a browser")
OTHERS = {
    "tenant": replace(HOLDER, tenant=TenantId("harbour")),
    "use": replace(HOLDER, use=Use.PROVE),
    "browser": replace(HOLDER, id=b"another browser"),
    "nobody": replace(HOLDER, id=b""),
}


def minted(holder: Holder = HOLDER) -> bytes:
    return mint_stateless_challenge(KEY, holder, at=START, entropy=FixedEntropy())


def test_a_challenge_holds_for_five_minutes_and_no_longer() -> None:
    raw = minted()
    assert len(raw) == 57
    assert LEAST_CHALLENGE <= 57
    last = START + CEREMONY_LIFE - timedelta(seconds=1)
    verified = verify_stateless_challenge(KEY, HOLDER, raw, at=last)
    assert (verified.raw, verified.expires_at) == (raw, START + CEREMONY_LIFE)
    with pytest.raises(PasskeyRefused) as refused:
        verify_stateless_challenge(KEY, HOLDER, raw, at=START + CEREMONY_LIFE)
    assert refused.value.reason is PasskeyReason.CHALLENGE


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_a_challenge_is_of_its_holder_alone(other: Holder) -> None:
    with pytest.raises(PasskeyRefused):
        verify_stateless_challenge(KEY, other, minted(), at=START)
    with pytest.raises(PasskeyRefused):
        verify_stateless_challenge(KEY, OTHERS["nobody"], minted(OTHERS["nobody"]), at=START)
    with pytest.raises(PasskeyRefused):
        verify_stateless_challenge(b"k" * 32, HOLDER, minted(), at=START)


def test_no_bit_of_it_can_be_changed() -> None:
    raw = minted()
    for place in range(len(raw) * 8):
        changed = bytearray(raw)
        changed[place // 8] ^= 1 << place % 8
        with pytest.raises(PasskeyRefused):
            verify_stateless_challenge(KEY, HOLDER, bytes(changed), at=START)
    for other in (b"", raw[:-1], raw + b"\0"):
        with pytest.raises(PasskeyRefused):
            verify_stateless_challenge(KEY, HOLDER, other, at=START)


def test_no_two_are_the_same() -> None:
    entropy = FixedEntropy()
    made = {mint_stateless_challenge(KEY, HOLDER, at=START, entropy=entropy) for _ in range(50)}
    assert len(made) == 50
