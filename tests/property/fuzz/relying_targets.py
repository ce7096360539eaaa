"""What an issuer sends an app, as an issuer that means harm would."""

import json
from collections.abc import Iterator

from curtilage.identity.relying.models import VerifiedLogin, VerifiedLogout
from curtilage.identity.relying.rules import choose_onward
from curtilage.identity.relying.wire.provider import parse_provider
from curtilage.identity.relying.wire.tokens import (
    LOGOUT_EVENT,
    parse_tokens,
    verify_id_token,
    verify_logout_token,
    verify_person,
)
from curtilage.identity.wire.hash_claims import hash_claim
from curtilage.identity.wire.token_kinds import TokenKind
from tests.fakes.clock import START
from tests.fakes.issuer import metadata
from tests.property.fuzz.target import Target
from tests.signed_tokens import ALL_KEYS, CLIENT, EC_KEY, ISSUER, forge

TOKENS = {"access_token": "a", "token_type": "Bearer", "expires_in": 60, "scope": "openid"}
AT = int(START.timestamp())
_TIMES = {"iss": ISSUER, "sub": "ada", "iat": AT, "exp": AT + 60}
LOGIN = {
    **_TIMES,
    "aud": [CLIENT],
    "nonce": "n",
    "amr": ["pwd"],
    "acr": "aal1",
    "azp": CLIENT,
    "auth_time": AT,
    "purposes": ["assist"],
    "name": "Ada",
}
LOGOUT = {**_TIMES, "aud": CLIENT, "jti": "j", "sid": "s", "events": {LOGOUT_EVENT: {}}}


def relying_targets() -> Iterator[Target]:
    yield Target(
        "discovery of an issuer",
        (parse_provider,),
        [json.dumps(metadata()).encode()],
        lambda raw: parse_provider(raw, expected_issuer=ISSUER),
    )
    yield Target(
        "answer of a token endpoint", (parse_tokens,), [json.dumps(TOKENS).encode()], parse_tokens
    )
    yield Target(
        "userinfo", (), [b'{"sub": "ada", "name": "Ada"}'], lambda raw: verify_person(raw, subject="ada")
    )  # fmt: skip
    yield Target("claims of a logout token", (), [LOGOUT], _logout)
    at_hash = hash_claim("a", algorithm=EC_KEY.algorithm)
    yield Target("claims of an ID token", (), [{**LOGIN, "at_hash": at_hash}], _login)
    yield Target("path to go on to", (), ["/notes?a=b", "/"], _onward)


def _logout(claims: dict[str, object]) -> VerifiedLogout:
    raw = forge(claims, kind=TokenKind.LOGOUT_TOKEN)
    return verify_logout_token(raw, keys=ALL_KEYS, issuer=ISSUER, client_id=CLIENT, at=START)


def _login(claims: dict[str, object]) -> VerifiedLogin:
    raw = forge(claims, kind=TokenKind.ID_TOKEN)
    return verify_id_token(
        raw,
        keys=ALL_KEYS,
        issuer=ISSUER,
        client_id=CLIENT,
        nonce="n",
        access_token="a",
        at=START,
    )


def _onward(raw: str) -> str:
    chosen = choose_onward(raw)
    assert chosen.startswith("/") and chosen[1:2] not in {"/", "\\"}
    assert chosen.isascii() and chosen.isprintable() and "\\" not in chosen
    return chosen
