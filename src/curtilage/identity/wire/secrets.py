"""Secrets of sessions and set-up links: 256 random bits as URL-safe text.

Only their SHA-256 is kept. What does not have the shape has no digest, so that
nothing else is ever looked up.
"""

import hashlib
import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field

from curtilage.core.entropy import Entropy

_SHAPE = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class MintedSecret:
    """A new secret: the text for its one holder, and the digest to keep."""

    text: str = field(repr=False)
    digest: bytes = field(repr=False)


def mint_secret(entropy: Entropy) -> MintedSecret:
    """A secret that nobody has seen."""
    text = urlsafe_b64encode(entropy.token_bytes(32)).rstrip(b"=").decode("ascii")
    return MintedSecret(text, _digest(text))


def find_digest(text: str) -> bytes | None:
    """The digest of a secret; None for what is not shaped like one."""
    return _digest(text) if _SHAPE.fullmatch(text) else None


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("ascii")).digest()
