"""How we prove to a token endpoint who we are: secret, assertion, or Apple's way."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import quote_plus

import orjson

from curtilage.core.entropy import Entropy
from curtilage.identity.providers.models import Metadata, Provider
from curtilage.identity.wire.base64url import encode_base64url
from curtilage.identity.wire.jose import sign_jwt
from curtilage.identity.wire.jws import sign_jws
from curtilage.identity.wire.signing_key import SigningKey
from curtilage.identity.wire.token_kinds import TokenKind

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"  # RFC 7523 §2.2
LIFE = timedelta(minutes=1)
APPLE = "https://appleid.apple.com"


@dataclass(frozen=True, slots=True)
class ClientWords:
    """What a request for tokens carries besides its grant."""

    form: Mapping[str, str] = field(default_factory=dict, repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)


def prove_client(
    provider: Provider, metadata: Metadata, *, now: datetime, entropy: Entropy
) -> ClientWords:
    """The strongest that is configured; a secret goes where the provider takes it."""
    proof, named = provider.proof, {"client_id": provider.client_id}
    if proof.key is None:
        return _by_secret(provider.client_id, proof.secret, is_basic=metadata.takes_basic)
    times = {"iat": int(now.timestamp()), "exp": int((now + LIFE).timestamp())}
    if proof.team:
        secret = _sign_for_apple(provider, proof.key, times)
        return ClientWords({**named, "client_secret": secret})
    audience = metadata.token_endpoint if provider.preset.asserts_to_endpoint else metadata.issuer
    claims = {
        **times,
        "iss": provider.client_id,
        "sub": provider.client_id,
        "aud": audience,
        "jti": encode_base64url(entropy.token_bytes(16)),
    }
    assertion = _sign(claims, proof.key, proof.key_id)
    return ClientWords(
        {**named, "client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion}
    )


def _by_secret(client_id: str, secret: str, *, is_basic: bool) -> ClientWords:
    """In the header, each half encoded as a form (RFC 6749 §2.3.1), or in the body."""
    if not is_basic:
        return ClientWords({"client_id": client_id, "client_secret": secret})
    pair = f"{quote_plus(client_id)}:{quote_plus(secret)}"
    return ClientWords(headers=(("Authorization", f"Basic {b64encode(pair.encode()).decode()}"),))


def _sign(claims: Mapping[str, object], key: SigningKey, key_id: str) -> str:
    if not key_id:
        return sign_jwt(claims, kind=TokenKind.CLIENT_ASSERTION, key=key)
    return _sign_as(claims, key, key_id)


def _sign_for_apple(provider: Provider, key: SigningKey, times: Mapping[str, int]) -> str:
    """Apple's secret is a token by the team, about the client. Facts of its documents."""
    claims = {**times, "iss": provider.proof.team, "sub": provider.client_id, "aud": APPLE}
    return _sign_as(claims, key, provider.proof.key_id)


def _sign_as(claims: Mapping[str, object], key: SigningKey, key_id: str) -> str:
    """Under the name that the provider gave our key, which is not our own name for it."""
    header = {"alg": key.algorithm.value, "typ": "JWT", "kid": key_id}
    return sign_jws(encode_base64url(orjson.dumps(header)), orjson.dumps(claims), key=key)
