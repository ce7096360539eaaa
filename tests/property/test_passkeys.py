"""Passkeys: what was signed holds, and nothing that was altered does."""

import json
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curtilage.core.errors import CurtilageError
from curtilage.identity.models import Passkey
from curtilage.identity.wire.cbor import parse_cbor
from curtilage.identity.wire.errors import (
    PasskeyReason,
    PasskeyRefused,
    PasskeyUnreadable,
    UnacceptablePasskey,
)
from curtilage.identity.wire.webauthn import verify_assertion, verify_registration
from curtilage.identity.wire.webauthn_json import encode_base64url, parse_base64url
from curtilage.identity.wire.webauthn_options import PasskeyPolicy
from curtilage.identity.wire.webauthn_response import parse_assertion, parse_registration
from tests.fakes.clock import START
from tests.software_authenticator import (
    CHALLENGE,
    EDDSA,
    ES256,
    HANDLE,
    ORIGIN,
    RP_ID,
    RS256,
    SoftwareAuthenticator,
    base64url,
)

ALGORITHMS = (ES256, EDDSA, RS256)
SIGNED = ("signature", "authenticatorData", "clientDataJSON")


@cache
def authenticator(algorithm: int) -> SoftwareAuthenticator:
    return SoftwareAuthenticator(algorithm)


@cache
def passkey(algorithm: int) -> Passkey:
    raw = json.dumps(authenticator(algorithm).create()).encode()
    new = verify_registration(
        parse_registration(raw),
        expected_challenge=CHALLENGE,
        expected_origins=(ORIGIN,),
        rp_id=RP_ID,
    )
    return Passkey(
        "passkey-1", new.credential_id, new.public_key, new.sign_count, RP_ID,
        new.backup_eligible, new.backed_up, (), new.aaguid, "", START,
    )  # fmt: skip


def show(shown: dict[str, Any], algorithm: int) -> None:
    verify_assertion(
        parse_assertion(json.dumps(shown).encode()),
        expected_challenge=CHALLENGE,
        expected_origins=(ORIGIN,),
        passkey=passkey(algorithm),
        expected_user_handle=HANDLE,
    )


def altered(raw: bytes, at: int, change: int) -> bytes:
    at %= len(raw)
    return raw[:at] + bytes([raw[at] ^ change]) + raw[at + 1 :]


@pytest.mark.requirement(49)
@given(
    st.sampled_from(ALGORITHMS),
    st.sampled_from(SIGNED),
    st.integers(0, 10_000),
    st.integers(1, 255),
)
def test_no_altered_byte_of_what_was_signed_passes(
    algorithm: int, part: str, at: int, change: int
) -> None:
    shown = authenticator(algorithm).get()
    show(shown, algorithm)
    raw = parse_base64url(shown["response"][part])
    shown["response"][part] = base64url(altered(raw, at, change))
    with pytest.raises((PasskeyRefused, PasskeyUnreadable)):
        show(shown, algorithm)


@pytest.mark.requirement(49)
@given(st.sampled_from(ALGORITHMS), st.integers(0, 10_000), st.integers(1, 255))
def test_no_altered_byte_of_a_signed_registration_passes(
    algorithm: int, at: int, change: int
) -> None:
    made = authenticator(algorithm).create(attestation="packed")
    raw = parse_base64url(made["response"]["attestationObject"])
    made["response"]["attestationObject"] = base64url(altered(raw, at, change))
    with pytest.raises((UnacceptablePasskey, PasskeyUnreadable)):
        verify_registration(
            parse_registration(json.dumps(made).encode()),
            expected_challenge=CHALLENGE,
            expected_origins=(ORIGIN,),
            rp_id=RP_ID,
        )


FORMATS = ("packed", "tpm", "android-key", "android-safetynet", "apple", "fido-u2f")
TRUSTING = PasskeyPolicy(roots=dict.fromkeys(FORMATS, (b"-----BEGIN CERTIFICATE-----",)))
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-300, 300)
    | st.binary(max_size=80)
    | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=4,
)
statements = st.dictionaries(
    st.sampled_from(["sig", "x5c", "alg", "ver", "certInfo", "pubArea", "response"]), values
)


@given(st.sampled_from(FORMATS), statements)
def test_a_statement_of_nonsense_is_refused_and_breaks_nothing(
    name: str, statement: dict[str, Any]
) -> None:
    made = authenticator(ES256).create(attestation=name, statement=statement)
    with pytest.raises(UnacceptablePasskey) as refused:
        verify_registration(
            parse_registration(json.dumps(made).encode()),
            expected_challenge=CHALLENGE,
            expected_origins=(ORIGIN,),
            rp_id=RP_ID,
            policy=TRUSTING,
        )
    assert refused.value.reason is PasskeyReason.ATTESTATION


@given(st.binary(max_size=64))
def test_bytes_read_as_cbor_are_one_value_or_a_refusal(raw: bytes) -> None:
    try:
        parse_cbor(raw)
    except PasskeyUnreadable:
        return


@given(st.binary(max_size=100))
def test_every_bytes_have_one_spelling(raw: bytes) -> None:
    text = encode_base64url(raw)
    assert parse_base64url(text) == raw
    for other in (text + "=", " " + text, text + "\n"):
        with pytest.raises(CurtilageError):
            parse_base64url(other)
