"""Signatures in compact form (RFC 7515), made and read strictly; of any payload.

Looked at before any signature, because all who read it must read the same: one spelling of
each part, each JSON name once, no extension that must be understood. Of a header only
`alg` and `kid` choose anything: `jku`, `x5u`, `x5c` and, but for proofs of possession,
`jwk` are never looked at (RFC 8725 §3.10). joserfc does the signatures themselves.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from joserfc.jws import JWSRegistry

from curtilage.identity.wire.algorithms import Algorithm, find_algorithm
from curtilage.identity.wire.base64url import decode_base64url, encode_base64url
from curtilage.identity.wire.errors import JoseReason, JoseRefused, UnacceptableJwk
from curtilage.identity.wire.jwk import KeySet, PublicKey, parse_jwk
from curtilage.identity.wire.signing_key import SigningKey
from curtilage.identity.wire.strict_json import parse_object

LONGEST_JWS = 16 * 1024  # characters; what a server takes as one header line is half of it
EXTENSIONS = frozenset({"crit", "b64", "zip"})  # the last two change what is signed

_JWS = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]*)\.([A-Za-z0-9_-]+)")
_DOTS_OF_JWE = 4  # RFC 7516 §3.1
_SIGNERS = {each: JWSRegistry.algorithms[each.value] for each in Algorithm}


@dataclass(frozen=True, slots=True)
class VerifiedJws:
    """What `key` signed. What it means, and whether it is still true, is not said."""

    key: PublicKey
    algorithm: Algorithm
    header: Mapping[str, Any] = field(repr=False)
    payload: bytes = field(repr=False)


def sign_jws(encoded_header: str, payload: bytes, *, key: SigningKey) -> str:
    """The compact form; the header is base64url already and says the key's algorithm."""
    content = f"{encoded_header}.{encode_base64url(payload)}"
    signature = _SIGNERS[key.algorithm].sign(content.encode("ascii"), key.jose)
    return f"{content}.{encode_base64url(signature)}"


def verify_jws(raw: str, *, keys: KeySet, algorithms: Collection[Algorithm]) -> VerifiedJws:
    """What one of `keys` signed with one of `algorithms`. Raises JoseRefused.

    A key never verifies with an algorithm that is not its own, whatever is allowed.
    """
    claimed = _read(raw)
    algorithm = _algorithm(claimed.header, algorithms)
    key = keys.find(claimed.header.get("kid"), algorithm=algorithm)
    return _verify(claimed, key, algorithm)


def verify_self_signed_jws(raw: str, *, algorithms: Collection[Algorithm]) -> VerifiedJws:
    """What the key in its own header signed (`jwk`, RFC 9449 §4.3). Raises JoseRefused.

    It proves that the sender holds that key, and not who that is.
    """
    claimed = _read(raw)
    algorithm = _algorithm(claimed.header, algorithms)
    jwk = claimed.header.get("jwk")
    try:
        key = parse_jwk(jwk) if isinstance(jwk, dict) else None
    except UnacceptableJwk:
        raise JoseRefused(JoseReason.KEY) from None
    return _verify(claimed, key, algorithm)


def parse_claimed_payload(raw: str) -> bytes:
    """What a signature is said to be of, to find out whose key to ask for. Raises JoseRefused.

    Nothing of it is known to be true, and nothing else may be done with it."""
    return _read(raw).payload


@dataclass(frozen=True, slots=True)
class _Claimed:
    """A signature that is well formed. Nothing of it is known to be true."""

    header: dict[str, Any]
    payload: bytes
    signed: bytes
    signature: bytes


def _read(raw: str) -> _Claimed:
    if len(raw) > LONGEST_JWS:
        raise JoseRefused(JoseReason.TOO_LONG)
    parts = _JWS.fullmatch(raw)
    if parts is None:
        encrypted = raw.count(".") == _DOTS_OF_JWE
        raise JoseRefused(JoseReason.ENCRYPTED if encrypted else JoseReason.MALFORMED)
    try:
        header = parse_object(decode_base64url(parts[1]))
        payload = decode_base64url(parts[2])
        signature = decode_base64url(parts[3])
    except ValueError:
        raise JoseRefused(JoseReason.MALFORMED) from None
    if not EXTENSIONS.isdisjoint(header):  # RFC 7515 §4.1.11: we know none
        raise JoseRefused(JoseReason.CRITICAL)
    return _Claimed(header, payload, raw[: parts.end(2)].encode("ascii"), signature)


def _algorithm(header: Mapping[str, Any], allowed: Collection[Algorithm]) -> Algorithm:
    algorithm = find_algorithm(header.get("alg"))
    if algorithm is None or algorithm not in allowed:
        raise JoseRefused(JoseReason.ALGORITHM)
    return algorithm


def _verify(claimed: _Claimed, key: PublicKey | None, algorithm: Algorithm) -> VerifiedJws:
    """ECDSA signatures are of the curve's exact length, or joserfc refuses them too."""
    if key is None or algorithm not in key.algorithms:
        raise JoseRefused(JoseReason.KEY)
    if not _SIGNERS[algorithm].verify(claimed.signed, claimed.signature, key.jose):
        raise JoseRefused(JoseReason.SIGNATURE)
    return VerifiedJws(key, algorithm, claimed.header, claimed.payload)
