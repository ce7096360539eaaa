"""Signed tokens: claims (RFC 7519) of one kind, signed by one key.

The kind is checked here, so that no caller can forget it: `typ`, the claims that must be
there and those that must not. Issuer, audience and times are `claims.verify_claims`.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import orjson

from curtilage.identity.wire.algorithms import Algorithm
from curtilage.identity.wire.base64url import encode_base64url
from curtilage.identity.wire.errors import JoseReason, JoseRefused
from curtilage.identity.wire.jwk import KeySet, PublicKey
from curtilage.identity.wire.jws import (
    EXTENSIONS,
    VerifiedJws,
    sign_jws,
    verify_jws,
    verify_self_signed_jws,
)
from curtilage.identity.wire.signing_key import SigningKey
from curtilage.identity.wire.strict_json import parse_object
from curtilage.identity.wire.token_kinds import TokenKind, has_claims_of, has_type_of

RESERVED_HEADERS = EXTENSIONS | {"alg", "kid", "typ"}


@dataclass(frozen=True, slots=True)
class VerifiedJwt:
    """A token whose signature and kind hold. It may be expired, or for somebody else."""

    kind: TokenKind
    key: PublicKey
    algorithm: Algorithm
    header: Mapping[str, Any] = field(repr=False)
    claims: Mapping[str, Any] = field(repr=False)

    @property
    def kid(self) -> str:
        return self.key.kid


def sign_jwt(
    claims: Mapping[str, Any],
    *,
    kind: TokenKind,
    key: SigningKey,
    headers: Mapping[str, Any] | None = None,
) -> str:
    """A token of this kind. Raises ValueError for claims that would make it another's."""
    if not has_claims_of(kind, claims):
        raise ValueError("expected the claims of this kind of token, and none of others")
    if headers and not RESERVED_HEADERS.isdisjoint(headers):
        raise ValueError("expected headers beside those that the signer sets")
    header = _encode_header(key.algorithm.value, kind.rule.typ, key.kid)
    if headers:
        own = {"alg": key.algorithm.value, "typ": kind.rule.typ, "kid": key.kid}
        header = encode_base64url(orjson.dumps({**own, **headers}))
    return sign_jws(header, orjson.dumps(claims), key=key)


def verify_jwt(
    raw: str, *, kind: TokenKind, keys: KeySet, algorithms: Collection[Algorithm]
) -> VerifiedJwt:
    """The token, if one of `keys` signed it as this kind. Raises JoseRefused.

    `algorithms` are those that this use allows, of those that the key itself allows.
    """
    return _as_kind(kind, verify_jws(raw, keys=keys, algorithms=algorithms))


def verify_self_signed_jwt(
    raw: str, *, kind: TokenKind, algorithms: Collection[Algorithm]
) -> VerifiedJwt:
    """The token, if the key in its own header signed it. Raises JoseRefused.

    It proves that the sender holds that key and no more: for DPoP proofs alone.
    """
    return _as_kind(kind, verify_self_signed_jws(raw, algorithms=algorithms))


def _as_kind(kind: TokenKind, signed: VerifiedJws) -> VerifiedJwt:
    if not has_type_of(kind, signed.header):
        raise JoseRefused(JoseReason.KIND)
    try:
        claims = parse_object(signed.payload)
    except ValueError:
        raise JoseRefused(JoseReason.MALFORMED) from None
    if not has_claims_of(kind, claims):
        raise JoseRefused(JoseReason.KIND)
    return VerifiedJwt(kind, signed.key, signed.algorithm, signed.header, claims)


@lru_cache(maxsize=64)  # a few keys and kinds, again and again
def _encode_header(algorithm: str, typ: str, kid: str) -> str:
    return encode_base64url(orjson.dumps({"alg": algorithm, "typ": typ, "kid": kid}))
