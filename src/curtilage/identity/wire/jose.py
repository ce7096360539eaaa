"""Signed tokens: compact JWS with claims (RFC 7515, RFC 7519), made and read strictly.

What is looked at before any signature, because what reads it must be the same everywhere:
one spelling of each part, each JSON name once, no extension that must be understood. Of a
header's members only `alg`, `kid` and `typ` are used; `jku`, `x5u`, `x5c` and, but for a
DPoP proof, `jwk` are never looked at (RFC 8725 §3.10). joserfc does the signatures.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import orjson
from joserfc.jws import JWSRegistry

from curtilage.identity.errors import JoseReason, JoseRefused, UnacceptableJwk
from curtilage.identity.wire.algorithms import Algorithm, find_algorithm
from curtilage.identity.wire.base64url import decode_base64url, encode_base64url
from curtilage.identity.wire.jwk import KeySet, PublicKey, parse_jwk
from curtilage.identity.wire.signing_key import SigningKey
from curtilage.identity.wire.strict_json import parse_object
from curtilage.identity.wire.token_kinds import TokenKind, has_claims_of, has_type_of

LONGEST_TOKEN = 16 * 1024  # characters; what a server takes as one header line is half of it
RESERVED_HEADERS = frozenset({"alg", "kid", "typ", "crit", "b64", "zip"})

_JWS = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)")
_DOTS_OF_JWE = 4  # RFC 7516 §3.1
_SIGNERS = {each: JWSRegistry.algorithms[each.value] for each in Algorithm}


@dataclass(frozen=True, slots=True)
class VerifiedJwt:
    """A token whose signature and kind hold. Times, issuer and audience: `verify_claims`."""

    kind: TokenKind
    key: PublicKey
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
    """A token of this kind. Raises ValueError for claims that would make it another kind's."""
    if not has_claims_of(kind, dict(claims)):
        raise ValueError("expected the claims of this kind of token, and none of others")
    if headers and not RESERVED_HEADERS.isdisjoint(headers):
        raise ValueError("expected headers beside those that the signer sets")
    content = f"{_encode_header(kind, key, headers)}.{encode_base64url(orjson.dumps(claims))}"
    signature = _SIGNERS[key.algorithm].sign(content.encode("ascii"), key.jose)
    return f"{content}.{encode_base64url(signature)}"


def verify_jwt(
    raw: str, *, kind: TokenKind, keys: KeySet, algorithms: Collection[Algorithm]
) -> VerifiedJwt:
    """The token, if one of `keys` signed it as this kind. Raises JoseRefused.

    `algorithms` are those that this use allows; a key never verifies with one that is not
    its own, whatever is allowed.
    """
    token = _read(raw)
    algorithm = _algorithm(token, algorithms)
    key = keys.find(_kid(token.header), algorithm=algorithm)
    return _verify(token, kind=kind, key=key, algorithm=algorithm)


def verify_self_signed(
    raw: str, *, kind: TokenKind, algorithms: Collection[Algorithm]
) -> VerifiedJwt:
    """The token, if the key in its own header signed it (`jwk`). Raises JoseRefused.

    It proves that the sender holds that key and no more: for DPoP proofs (RFC 9449 §4.3).
    """
    token = _read(raw)
    algorithm = _algorithm(token, algorithms)
    claimed = token.header.get("jwk")
    try:
        key = parse_jwk(claimed) if isinstance(claimed, dict) else None
    except UnacceptableJwk:
        raise JoseRefused(JoseReason.KEY) from None
    return _verify(token, kind=kind, key=key, algorithm=algorithm)


@dataclass(frozen=True, slots=True)
class _Token:
    """A token that is well formed; nothing about it is known to be true."""

    header: dict[str, Any]
    claims: dict[str, Any]
    signed: bytes
    signature: bytes


def _read(raw: str) -> _Token:
    if len(raw) > LONGEST_TOKEN:
        raise JoseRefused(JoseReason.TOO_LONG)
    parts = _JWS.fullmatch(raw)
    if parts is None:
        encrypted = raw.count(".") == _DOTS_OF_JWE
        raise JoseRefused(JoseReason.ENCRYPTED if encrypted else JoseReason.MALFORMED)
    try:
        header = parse_object(decode_base64url(parts[1]))
        claims = parse_object(decode_base64url(parts[2]))
        signature = decode_base64url(parts[3])
    except ValueError:
        raise JoseRefused(JoseReason.MALFORMED) from None
    _refuse_extensions(header)
    return _Token(header, claims, raw[: parts.end(2)].encode("ascii"), signature)


def _refuse_extensions(header: dict[str, Any]) -> None:
    """RFC 7515 §4.1.11: we know no extension. `b64` and `zip` change what is signed."""
    if not {"crit", "b64", "zip"}.isdisjoint(header):
        raise JoseRefused(JoseReason.CRITICAL)


def _algorithm(token: _Token, allowed: Collection[Algorithm]) -> Algorithm:
    algorithm = find_algorithm(token.header.get("alg"))
    if algorithm is None or algorithm not in allowed:
        raise JoseRefused(JoseReason.ALGORITHM)
    return algorithm


def _kid(header: dict[str, Any]) -> str | None:
    """A name to compare, never a path or a query. Any other type is no name."""
    kid = header.get("kid")
    if kid is not None and not isinstance(kid, str):
        raise JoseRefused(JoseReason.KEY)
    return kid


def _verify(
    token: _Token, *, kind: TokenKind, key: PublicKey | None, algorithm: Algorithm
) -> VerifiedJwt:
    if not has_type_of(kind, token.header):
        raise JoseRefused(JoseReason.KIND)
    if key is None or algorithm not in key.algorithms:
        raise JoseRefused(JoseReason.KEY)
    if not _SIGNERS[algorithm].verify(token.signed, token.signature, key.jose):
        raise JoseRefused(JoseReason.SIGNATURE)
    if not has_claims_of(kind, token.claims):
        raise JoseRefused(JoseReason.KIND)
    return VerifiedJwt(kind, key, token.header, token.claims)


def _encode_header(kind: TokenKind, key: SigningKey, headers: Mapping[str, Any] | None) -> str:
    if not headers:
        return _plain_header(key.algorithm.value, kind.rule.typ, key.kid)
    return encode_base64url(
        orjson.dumps({"alg": key.algorithm.value, "typ": kind.rule.typ, "kid": key.kid, **headers})
    )


@lru_cache(maxsize=64)
def _plain_header(algorithm: str, typ: str, kid: str) -> str:
    return encode_base64url(orjson.dumps({"alg": algorithm, "typ": typ, "kid": kid}))
