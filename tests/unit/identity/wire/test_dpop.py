"""Who sends a token holds its key, for this request, now."""

from datetime import timedelta
from typing import Any

import pytest

from curtilage.identity.wire.algorithms import Algorithm
from curtilage.identity.wire.dpop import (
    NONCE_SPAN,
    VerifiedProof,
    find_canonical_url,
    find_proof,
    hash_access_token,
    live_nonces,
    mint_nonce,
    verify_proof,
)
from curtilage.identity.wire.errors import JoseReason, JoseRefused
from curtilage.identity.wire.jose import sign_jwt
from curtilage.identity.wire.signing_key import SigningKey
from curtilage.identity.wire.token_kinds import TokenKind
from tests.fakes.clock import START
from tests.signed_tokens import EC_KEY, ED_KEY, ISSUER, NOW, RSA_KEY, claims_of, forge, public_jwk

pytestmark = pytest.mark.requirement(22)

URL = f"{ISSUER}/token"
TOKEN = "an.access.token"
NONCE_KEY = bytes(range(32))


def a_proof(key: SigningKey = EC_KEY, **given: Any) -> str:
    claims = claims_of(TokenKind.DPOP_PROOF, **given)
    jwk = {"jwk": public_jwk(key)}
    return sign_jwt(claims, kind=TokenKind.DPOP_PROOF, key=key, headers=jwk)


def verify(raw: str, **asked: Any) -> VerifiedProof:
    return verify_proof(raw, **({"method": "POST", "url": URL, "at": START} | asked))


def refusal(raw: str, **asked: Any) -> JoseReason:
    with pytest.raises(JoseRefused) as caught:
        verify(raw, **asked)
    return caught.value.reason


def test_a_proof_says_which_key_and_what_to_remember() -> None:
    proof = verify(a_proof())
    assert proof == VerifiedProof(EC_KEY.kid, "a-jti", START, START + timedelta(seconds=60))
    assert verify(a_proof(), expected_jkt=EC_KEY.kid) == proof
    assert verify(a_proof(jti="j" * 256)).jti == "j" * 256


def test_a_proof_is_forgotten_only_when_it_would_be_refused_anyway() -> None:
    proof = verify(a_proof(iat=NOW + 30))
    assert refusal(a_proof(iat=NOW + 30), at=proof.forget_at + timedelta(seconds=1)) is (
        JoseReason.TOO_OLD
    )


@pytest.mark.oidf("fapi2-security-profile-final-ensure-mismatched-dpop-jkt-fails")
@pytest.mark.oidf(
    "fapi2-security-profile-final-ensure-token-endpoint-fails-with-mismatched-dpop-jkt"
)
def test_a_proof_by_another_key_is_refused() -> None:
    assert refusal(a_proof(ED_KEY), expected_jkt=EC_KEY.kid) is JoseReason.KEY


@pytest.mark.oidf("fapi2-security-profile-final-dpop-negative-tests")
@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"htm": "GET"}, JoseReason.METHOD),
        ({"htm": "post"}, JoseReason.METHOD),
        ({"htm": ["POST"]}, JoseReason.METHOD),
        ({"htu": f"{ISSUER}/par"}, JoseReason.URL),
        ({"htu": f"{ISSUER}/token/"}, JoseReason.URL),
        ({"htu": f"{ISSUER}/Token"}, JoseReason.URL),
        ({"htu": "http://id.orchard.example/token"}, JoseReason.URL),
        ({"htu": "https://id.orchard.example:8443/token"}, JoseReason.URL),
        ({"htu": "https://evil.example/token"}, JoseReason.URL),
        ({"htu": "https://id.orchard.example@evil.example/token"}, JoseReason.URL),
        ({"htu": "/token"}, JoseReason.URL),
        ({"htu": ""}, JoseReason.URL),
        ({"htu": 7}, JoseReason.URL),
        ({"jti": ""}, JoseReason.CLAIMS),
        ({"jti": 7}, JoseReason.CLAIMS),
        ({"jti": "j" * 257}, JoseReason.CLAIMS),
        ({"iat": "now"}, JoseReason.CLAIMS),
    ],
)
def test_a_proof_for_another_request_or_without_its_claims_is_refused(
    given: dict[str, Any], reason: JoseReason
) -> None:
    assert refusal(a_proof(**given)) is reason


@pytest.mark.parametrize("name", ["jti", "htm", "htu", "iat"])
def test_a_proof_without_one_of_its_claims_is_refused(name: str) -> None:
    raw = forge(
        claims_of(TokenKind.DPOP_PROOF, **{name: None}),
        kind=TokenKind.DPOP_PROOF,
        jwk=public_jwk(EC_KEY),
    )
    assert refusal(raw) is JoseReason.KIND


