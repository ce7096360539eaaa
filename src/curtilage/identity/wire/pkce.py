"""Proof Key for Code Exchange (RFC 7636): S256, and nothing but S256.

`plain` would send the secret itself through the browser (RFC 9700 §2.1.1), so a request
that asks for it, or by saying nothing means it (§4.3), is refused.
"""

import hashlib
import re
from dataclasses import dataclass
from hmac import compare_digest

from curtilage.core.entropy import Entropy
from curtilage.identity.wire.base64url import decode_base64url, encode_base64url
from curtilage.identity.wire.errors import PkceRefused, UnacceptableChallenge

METHOD = "S256"

_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")  # §4.1
_DIGEST_BYTES = 32


@dataclass(frozen=True, slots=True)
class CodeChallenge:
    """What a code is bound to; kept with the code."""

    digest: bytes


@dataclass(frozen=True, slots=True)
class VerifiedCodeVerifier:
    """Who asks for the tokens is who asked for the code."""

    challenge: CodeChallenge


def parse_code_challenge(raw: str | None, *, method: str | None) -> CodeChallenge:
    """The challenge of an authorization request (§4.3). Raises UnacceptableChallenge."""
    if method != METHOD:
        raise UnacceptableChallenge("Expected code_challenge_method to be S256.")
    try:
        digest = decode_base64url(raw or "")
    except ValueError:
        digest = b""
    if len(digest) != _DIGEST_BYTES:
        raise UnacceptableChallenge("Expected code_challenge to be 43 characters of base64url.")
    return CodeChallenge(digest)


def encode_code_challenge(challenge: CodeChallenge) -> str:
    return encode_base64url(challenge.digest)


def verify_code_verifier(
    raw: str | None, *, challenge: CodeChallenge | None
) -> VerifiedCodeVerifier:
    """The verifier fits the challenge (§4.6). Raises PkceRefused.

    A verifier for a code that was given without a challenge is refused too: somebody took
    the challenge out of the request on its way (RFC 9700 §4.8.2).
    """
    if raw is None or challenge is None or _VERIFIER.fullmatch(raw) is None:
        raise PkceRefused
    if not compare_digest(_digest(raw), challenge.digest):
        raise PkceRefused
    return VerifiedCodeVerifier(challenge)


def mint_code_verifier(entropy: Entropy) -> str:
    """A verifier of 256 random bits, for where we are the client (§4.1)."""
    return encode_base64url(entropy.token_bytes(_DIGEST_BYTES))


def challenge_of(verifier: str) -> CodeChallenge:
    """What such a verifier is bound to (§4.2)."""
    return CodeChallenge(_digest(verifier))


def _digest(verifier: str) -> bytes:
    return hashlib.sha256(verifier.encode("ascii")).digest()
