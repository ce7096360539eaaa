"""Clients that sign instead of sending a secret."""

from datetime import timedelta
from typing import Any

import pytest

from curtilage.identity.wire.algorithms import Algorithm
from curtilage.identity.wire.client_assertion import (
    VerifiedAssertion,
    parse_claimed_client,
    verify_client_assertion,
)
from curtilage.identity.wire.errors import JoseReason, JoseRefused
from curtilage.identity.wire.jwk import KeySet
from curtilage.identity.wire.token_kinds import TokenKind
from tests.fakes.clock import START
from tests.signed_tokens import CLIENT, EC_KEY, ED_KEY, ISSUER, NOW, RSA_KEY, claims_of, forge

pytestmark = pytest.mark.requirement(14)

KEYS = KeySet((EC_KEY.public, RSA_KEY.public))
FAPI = "fapi2-security-profile-final-"
PAR = f"{FAPI}par-"


def an_assertion(**given: Any) -> str:
    kind = TokenKind.CLIENT_ASSERTION
    header = {name[1:]: given.pop(name) for name in list(given) if name.startswith("_")}
    return forge(claims_of(kind, **given), kind=kind, **header)


def verify(raw: str, **asked: Any) -> VerifiedAssertion:
    defaults = {"client_id": CLIENT, "keys": KEYS, "issuer": ISSUER, "at": START}
    return verify_client_assertion(raw, **(defaults | asked))


def refusal(raw: str, **asked: Any) -> JoseReason:
    with pytest.raises(JoseRefused) as caught:
        verify(raw, **asked)
    return caught.value.reason


@pytest.mark.oidf("oidcc-ensure-client-assertion-with-iss-aud-succeeds")
@pytest.mark.parametrize("typ", [None, "JWT", "client-authentication+jwt"])
def test_a_client_is_known_by_its_key_and_says_what_to_remember(typ: str | None) -> None:
    found = verify(an_assertion(_typ=typ))
    assert found == VerifiedAssertion(CLIENT, "a-jti", START + timedelta(seconds=120))


@pytest.mark.oidf(f"{PAR}test-array-as-audience-fails")
@pytest.mark.oidf(f"{PAR}test-par-endpoint-url-as-audience-fails")
@pytest.mark.oidf(f"{PAR}test-token-endpoint-url-as-audience-fails")
@pytest.mark.oidf(f"{FAPI}ensure-client-assertion-with-wrong-aud-fails")
@pytest.mark.parametrize(
    "aud",
    [
        [ISSUER],
        [ISSUER, "https://other.example"],
        f"{ISSUER}/token",
        f"{ISSUER}/par",
        f"{ISSUER}/",
        ISSUER.upper(),
        "https://other.example",
        "",
        7,
    ],
)
def test_the_audience_is_our_issuer_as_one_text(aud: Any) -> None:
    assert refusal(an_assertion(aud=aud)) is JoseReason.AUDIENCE


@pytest.mark.oidf(f"{FAPI}ensure-client-assertion-with-exp-is-5-minutes-in-past-fails")
def test_an_assertion_lives_a_minute() -> None:
    assert refusal(an_assertion(exp=NOW - 300)) is JoseReason.EXPIRED
    assert verify(an_assertion(exp=NOW + 120))  # a minute, and a clock that is a minute ahead
    assert refusal(an_assertion(exp=NOW + 121)) is JoseReason.LIFE_TOO_LONG
    assert refusal(an_assertion(exp=NOW + 3600)) is JoseReason.LIFE_TOO_LONG
    assert verify(an_assertion(exp=NOW + 300), longest_ahead=timedelta(minutes=5))
    assert refusal(an_assertion(exp="soon")) is JoseReason.CLAIMS


@pytest.mark.oidf(f"{PAR}ensure-jwt-client-assertions-nbf-8-seconds-in-the-future-is-accepted")
@pytest.mark.oidf(f"{PAR}ensure-jwt-client-assertions-nbf-over-60-seconds-in-the-future-fails")
def test_a_clock_that_is_a_little_ahead_is_taken() -> None:
    assert verify(an_assertion(nbf=NOW + 8))
    assert refusal(an_assertion(nbf=NOW + 61)) is JoseReason.NOT_YET


@pytest.mark.oidf(f"{FAPI}ensure-client-assertion-with-no-sub-fails")
@pytest.mark.parametrize("name", ["iss", "sub", "aud", "exp", "jti"])
def test_an_assertion_without_one_of_its_claims_is_refused(name: str) -> None:
    assert refusal(an_assertion(**{name: None})) is JoseReason.KIND


def test_an_assertion_is_by_the_client_that_asks() -> None:
    assert refusal(an_assertion(), client_id="another") is JoseReason.ISSUER
    assert refusal(an_assertion(sub="another")) is JoseReason.KIND
    assert refusal(an_assertion(iss="another")) is JoseReason.KIND
    assert refusal(an_assertion(), keys=KeySet((ED_KEY.public,))) is JoseReason.KEY


@pytest.mark.parametrize("jti", ["", 7, "j" * 257])
def test_a_name_to_be_seen_once_is_short_text(jti: Any) -> None:
    assert verify(an_assertion(jti="j" * 256))
    assert refusal(an_assertion(jti=jti)) is JoseReason.CLAIMS


@pytest.mark.oidf(f"{FAPI}ensure-signed-client-assertion-with-RS256-fails")
def test_rs256_is_refused_unless_it_is_allowed() -> None:
    kind = TokenKind.CLIENT_ASSERTION
    raw = forge(claims_of(kind), key=RSA_KEY, kind=kind)
    assert refusal(raw) is JoseReason.ALGORITHM
    assert verify(raw, algorithms={Algorithm.RS256})


@pytest.mark.requirement(36)
def test_an_id_token_of_ours_authenticates_nobody() -> None:
    """Even where the client got it signed for itself, with our issuer as audience."""
    id_token = claims_of(TokenKind.ID_TOKEN, aud=ISSUER, sub=CLIENT, nonce=None)
    assert refusal(forge(id_token, kind=TokenKind.ID_TOKEN)) is JoseReason.KIND


def test_who_it_is_said_to_be_is_read_before_anything_is_known() -> None:
    assert parse_claimed_client(an_assertion()) == CLIENT
    assert parse_claimed_client(an_assertion(sub="c" * 2048)) == "c" * 2048
    for raw in ("", "a.b.c", forge(b"[]"), forge(b"text")):
        with pytest.raises(JoseRefused):
            parse_claimed_client(raw)
    for sub in (None, 7, "", "c" * 2049, [CLIENT]):
        with pytest.raises(JoseRefused) as caught:
            parse_claimed_client(an_assertion(sub=sub))
        assert caught.value.reason is JoseReason.SUBJECT
