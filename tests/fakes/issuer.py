"""An issuer in memory: discovery, keys, tokens and userinfo, as an app fetches them."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from curtilage.core.errors import CurtilageError
from curtilage.identity.fetching import Answer
from curtilage.identity.wire.hash_claims import hash_claim
from curtilage.identity.wire.jose import sign_jwt
from curtilage.identity.wire.jwk import KeySet, encode_jwks
from curtilage.identity.wire.signing_key import SigningKey
from curtilage.identity.wire.token_kinds import TokenKind
from tests.fakes.clock import FixedClock
from tests.signed_tokens import CLIENT, EC_KEY, ISSUER

LOGOUT = "http://schemas.openid.net/event/backchannel-logout"


@dataclass
class FakeIssuer:
    """Gives whoever brings a code or refresh token what `claims` and `members` say.

    `members` and `claims` change what is given: None takes a member away. `spoil` is the
    last to see a document by its path. Refresh tokens rotate; an old one is refused."""

    clock: FixedClock
    key: SigningKey = EC_KEY
    keys: KeySet = field(default_factory=lambda: KeySet((EC_KEY.public,)))
    nonce: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    members: dict[str, Any] = field(default_factory=dict)
    person: dict[str, Any] = field(default_factory=lambda: {"sub": "ada", "name": "Ada Quill"})
    refresh_tokens: list[str] = field(default_factory=list)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    statuses: dict[str, int] = field(default_factory=dict)
    problem: CurtilageError | None = None
    spoil: Callable[[str, bytes], bytes] = lambda _, body: body

    async def get(self, url: str, *, headers: Sequence[tuple[str, str]] = ()) -> Answer:
        return await self.call("GET", url, headers=headers)

    async def call(
        self,
        method: str,
        url: str,
        *,
        headers: Sequence[tuple[str, str]] = (),
        body: bytes = b"",
    ) -> Answer:
        path = urlsplit(url).path
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        self.asked.append((path, form))
        self.headers.append(dict(headers))
        if self.problem is not None:
            raise self.problem
        status, document = self._answer(path, form)
        status = self.statuses.get(path, status)
        return Answer(status, "application/json", self.spoil(path, document))

    def count(self, path: str) -> int:
        return sum(each == path for each, _ in self.asked)

    def _answer(self, path: str, form: dict[str, str]) -> tuple[int, bytes]:
        if path == "/token":
            return self._give(form)
        documents = {
            "/.well-known/openid-configuration": json.dumps(metadata()).encode(),
            "/jwks": encode_jwks(self.keys),
            "/userinfo": json.dumps(self.person).encode(),
        }
        return (200, documents[path]) if path in documents else (404, b"{}")

    def _give(self, form: dict[str, str]) -> tuple[int, bytes]:
        refresh = form.get("refresh_token", "")
        if refresh and refresh != self.refresh_tokens[-1]:
            return 400, b'{"error": "invalid_grant"}'
        if form.get("code") == "spent":
            return 400, b'{"error": "invalid_grant"}'
        self.refresh_tokens.append(f"refresh-{len(self.refresh_tokens)}")
        access = f"access-{len(self.refresh_tokens)}"
        members = {
            "access_token": access,
            "token_type": "Bearer",
            "expires_in": 600,
            "refresh_token": self.refresh_tokens[-1],
            "id_token": self.id_token(access, nonce=None if refresh else self.nonce),
            **self.members,
        }
        kept = {name: value for name, value in members.items() if value is not None}
        return 200, json.dumps(kept).encode()

    def id_token(self, access: str, *, nonce: str | None, **given: Any) -> str:
        at = int(self.clock.now().timestamp())
        claims = {
            "iss": ISSUER,
            "sub": "ada",
            "aud": CLIENT,
            "iat": at,
            "exp": at + 600,
            "auth_time": at,
            "acr": "aal1",
            "amr": ["pwd"],
            "sid": "sid-1",
            "nonce": nonce,
            "at_hash": hash_claim(access, algorithm=self.key.algorithm),
            **self.claims,
            **given,
        }
        kept = {name: value for name, value in claims.items() if value is not None}
        return sign_jwt(kept, kind=TokenKind.ID_TOKEN, key=self.key)

    def logout_token(self, **given: Any) -> str:
        at = int(self.clock.now().timestamp())
        claims = {
            "iss": ISSUER,
            "aud": CLIENT,
            "sub": "ada",
            "sid": "sid-1",
            "iat": at,
            "exp": at + 120,
            "jti": "logout-1",
            "events": {LOGOUT: {}},
            **given,
        }
        kept = {name: value for name, value in claims.items() if value is not None}
        return sign_jwt(kept, kind=TokenKind.LOGOUT_TOKEN, key=self.key)


def metadata(**given: Any) -> dict[str, Any]:
    """The discovery document; None for a member leaves it out."""
    document = {
        "issuer": ISSUER,
        "authorization_endpoint": f"{ISSUER}/authorize",
        "token_endpoint": f"{ISSUER}/token",
        "jwks_uri": f"{ISSUER}/jwks",
        "userinfo_endpoint": f"{ISSUER}/userinfo",
        "end_session_endpoint": f"{ISSUER}/logout",
        "code_challenge_methods_supported": ["S256"],
        **given,
    }
    return {name: value for name, value in document.items() if value is not None}
