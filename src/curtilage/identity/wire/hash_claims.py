"""`at_hash`, `c_hash` and `s_hash`: what an ID token says about what came with it.

The left half of a digest, by the algorithm that signs the ID token (OIDC Core §3.1.3.6,
§3.3.2.11). An algorithm without a digest here is refused, never waved through.
"""

import hashlib
from dataclasses import dataclass
from hmac import compare_digest

from curtilage.identity.wire.algorithms import Algorithm
from curtilage.identity.wire.base64url import encode_base64url
from curtilage.identity.wire.errors import JoseReason, JoseRefused

_ED25519 = "sha512"  # the digest inside Ed25519 (RFC 8032 §5.1)
_SIZES = frozenset({"256", "384", "512"})
_DIGESTS = {each: f"sha{each[2:]}" for each in Algorithm if each[2:] in _SIZES} | {
    Algorithm.EDDSA: _ED25519,
    Algorithm.ED25519: _ED25519,
}


@dataclass(frozen=True, slots=True)
class VerifiedHash:
    """The value is the one that the ID token was made with."""

    value_hash: str


def hash_claim(value: str, *, algorithm: Algorithm) -> str:
    """The claim for an access token, code or state, in an ID token signed like this."""
    digest = hashlib.new(_DIGESTS[algorithm], value.encode("ascii")).digest()
    return encode_base64url(digest[: len(digest) // 2])


def verify_hash_claim(claimed: object, *, value: str, algorithm: Algorithm) -> VerifiedHash:
    """The claim is of this value. Raises JoseRefused, also where it is not there."""
    if not isinstance(claimed, str) or not claimed.isascii() or not value.isascii():
        raise JoseRefused(JoseReason.CLAIMS)
    if not compare_digest(claimed, hash_claim(value, algorithm=algorithm)):
        raise JoseRefused(JoseReason.CLAIMS)
    return VerifiedHash(claimed)
