"""How a token came, and whether it may come like that."""

from dataclasses import replace
from datetime import timedelta

import pytest

from curtilage.identity.wire.dpop import VerifiedProof
from curtilage.identity.wire.errors import JoseReason, JoseRefused
from curtilage.identity.wire.jws import LONGEST_JWS
from curtilage.identity.wire.presented import (
    Presented,
    Scheme,
    parse_authorization,
    verify_binding,
)
from tests.fakes.clock import START
from tests.signed_tokens import EC_KEY, ED_KEY, an_access_token, forge

pytestmark = pytest.mark.requirement(22)

RAW = forge({"sub": "person-ada"})
TOKEN = an_access_token()
BOUND = an_access_token(jkt=EC_KEY.kid)
PROOF = VerifiedProof(EC_KEY.kid, "a-jti", START, START + timedelta(seconds=60))


@pytest.mark.oidf("fapi2-security-profile-final-access-token-type-header-case-sensitivity")
@pytest.mark.parametrize(
    ("header", "scheme"),
    [
        ("Bearer", Scheme.BEARER),
        ("bearer", Scheme.BEARER),
        ("BEARER ", Scheme.BEARER),
        ("DPoP", Scheme.DPOP),
        ("dpop", Scheme.DPOP),
    ],
)
def test_a_scheme_knows_no_case(header: str, scheme: Scheme) -> None:
    assert parse_authorization([f"{header} {RAW}"]) == Presented(scheme, RAW)
    assert RAW not in repr(parse_authorization([f"{header} {RAW}"]))


def test_without_a_header_there_is_no_token() -> None:
    assert parse_authorization([]) is None


@pytest.mark.parametrize(
    "headers",
    [
        [""],
        ["Bearer"],
        ["Bearer "],
        [RAW],
        [f"Basic {RAW}"],
        [f"Bearer {RAW} {RAW}"],
        [f"Bearer {RAW},"],
        [f"Bearer\t{RAW}"],
        [f" Bearer {RAW}"],
        [f"Bearer {RAW}\n"],
        [f"Bearer {RAW}é"],
        [f"Bearer {RAW}", f"Bearer {RAW}"],
        [f"Bearer {RAW}", f"DPoP {RAW}"],
        ["Bearer " + "a" * 20_000],
    ],
)
def test_anything_else_is_refused(headers: list[str]) -> None:
    with pytest.raises(JoseRefused):
        parse_authorization(headers)


def test_a_token_of_the_greatest_length_is_read() -> None:
    longest = "a" * LONGEST_JWS
    assert parse_authorization([f"Bearer {longest}"]) == Presented(Scheme.BEARER, longest)
    with pytest.raises(JoseRefused):
        parse_authorization([f"Bearer {longest}a"])


def test_a_bound_token_comes_with_its_key() -> None:
    assert verify_binding(BOUND, scheme=Scheme.DPOP, proof=PROOF).jkt == EC_KEY.kid
    other = replace(PROOF, jkt=ED_KEY.kid)
    for proof in (None, other):
        with pytest.raises(JoseRefused) as caught:
            verify_binding(BOUND, scheme=Scheme.DPOP, proof=proof)
        assert caught.value.reason is JoseReason.KEY


@pytest.mark.oidf("fapi2-security-profile-final-ensure-holder-of-key-required")
def test_a_bound_token_is_no_bearer_token_even_with_a_proof() -> None:
    assert verify_binding(TOKEN, scheme=Scheme.BEARER, proof=None).jkt == ""
    for proof in (None, PROOF):
        with pytest.raises(JoseRefused) as caught:
            verify_binding(BOUND, scheme=Scheme.BEARER, proof=proof)
        assert caught.value.reason is JoseReason.ACCESS_TOKEN


def test_a_bearer_token_is_not_made_a_bound_one_by_its_scheme() -> None:
    with pytest.raises(JoseRefused):
        verify_binding(TOKEN, scheme=Scheme.DPOP, proof=PROOF)
