"""Access tokens as a model and as claims."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from curtilage.identity.wire.access_tokens import (
    MOST_NAMES,
    AccessToken,
    encode_access_token,
    parse_access_token,
    sign_access_token,
    verify_access_token,
)
from curtilage.identity.wire.algorithms import Algorithm
from curtilage.identity.wire.errors import JoseReason, JoseRefused
from curtilage.identity.wire.jwk import KeySet
from curtilage.identity.wire.token_kinds import TokenKind
from tests.fakes.clock import START
from tests.signed_tokens import (
    ALL_KEYS,
    API,
    CLIENT,
    EC_KEY,
    ED_KEY,
    ISSUER,
    NOW,
    an_access_token,
    claims_of,
    forge,
)

pytestmark = pytest.mark.requirement(9)

TOKEN = an_access_token()
FULL = replace(
    TOKEN,
    audience=(API, "https://other.example"),
    scopes=frozenset({"openid", "mail.read"}),
    purposes=frozenset({"assist"}),
    rights=frozenset({"subject:assert"}),
    authenticated_at=START - timedelta(hours=1),
    acr="aal2",
    amr=("pwd", "otp"),
    jkt=EC_KEY.kid,
    session_id="session-1",
    act=("agent-near", "agent-far"),
)


def verify(raw: str, **asked: Any) -> AccessToken:
    defaults: dict[str, Any] = {"keys": ALL_KEYS, "issuer": ISSUER, "audience": API, "at": START}
    return verify_access_token(raw, **(defaults | asked))


def refusal(raw: str, **asked: Any) -> JoseReason:
    with pytest.raises(JoseRefused) as caught:
        verify(raw, **asked)
    return caught.value.reason


@pytest.mark.parametrize("token", [TOKEN, FULL])
def test_a_token_comes_back_from_its_claims_and_from_its_signature(token: AccessToken) -> None:
    assert parse_access_token(encode_access_token(token)) == token
    assert verify(sign_access_token(token, key=EC_KEY)) == token


def test_claims_are_those_of_the_rfc() -> None:
    assert encode_access_token(TOKEN) == {
        "iss": ISSUER,
        "sub": "person-ada",
        "aud": API,
        "client_id": CLIENT,
        "jti": "grant-1.random",
        "iat": NOW,
        "exp": NOW + 600,
    }
    full = encode_access_token(FULL)
    assert full["scope"] == "mail.read openid"
    assert full["cnf"] == {"jkt": EC_KEY.kid}
    assert full["auth_time"] == NOW - 3600


@pytest.mark.requirement(20)
def test_who_acts_is_nested_with_the_nearest_outermost() -> None:
    nested = {"sub": "agent-near", "act": {"sub": "agent-far"}}
    assert encode_access_token(FULL)["act"] == nested


def test_an_authentication_at_the_epoch_is_one() -> None:
    token = replace(TOKEN, authenticated_at=datetime.fromtimestamp(0, UTC))
    assert parse_access_token(encode_access_token(token)) == token


def test_a_token_does_not_show_whose_it_is() -> None:
    assert "person-ada" not in repr(FULL)


@pytest.mark.parametrize("life", [timedelta(), timedelta(seconds=-1), timedelta(seconds=601)])
def test_a_token_lives_and_no_longer_than_ten_minutes(life: timedelta) -> None:
    with pytest.raises(ValueError, match="ten minutes"):
        sign_access_token(replace(TOKEN, expires_at=START + life), key=EC_KEY)
    raw = forge(encode_access_token(TOKEN) | {"exp": NOW + 661})
    assert refusal(raw) is JoseReason.LIFE_TOO_LONG


@pytest.mark.parametrize("scope", ["", "mail.read admin"])
def test_a_scope_that_would_be_read_as_two_is_never_signed(scope: str) -> None:
    with pytest.raises(ValueError, match="one word"):
        sign_access_token(replace(TOKEN, scopes=frozenset({scope})), key=EC_KEY)


@pytest.mark.complaint(10)
@pytest.mark.requirement(18)
def test_a_token_for_one_resource_is_refused_at_another() -> None:
    raw = sign_access_token(TOKEN, key=EC_KEY)
    assert refusal(raw, audience="https://other.example") is JoseReason.AUDIENCE
    assert refusal(raw, issuer="https://evil.example") is JoseReason.ISSUER
    assert refusal(raw, keys=KeySet((ED_KEY.public,))) is JoseReason.KEY
    assert refusal(raw, algorithms={Algorithm.EDDSA}) is JoseReason.ALGORITHM
    assert refusal(raw, at=START + timedelta(minutes=11)) is JoseReason.EXPIRED


@pytest.mark.requirement(36)
def test_an_id_token_opens_nothing() -> None:
    id_token = forge(claims_of(TokenKind.ID_TOKEN, aud=API), kind=TokenKind.ID_TOKEN)
    assert refusal(id_token) is JoseReason.KIND


@pytest.mark.requirement(20)
@pytest.mark.parametrize(
    "given",
    [
        {"authorization_details": [{"type": "budget"}]},
        {"may_act": {"sub": "agent"}},
        {"unknown": None},
    ],
)
def test_a_claim_that_may_narrow_the_token_is_not_passed_over(given: dict[str, Any]) -> None:
    assert refusal(forge(encode_access_token(TOKEN) | given)) is JoseReason.CLAIMS


@pytest.mark.requirement(17)
def test_permissions_are_for_who_keeps_to_them() -> None:
    limited = replace(TOKEN, details=('{"type":"budget"}',))
    raw = forge(encode_access_token(limited))
    assert refusal(raw) is JoseReason.CLAIMS
    assert parse_access_token(encode_access_token(limited)) == limited
    for wrong in ({"type": 7}, "budget", {}, {"type": "budget", "x": 1.5}):
        claims = encode_access_token(TOKEN) | {"authorization_details": [wrong]}
        with pytest.raises(JoseRefused):
            parse_access_token(claims)
    with pytest.raises(JoseRefused):
        parse_access_token(encode_access_token(TOKEN) | {"authorization_details": {}})


@pytest.mark.parametrize(
    "given",
    [
        {"iss": None}, {"iss": "i" * 2049}, {"sub": ""}, {"sub": 7}, {"client_id": ["c"]}, {"client_id": "c" * 2049},
        {"jti": None}, {"jti": "j" * 256}, {"iat": NOW + 0.5}, {"iat": True}, {"iat": -1}, {"iat": "1"}, {"exp": 1e9},
        {"exp": 2**40}, {"scope": ["openid"]}, {"scope": "a  b"}, {"scope": " a"}, {"scope": " ".join("s" * 65)},
        {"purposes": "assist"}, {"purposes": [""]}, {"purposes": [7]}, {"purposes": ["p"] * (MOST_NAMES + 1)},
        {"rights": {"a": 1}}, {"rights": ["r" * 256]}, {"auth_time": None}, {"auth_time": "1"}, {"auth_time": 1.0},
        {"acr": ""}, {"acr": 2}, {"amr": "pwd"}, {"amr": [None]}, {"sid": ""}, {"sid": 1},
        {"cnf": {}}, {"cnf": {"x5t#S256": "a"}}, {"cnf": {"jkt": ""}}, {"cnf": {"jkt": "a", "jwk": {}}}, {"cnf": "a"},
        {"cnf": None}, {"act": None}, {"act": {}}, {"act": {"sub": ""}}, {"act": {"sub": "a", "iss": "b"}},
        {"act": {"sub": "a", "act": []}}, {"act": {"sub": "1", "act": {"sub": "2", "act": {"sub": "3",
        "act": {"sub": "4", "act": {"sub": "5"}}}}}},
    ],
)  # fmt: skip
def test_a_claim_of_another_shape_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(JoseRefused) as caught:
        parse_access_token(encode_access_token(FULL) | given)
    assert caught.value.reason is JoseReason.CLAIMS


def test_the_bounds_themselves_are_taken() -> None:
    longest = "n" * 255
    token = an_access_token(
        issuer="i" * 2048,
        subject="s" * 2048,
        client_id="c" * 2048,
        jti=longest,
        acr="2",
        scopes=frozenset(f"s{number}" for number in range(MOST_NAMES)),
        purposes=frozenset({longest}),
        act=("a" * 2048, "b", "c", "d"),
        authenticated_at=datetime.fromtimestamp((1 << 36) - 1, UTC),
    )
    assert parse_access_token(encode_access_token(token)) == token
    with pytest.raises(JoseRefused):
        parse_access_token(encode_access_token(token) | {"auth_time": 1 << 36})


def test_a_token_may_have_every_claim_that_is_known() -> None:
    raw = forge(encode_access_token(FULL) | {"nbf": NOW})
    assert verify(raw) == FULL
    assert refusal(forge(encode_access_token(FULL) | {"nbf": NOW + 61})) is JoseReason.NOT_YET


@pytest.mark.parametrize("aud", [[], "", None, 7])
def test_a_token_is_for_somebody(aud: Any) -> None:
    with pytest.raises(JoseRefused):
        parse_access_token(encode_access_token(TOKEN) | {"aud": aud})
