"""Keys of clients, and what they sign: DPoP proofs and client assertions, right or wrong."""

import hashlib
from base64 import urlsafe_b64encode
from datetime import datetime
from itertools import count
from typing import Any

from joserfc import jws
from joserfc.jwk import ECKey, RSAKey

_NUMBERS = count(1)


def a_key() -> ECKey:
    """A new key on P-256."""
    return ECKey.generate_key("P-256", {"kid": "k1", "use": "sig", "alg": "ES256"})


def sign(key: ECKey | RSAKey, header: dict[str, Any], claims: dict[str, Any]) -> str:
    """A compact JWS of anything at all."""
    import orjson  # noqa: PLC0415

    algorithms = ["ES256", "RS256", "PS256"]
    return jws.serialize_compact(header, orjson.dumps(claims), key, algorithms=algorithms)


def a_proof(
    key: ECKey,
    url: str,
    at: datetime,
    *,
    method: str = "POST",
    token: str = "",
    header: dict[str, Any] | None = None,
    without: tuple[str, ...] = (),
    **claims: Any,
) -> str:
    """A DPoP proof; `header`, `claims` and `without` make it wrong."""
    public = {name: value for name, value in key.as_dict(private=False).items() if name != "kid"}
    made: dict[str, Any] = {
        "jti": f"jti-{next(_NUMBERS)}",
        "htm": method,
        "htu": url,
        "iat": int(at.timestamp()),
    }
    if token:
        digest = hashlib.sha256(token.encode()).digest()
        made["ath"] = urlsafe_b64encode(digest).rstrip(b"=").decode()
    made = {name: value for name, value in (made | claims).items() if name not in without}
    return sign(key, {"typ": "dpop+jwt", "alg": "ES256", "jwk": public} | (header or {}), made)


def an_assertion(
    key: ECKey | RSAKey,
    client_id: str,
    issuer: str,
    at: datetime,
    *,
    header: dict[str, Any] | None = None,
    without: tuple[str, ...] = (),
    **claims: Any,
) -> dict[str, str]:
    """The parameters with which a client signs for itself."""
    now = int(at.timestamp())
    made: dict[str, Any] = {
        "iss": client_id,
        "sub": client_id,
        "aud": issuer,
        "iat": now,
        "exp": now + 50,
        "jti": f"jti-{next(_NUMBERS)}",
    }
    made = {name: value for name, value in (made | claims).items() if name not in without}
    return {
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": sign(key, {"alg": "ES256", "kid": "k1"} | (header or {}), made),
    }
