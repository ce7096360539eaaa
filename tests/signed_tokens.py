"""Signed tokens for tests: keys that are always the same, claims of every kind, forgeries."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from joserfc.jwk import ECKey, OKPKey, RSAKey

from curtilage.identity.wire.access_tokens import AccessToken
from curtilage.identity.wire.algorithms import Algorithm
from curtilage.identity.wire.base64url import encode_base64url
from curtilage.identity.wire.jwk import KeySet
from curtilage.identity.wire.jws import sign_jws
from curtilage.identity.wire.signing_key import SigningKey, signing_key
from curtilage.identity.wire.token_kinds import TokenKind
from tests.fakes.clock import START
from tests.vectors.identity.jose_examples import ED25519_8037, P256_7515, RSA_7515

ISSUER = "https://id.orchard.example"
CLIENT = "client-basket"
API = "https://api.orchard.example"
NOW = int(START.timestamp())

EC_KEY = signing_key(Algorithm.ES256, ECKey.import_key(dict(P256_7515)))
RSA_KEY = signing_key(Algorithm.RS256, RSAKey.import_key(dict(RSA_7515)))
ED_KEY = signing_key(Algorithm.EDDSA, OKPKey.import_key(dict(ED25519_8037)))
ALL_KEYS = KeySet((EC_KEY.public, RSA_KEY.public, ED_KEY.public))

_COMMON = {"iss": ISSUER, "iat": NOW, "exp": NOW + 60, "jti": "a-jti"}
_CLAIMS: dict[TokenKind, dict[str, Any]] = {
    TokenKind.ID_TOKEN: {**_COMMON, "sub": "person-ada", "aud": CLIENT, "nonce": "n-1"},
    TokenKind.ACCESS_TOKEN: {
        **_COMMON,
        "sub": "person-ada",
        "aud": API,
        "client_id": CLIENT,
        "scope": "openid",
    },
    TokenKind.LOGOUT_TOKEN: {
        **_COMMON,
        "aud": CLIENT,
        "sid": "session-1",
        "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
    },
    TokenKind.DPOP_PROOF: {"iat": NOW, "jti": "a-jti", "htm": "POST", "htu": f"{ISSUER}/token"},
    TokenKind.CLIENT_ASSERTION: {**_COMMON, "iss": CLIENT, "sub": CLIENT, "aud": ISSUER},
    TokenKind.ID_JAG: {
        **_COMMON,
        "sub": "person-ada",
        "aud": "https://other.example",
        "client_id": CLIENT,
    },
    TokenKind.SECURITY_EVENT: {
        "iss": ISSUER,
        "iat": NOW,
        "jti": "a-jti",
        "aud": CLIENT,
        "events": {"https://schemas.openid.net/secevent/caep/event-type/session-revoked": {}},
    },
    TokenKind.KEY_BINDING: {"iat": NOW, "aud": ISSUER, "nonce": "n-1", "sd_hash": "abc"},
    TokenKind.LINK: {**_COMMON, "sub": "person-ada", "aud": ISSUER},
    TokenKind.INTROSPECTION: {
        "iss": ISSUER,
        "iat": NOW,
        "aud": API,
        "token_introspection": {"active": True},
    },
}


def claims_of(kind: TokenKind, **given: Any) -> dict[str, Any]:
    """The claims of a good token of this kind; None for a claim leaves it out."""
    claims = {**_CLAIMS[kind], **given}
    return {name: value for name, value in claims.items() if value is not None}


def forge(
    claims: Mapping[str, Any] | bytes,
    *,
    key: SigningKey = EC_KEY,
    kind: TokenKind = TokenKind.ACCESS_TOKEN,
    **header: Any,
) -> str:
    """Anything at all, under a good signature. None for a header leaves it out."""
    own = {"alg": key.algorithm.value, "typ": kind.rule.typ, "kid": key.kid} | header
    kept = {name: value for name, value in own.items() if value is not None}
    payload = claims if isinstance(claims, bytes) else json.dumps(claims).encode()
    return sign_jws(encode_base64url(json.dumps(kept).encode()), payload, key=key)


def public_jwk(key: SigningKey) -> dict[str, str]:
    """The bare JWK that a DPoP proof carries."""
    return dict(key.public.members)


def an_access_token(**given: Any) -> AccessToken:
    """A token of Ada's for the API, by a client that whoever holds it may use."""
    defaults: dict[str, Any] = {
        "issuer": ISSUER,
        "subject": "person-ada",
        "audience": (API,),
        "client_id": CLIENT,
        "jti": "grant-1.random",
        "issued_at": START,
        "expires_at": START + timedelta(minutes=10),
    }
    return AccessToken(**(defaults | given))
