"""An OpenID provider in memory: as strict as the specification, with the ways of known ones.

It implements the port that calls addresses, so that everything above runs as it is. What it
answers can be bent, for tests of what must not be believed.
"""

from base64 import b64decode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote_plus, urlsplit

import orjson

from curtilage.core.clock import Clock
from curtilage.identity.errors import NoAnswer
from curtilage.identity.fetching import Answer
from curtilage.identity.wire.algorithms import STRONG_ALGORITHMS, Algorithm
from curtilage.identity.wire.base64url import encode_base64url
from curtilage.identity.wire.hash_claims import hash_claim
from curtilage.identity.wire.jwk import KeySet, encode_jwks
from curtilage.identity.wire.jws import sign_jws, verify_jws
from curtilage.identity.wire.signing_key import SigningKey
from tests.signed_tokens import EC_KEY

Claims = dict[str, Any]
SECRET = "a-secret-of-the-client"
CLIENT_ID = "client-basket"


def as_it_is(claims: Claims) -> Claims:
    return claims


@dataclass
class Begun:
    """What a code was given for."""

    asked: Mapping[str, str]
    claims: Claims


@dataclass
class FakeOpenID:
    """One provider. `bend` changes claims before they are signed, `spoil` the token itself."""

    issuer: str
    clock: Clock
    key: SigningKey = EC_KEY
    client_keys: KeySet = field(default_factory=KeySet)
    assertion_audience: str = ""
    assertion_issuer: str = CLIENT_ID
    secret_is_token: bool = False
    told_issuer: str = ""
    metadata: Claims = field(default_factory=dict)
    userinfo: Claims | None = None
    names_issuer: bool = True
    algorithms: list[str] = field(default_factory=lambda: ["ES256", "RS256"])
    dated_back: int = 0
    tells_when: bool = True
    is_away: bool = False
    moved: str = ""
    bend: Callable[[Claims], Claims] = as_it_is
    spoil: Callable[[str], str] = str
    bend_header: Callable[[Claims], Claims] = as_it_is
    answer: Claims = field(default_factory=dict)
    codes: dict[str, Begun] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    @property
    def base(self) -> str:
        return self.issuer.removesuffix("/")

    def document(self) -> Claims:
        found: Claims = {
            "issuer": self.told_issuer or self.issuer,
            "authorization_endpoint": f"{self.base}/authorize",
            "token_endpoint": f"{self.base}/token",
            "jwks_uri": f"{self.base}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": self.algorithms,
            "authorization_response_iss_parameter_supported": self.names_issuer,
        }
        if self.userinfo is not None:
            found["userinfo_endpoint"] = f"{self.base}/userinfo"
        return found | self.metadata

    # The browser's side

    def authorize(self, location: str, *, sub: str = "sub-ada", **claims: Any) -> dict[str, str]:
        """Somebody signs in; gives the parameters that their browser brings back."""
        head, _, query = location.partition("?")
        assert head == self.document()["authorization_endpoint"]
        asked = dict(parse_qsl(query))
        assert len(asked) == len(parse_qs(query)), "a parameter stands twice"
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT_ID
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        assert len(asked["state"]) >= 43
        assert len(asked["nonce"]) >= 43
        code = f"code-{len(self.asked)}-{len(self.codes)}"
        at = int(self.clock.now().timestamp())
        if "max_age" in asked and self.tells_when:
            claims.setdefault("auth_time", at)
        self.codes[code] = Begun(asked, {"sub": sub, **claims})
        back = {"code": code, "state": asked["state"]}
        return back | ({"iss": self.issuer} if self.names_issuer else {})

    # The back channel: implements `Fetches`

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
        self.asked.append(f"{method} {urlsplit(url).path}")
        if self.is_away:
            raise NoAnswer
        if url == self.moved:
            return Answer(302, "text/plain", b"")
        given, document = dict(headers), self.document()
        if url == f"{self.base}/.well-known/openid-configuration":
            return _json(document)
        if url == document["jwks_uri"]:
            return Answer(200, "application/json", encode_jwks(KeySet((self.key.public,))))
        if url == document["token_endpoint"] and method == "POST":
            return self._exchange(given, dict(parse_qsl(body.decode())))
        if url == document.get("userinfo_endpoint") and self.userinfo is not None:
            assert given["Authorization"] == "Bearer an-access-token"
            return _json(self.userinfo)
        return Answer(404, "text/plain", b"")

    def _exchange(self, headers: Mapping[str, str], form: Mapping[str, str]) -> Answer:
        begun = self.codes.pop(form.get("code", ""), None)
        if begun is None or not self._is_client(headers, form):
            return _json({"error": "invalid_grant"}, 400)
        digest = encode_base64url(sha256(form["code_verifier"].encode()).digest())
        if digest != begun.asked["code_challenge"]:
            return _json({"error": "invalid_grant"}, 400)
        if form["redirect_uri"] != begun.asked["redirect_uri"]:
            return _json({"error": "invalid_grant"}, 400)
        told = {
            "access_token": "an-access-token",
            "token_type": "Bearer",
            "expires_in": 3600,
            "id_token": self.id_token(begun),
        }
        return _json(told | self.answer)

    def id_token(self, begun: Begun) -> str:
        at = int(self.clock.now().timestamp()) - self.dated_back
        claims: Claims = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "iat": at,
            "exp": at + 3600,
            "nonce": begun.asked["nonce"],
            "at_hash": hash_claim("an-access-token", algorithm=self.key.algorithm),
            **begun.claims,
        }
        claims = {name: value for name, value in self.bend(claims).items() if value is not None}
        header = {"alg": self.key.algorithm.value, "kid": self.key.kid}
        encoded = encode_base64url(orjson.dumps(self.bend_header(header)))
        return self.spoil(sign_jws(encoded, orjson.dumps(claims), key=self.key))

    def _is_client(self, headers: Mapping[str, str], form: Mapping[str, str]) -> bool:
        if self.secret_is_token:
            return self._is_signed(form.get("client_secret", ""))
        if self.client_keys.keys:
            return self._is_signed(form.get("client_assertion", ""))
        basic = headers.get("Authorization", "").removeprefix("Basic ")
        if not basic:
            return form.get("client_id") == CLIENT_ID and form.get("client_secret") == SECRET
        name, _, secret = b64decode(basic).decode().partition(":")
        return (unquote_plus(name), unquote_plus(secret)) == (CLIENT_ID, SECRET)

    def _is_signed(self, token: str) -> bool:
        verified = verify_jws(
            token, keys=self.client_keys, algorithms=STRONG_ALGORITHMS | {Algorithm.RS256}
        )
        claims = orjson.loads(verified.payload)
        assert claims["exp"] > self.clock.now().timestamp()
        return (claims["iss"], claims["sub"], claims["aud"]) == (
            self.assertion_issuer,
            CLIENT_ID,
            self.assertion_audience,
        )


@dataclass
class FakeInternet:
    """Several providers, each at its own addresses."""

    providers: list[FakeOpenID]

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
        for each in self.providers:
            if url.startswith(f"{each.base}/"):
                return await each.call(method, url, headers=headers, body=body)
        raise NoAnswer


def _json(told: Claims, status: int = 200) -> Answer:
    return Answer(status, "application/json", orjson.dumps(told))
