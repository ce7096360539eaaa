"""What may come once, or ended, by a digest. Pure.

Kept are digests alone: of what is sent with a token nothing can be read from them.
"""

import hashlib

ENDED_TOKEN = "revoked"  # kinds; part of what is kept, so they are never renamed
ENDED_GRANT = "erased-grant"
PROOF_AT_RESOURCE = "dpop-resource"


def once_digest(kind: str, *parts: str) -> bytes:
    """The digest of what is seen once; kinds and parts cannot run into each other."""
    text = "".join(f"{len(part)}:{part}" for part in (kind, *parts))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
