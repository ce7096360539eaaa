"""Proof of possession (RFC 9449): who sends a token also holds the key it is bound to.

A proof is for one method and URL, within a minute, once: `VerifiedProof` names what the
caller keeps so that there is no second time. URLs are compared to the one that is
configured, never to what a request's Host header says.
"""

import hashlib
import hmac
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from curtilage.identity.wire.algorithms import STRONG_ALGORITHMS, Algorithm
from curtilage.identity.wire.base64url import encode_base64url
from curtilage.identity.wire.claims import verify_claims
from curtilage.identity.wire.errors import JoseReason, JoseRefused
from curtilage.identity.wire.jose import verify_self_signed_jwt
from curtilage.identity.wire.token_kinds import TokenKind

DPOP_ALGORITHMS = STRONG_ALGORITHMS | {Algorithm.ES384, Algorithm.ES512}
WINDOW = timedelta(seconds=60)  # how far `iat` may lie from now, both ways (§11.1)
NONCE_SPAN = timedelta(seconds=150)  # a nonce lives for one to two of these
NONCE_KEY_BYTES = 32
LONGEST_JTI = 256

_NONCE_CONTEXT = b"curtilage dpop nonce 1\0"
_URL = re.compile(r"(https?)://([^/?#@\\\s]+)(/[^?#\s]*)?(?:\?[^#\s]*)?(?:#\S*)?", re.IGNORECASE)
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


@dataclass(frozen=True, slots=True)
class VerifiedProof:
    """A proof that holds. (`jkt`, `jti`) is to be kept until `forget_at`, to be seen once."""

    jkt: str  # thumbprint of the key (§6.1)
    jti: str
    issued_at: datetime
    forget_at: datetime


def find_proof(headers: Sequence[str]) -> str | None:
    """The one `DPoP` header of a request. Raises JoseRefused for several (§4.3, check 1)."""
    if len(headers) > 1:
        raise JoseRefused(JoseReason.MALFORMED)
    return headers[0] if headers else None


def verify_proof(
    raw: str,
    *,
    method: str,
    url: str,
    at: datetime,
    access_token: str | None = None,
    expected_jkt: str | None = None,
    expected_nonces: Collection[str] | None = None,
    algorithms: Collection[Algorithm] = DPOP_ALGORITHMS,
) -> VerifiedProof:
    """The proof for this request (§4.3). Raises JoseRefused.

    With `access_token` it must name it (`ath`), with `expected_jkt` be by that key, with
    `expected_nonces` hold one of them: the reason NONCE then asks for `use_dpop_nonce`.
    """
    proof = verify_self_signed_jwt(raw, kind=TokenKind.DPOP_PROOF, algorithms=algorithms)
    _refuse_other_request(proof.claims, method=method, url=url)
    found = verify_claims(proof.claims, now=at, skew=WINDOW, oldest=timedelta())
    if found.jti is None or len(found.jti) > LONGEST_JTI or found.issued_at is None:
        raise JoseRefused(JoseReason.CLAIMS)
    jkt = proof.key.thumbprint
    if expected_jkt is not None and not _same(jkt, expected_jkt):
        raise JoseRefused(JoseReason.KEY)
    if access_token is not None:
        _refuse_other_token(proof.claims, access_token)
    if expected_nonces is not None:
        _refuse_other_nonce(proof.claims, expected_nonces)
    issued_at = datetime.fromtimestamp(found.issued_at, at.tzinfo)
    return VerifiedProof(jkt, found.jti, issued_at, issued_at + WINDOW)


def hash_access_token(token: str) -> str:
    """The `ath` of a token (§4.2). Raises ValueError outside ASCII."""
    return encode_base64url(hashlib.sha256(token.encode("ascii")).digest())


def find_canonical_url(url: str) -> str | None:
    """Scheme, host and path in one spelling (RFC 3986 §6.2.2-3); None for what is no URL.

    Without query and fragment (§4.3, check 9). Dot segments and escapes stay as they are:
    whoever writes them differently is refused rather than guessed.
    """
    parts = _URL.fullmatch(url)
    if parts is None:
        return None
    scheme, host = parts[1].lower(), parts[2].lower()
    return f"{scheme}://{host.removesuffix(_DEFAULT_PORTS[scheme])}{parts[3] or '/'}"


def live_nonces(key: bytes, *, at: datetime) -> tuple[str, str]:
    """The nonce to give out now, and the one before it, which still holds (§8).

    All clients share it, and no one can foretell it: a proof that holds it was made within
    the last five minutes. Every node that has the key says the same.
    """
    span = int(at.timestamp() // NONCE_SPAN.total_seconds())
    return _nonce(key, span), _nonce(key, span - 1)


def mint_nonce(key: bytes, *, at: datetime) -> str:
    """The nonce to give out now."""
    return live_nonces(key, at=at)[0]


def _nonce(key: bytes, span: int) -> str:
    if len(key) != NONCE_KEY_BYTES:
        raise ValueError("expected a key of 32 bytes")
    message = _NONCE_CONTEXT + span.to_bytes(8, "big", signed=True)
    return encode_base64url(hmac.digest(key, message, "sha256"))


def _refuse_other_request(claims: Mapping[str, Any], *, method: str, url: str) -> None:
    """§4.3, checks 8 and 9. Methods know case (RFC 9110 §9.1)."""
    if claims["htm"] != method:
        raise JoseRefused(JoseReason.METHOD)
    claimed = claims["htu"]
    canonical = find_canonical_url(claimed) if isinstance(claimed, str) else None
    if canonical is None or canonical != find_canonical_url(url):
        raise JoseRefused(JoseReason.URL)


def _refuse_other_token(claims: Mapping[str, Any], access_token: str) -> None:
    claimed = claims.get("ath")
    if not isinstance(claimed, str) or not access_token.isascii():
        raise JoseRefused(JoseReason.ACCESS_TOKEN)
    if not _same(claimed, hash_access_token(access_token)):
        raise JoseRefused(JoseReason.ACCESS_TOKEN)


def _refuse_other_nonce(claims: Mapping[str, Any], expected: Collection[str]) -> None:
    claimed = claims.get("nonce")
    if not isinstance(claimed, str) or not any(_same(claimed, each) for each in expected):
        raise JoseRefused(JoseReason.NONCE)


def _same(claimed: str, expected: str) -> bool:
    return hmac.compare_digest(claimed.encode("utf-8", "surrogatepass"), expected.encode("utf-8"))
