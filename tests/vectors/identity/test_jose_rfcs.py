"""The examples of the RFCs: what all who implement them must agree on."""

from datetime import UTC, datetime

import pytest

from curtilage.identity.wire.algorithms import ALL_ALGORITHMS, Algorithm
from curtilage.identity.wire.dpop import hash_access_token, verify_proof
from curtilage.identity.wire.errors import JoseReason, JoseRefused
from curtilage.identity.wire.hash_claims import hash_claim, verify_hash_claim
from curtilage.identity.wire.jwk import KeySet, parse_jwk, thumbprint
from curtilage.identity.wire.jws import sign_jws, verify_jws
from curtilage.identity.wire.pkce import (
    challenge_of,
    encode_code_challenge,
    parse_code_challenge,
    verify_code_verifier,
)
from curtilage.identity.wire.signing_key import SigningKey
from tests.signed_tokens import ED_KEY, RSA_KEY
from tests.vectors.identity.jose_examples import (
    CHALLENGE_7636,
    DPOP_ACCESS_TOKEN,
    DPOP_AT_RESOURCE,
    DPOP_AT_TOKEN_ENDPOINT,
    DPOP_ATH,
    DPOP_JKT,
    ED25519_8037,
    EDDSA_8037,
    ES256_7515,
    ES512_7515,
    NONE_7515,
    OIDC_ACCESS_TOKEN,
    OIDC_AT_HASH,
    OIDC_C_HASH,
    OIDC_CODE,
    P256_7515,
    P521_7515,
    PAYLOAD_7515,
    RS256_7515,
    RSA_7515,
    RSA_7638,
    THUMBPRINT_7638,
    THUMBPRINT_8037,
    VERIFIER_7636,
)


def public(jwk: dict[str, str]) -> dict[str, str]:
    private = {"d", "p", "q", "dp", "dq", "qi"}
    return {name: value for name, value in jwk.items() if name not in private}


@pytest.mark.requirement(35)
@pytest.mark.parametrize(
    ("raw", "jwk", "payload"),
    [
        pytest.param(RS256_7515, RSA_7515, PAYLOAD_7515, id="RFC 7515 A.2"),
        pytest.param(ES256_7515, P256_7515, PAYLOAD_7515, id="RFC 7515 A.3"),
        pytest.param(ES512_7515, P521_7515, b"Payload", id="RFC 7515 A.4"),
        pytest.param(EDDSA_8037, ED25519_8037, b"Example of Ed25519 signing", id="RFC 8037 A.5"),
    ],
)
def test_a_printed_signature_is_verified(raw: str, jwk: dict[str, str], payload: bytes) -> None:
    keys = KeySet((parse_jwk(public(jwk)),))
    assert verify_jws(raw, keys=keys, algorithms=ALL_ALGORITHMS).payload == payload


@pytest.mark.parametrize(
    ("raw", "key", "payload"),
    [
        pytest.param(RS256_7515, RSA_KEY, PAYLOAD_7515, id="RFC 7515 A.2"),
        pytest.param(EDDSA_8037, ED_KEY, b"Example of Ed25519 signing", id="RFC 8037 A.4"),
    ],
)
def test_a_signature_without_chance_comes_out_as_printed(
    raw: str, key: SigningKey, payload: bytes
) -> None:
    assert sign_jws(raw.split(".", maxsplit=1)[0], payload, key=key) == raw


@pytest.mark.requirement(35)
def test_the_unsecured_example_is_refused() -> None:
    """RFC 7515 A.5."""
    with pytest.raises(JoseRefused) as caught:
        verify_jws(NONE_7515, keys=KeySet(), algorithms=ALL_ALGORITHMS)
    assert caught.value.reason is JoseReason.MALFORMED


def test_thumbprints_are_as_printed() -> None:
    """RFC 7638 §3.1, RFC 8037 A.3, RFC 9449 §6.1 (below)."""
    assert thumbprint(RSA_7638) == parse_jwk(RSA_7638).thumbprint == THUMBPRINT_7638
    assert thumbprint(ED25519_8037) == THUMBPRINT_8037


@pytest.mark.requirement(3)
def test_pkce_is_as_printed() -> None:
    """RFC 7636 appendix B."""
    assert encode_code_challenge(challenge_of(VERIFIER_7636)) == CHALLENGE_7636
    challenge = parse_code_challenge(CHALLENGE_7636, method="S256")
    assert verify_code_verifier(VERIFIER_7636, challenge=challenge)


@pytest.mark.requirement(22)
def test_a_proof_for_the_token_endpoint_is_verified() -> None:
    """RFC 9449 figure 2."""
    at = datetime.fromtimestamp(1562262616, UTC)
    proof = verify_proof(
        DPOP_AT_TOKEN_ENDPOINT, method="POST", url="https://server.example.com/token", at=at
    )
    assert (proof.jkt, proof.jti, proof.issued_at) == (DPOP_JKT, "-BwC3ESc6acc2lTc", at)


@pytest.mark.requirement(22)
def test_a_proof_for_a_resource_is_verified_with_its_token() -> None:
    """RFC 9449 figure 13."""
    assert hash_access_token(DPOP_ACCESS_TOKEN) == DPOP_ATH
    proof = verify_proof(
        DPOP_AT_RESOURCE,
        method="GET",
        url="https://resource.example.org/protectedresource",
        at=datetime.fromtimestamp(1562262618, UTC),
        access_token=DPOP_ACCESS_TOKEN,
        expected_jkt=DPOP_JKT,
    )
    assert proof.jti == "e1j3V_bKic8-LAEB"


@pytest.mark.requirement(29)
@pytest.mark.parametrize(
    ("value", "claim"), [(OIDC_ACCESS_TOKEN, OIDC_AT_HASH), (OIDC_CODE, OIDC_C_HASH)]
)
def test_hashes_of_tokens_and_codes_are_as_printed(value: str, claim: str) -> None:
    """OpenID Connect Core A.3 and A.4."""
    assert hash_claim(value, algorithm=Algorithm.RS256) == claim
    assert verify_hash_claim(claim, value=value, algorithm=Algorithm.RS256)