@pytest.mark.oidf(
    "fapi2-security-profile-final-ensure-dpopproof-with-iat-10seconds-before-succeeds"
)
@pytest.mark.oidf("fapi2-security-profile-final-ensure-dpopproof-with-iat-10seconds-after-succeeds")
def test_a_proof_is_of_this_minute() -> None:
    for seconds in (-60, -10, 0, 10, 60):
        assert verify(a_proof(iat=NOW + seconds))
    assert refusal(a_proof(iat=NOW - 61)) is JoseReason.TOO_OLD
    assert refusal(a_proof(iat=NOW + 61)) is JoseReason.NOT_YET


@pytest.mark.oidf("fapi2-security-profile-final-check-dpop-proof-nbf-exp")
def test_other_times_of_a_proof_are_honoured() -> None:
    assert verify(a_proof(exp=NOW + 5, nbf=NOW - 5))
    assert refusal(a_proof(exp=NOW - 120)) is JoseReason.EXPIRED
    assert refusal(a_proof(nbf=NOW + 120)) is JoseReason.NOT_YET


def test_a_proof_at_a_resource_names_the_token() -> None:
    assert verify(a_proof(ath=hash_access_token(TOKEN)), access_token=TOKEN)
    for ath in (None, "", 7, hash_access_token("another"), "é"):
        assert refusal(a_proof(ath=ath), access_token=TOKEN) is JoseReason.ACCESS_TOKEN
    raw = a_proof(ath=hash_access_token(TOKEN))
    assert refusal(raw, access_token="é") is JoseReason.ACCESS_TOKEN


def test_the_key_in_the_header_is_public_and_of_an_allowed_algorithm() -> None:
    kind = TokenKind.DPOP_PROOF
    assert refusal(forge(claims_of(kind), kind=kind)) is JoseReason.KEY
    private = public_jwk(EC_KEY) | {"d": "AQ"}
    assert refusal(forge(claims_of(kind), kind=kind, jwk=private)) is JoseReason.KEY
    assert refusal(a_proof(RSA_KEY)) is JoseReason.ALGORITHM
    assert verify(a_proof(RSA_KEY), algorithms={Algorithm.RS256})
    assert refusal(forge(claims_of(kind), kind=kind, alg="none")) is JoseReason.ALGORITHM


def test_a_nonce_is_asked_where_the_server_gives_them() -> None:
    nonces = live_nonces(NONCE_KEY, at=START)
    for nonce in nonces:
        assert verify(a_proof(nonce=nonce), expected_nonces=nonces)
    for nonce in (None, "", 7, "made-up", nonces[0][:-1]):
        assert refusal(a_proof(nonce=nonce), expected_nonces=nonces) is JoseReason.NONCE
    assert verify(a_proof(nonce="of another server"))


def test_a_nonce_lives_for_one_to_two_spans_and_is_known_by_its_key_alone() -> None:
    nonce = mint_nonce(NONCE_KEY, at=START)
    assert timedelta(minutes=5) == 2 * NONCE_SPAN
    assert live_nonces(NONCE_KEY, at=START)[0] == nonce
    assert live_nonces(NONCE_KEY, at=START + NONCE_SPAN)[1] == nonce
    for key, at in (
        (NONCE_KEY, START + 2 * NONCE_SPAN),
        (NONCE_KEY, START - NONCE_SPAN),
        (bytes(32), START),
    ):
        assert nonce not in live_nonces(key, at=at)


def test_a_nonce_needs_a_whole_key() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        mint_nonce(b"short", at=START)


def test_a_request_has_one_proof() -> None:
    assert find_proof([]) is None
    assert find_proof(["one"]) == "one"
    with pytest.raises(JoseRefused):
        find_proof(["one", "one"])


@pytest.mark.complaint(26)
@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("https://ID.Orchard.example/token", "https://id.orchard.example/token"),
        ("HTTPS://id.orchard.example:443/token?a=1#b", "https://id.orchard.example/token"),
        ("http://id.orchard.example:80", "http://id.orchard.example/"),
        ("https://id.orchard.example:80/", "https://id.orchard.example:80/"),
        ("https://id.orchard.example?x", "https://id.orchard.example/"),
        ("https://[2001:db8::1]:443/a", "https://[2001:db8::1]/a"),
        ("https://id.orchard.example/a/../b%2F", "https://id.orchard.example/a/../b%2F"),
        ("ftp://id.orchard.example/", None),
        ("https:///token", None),
        ("https://user@id.orchard.example/", None),
        ("https://id.orchard.example\\@evil.example/", None),
        ("https://id.orchard.example/a b", None),
        ("https://id.orchard.example/a\n", None),
        ("javascript:alert(1)", None),
        ("", None),
    ],
)
def test_urls_are_compared_in_one_spelling(url: str, canonical: str | None) -> None:
    assert find_canonical_url(url) == canonical


@pytest.mark.complaint(26)
def test_a_proof_is_for_the_configured_url_whatever_its_query() -> None:
    assert verify(a_proof(htu="https://id.orchard.example:443/token?x=1"), url=URL)
    assert verify(a_proof(), url=f"{URL}?resource=a")
    assert refusal(a_proof(), url="http://10.0.0.7:8787/token") is JoseReason.URL
