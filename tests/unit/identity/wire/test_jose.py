"""Tokens, made and read."""

import pytest

from curtilage.identity.wire.algorithms import ALL_ALGORITHMS, OUR_ALGORITHMS
from curtilage.identity.wire.errors import JoseReason, JoseRefused
from curtilage.identity.wire.jose import (
    RESERVED_HEADERS,
    sign_jwt,
    verify_jwt,
    verify_self_signed_jwt,
)
from curtilage.identity.wire.token_kinds import TokenKind
from tests.signed_tokens import ALL_KEYS, EC_KEY, claims_of, forge, public_jwk

pytestmark = pytest.mark.requirement(35)

KIND = TokenKind.ACCESS_TOKEN


def test_a_token_says_its_kind_key_and_claims() -> None:
    claims = claims_of(KIND)
    raw = sign_jwt(claims, kind=KIND, key=EC_KEY)
    verified = verify_jwt(raw, kind=KIND, keys=ALL_KEYS, algorithms=OUR_ALGORITHMS)
    assert verified.claims == claims
    assert verified.header == {"alg": "ES256", "typ": "at+jwt", "kid": EC_KEY.kid}
    assert (verified.kind, verified.kid) == (KIND, EC_KEY.kid)
    assert "person-ada" not in repr(verified)


@pytest.mark.requirement(22)
def test_a_proof_carries_its_key() -> None:
    kind = TokenKind.DPOP_PROOF
    raw = sign_jwt(claims_of(kind), kind=kind, key=EC_KEY, headers={"jwk": public_jwk(EC_KEY)})
    verified = verify_self_signed_jwt(raw, kind=kind, algorithms=OUR_ALGORITHMS)
    assert verified.key.thumbprint == EC_KEY.kid
    with pytest.raises(JoseRefused):
        verify_self_signed_jwt(raw, kind=KIND, algorithms=OUR_ALGORITHMS)


@pytest.mark.parametrize("name", sorted(RESERVED_HEADERS))
def test_a_header_that_decides_something_cannot_be_given(name: str) -> None:
    with pytest.raises(ValueError, match="headers"):
        sign_jwt(claims_of(KIND), kind=KIND, key=EC_KEY, headers={name: "x"})


@pytest.mark.parametrize(
    "payload",
    [b"", b"text", b"[]", b"null", b"{", b'{"iss":"a","iss":"b"}', b'{"iss":"\xff"}', b"[" * 9000],
)
def test_a_payload_that_is_no_object_is_no_token(payload: bytes) -> None:
    with pytest.raises(JoseRefused) as caught:
        verify_jwt(forge(payload), kind=KIND, keys=ALL_KEYS, algorithms=ALL_ALGORITHMS)
    assert caught.value.reason is JoseReason.MALFORMED
