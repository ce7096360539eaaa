"""The text of a root key file.

    curtilage-root:1:<64 hex digits>:<8 hex digits>

One line: what it is, version, key, checksum (the first 32 bits of SHA-256
over what stands before it), so that a key copied by hand is refused, not
taken for another.
"""

import hashlib
import re

from curtilage.vault.errors import RootKeyProblem

PREFIX = "curtilage-root:1:"
LIMIT = 256  # bytes; ours are 91
_FORM = re.compile(r"curtilage-root:(\d{1,9}):([0-9a-f]{64}):([0-9a-f]{8})")


def encode_root_key(key: bytes) -> str:
    head = PREFIX + key.hex()
    return f"{head}:{_checksum(head)}\n"


def parse_root_key(raw: str) -> bytes:
    """The key in the text of a file. Raises RootKeyProblem, which quotes nothing of it."""
    found = _FORM.fullmatch(raw.strip())
    if found is None:
        raise RootKeyProblem(
            "The root key file is not in the form that Curtilage writes.",
            hint="Restore root.key from its backup; do not edit it.",
        )
    if found[1] != "1":
        raise RootKeyProblem(
            "The root key file was written by a newer version of Curtilage than this one.",
            hint="Start the version that wrote it.",
        )
    if found[3] != _checksum(PREFIX + found[2]):
        raise RootKeyProblem(
            "The checksum of the root key file does not hold: it was damaged or mistyped.",
            hint="Restore root.key from its backup.",
        )
    return bytes.fromhex(found[2])


def _checksum(head: str) -> str:
    return hashlib.sha256(head.encode()).hexdigest()[:8]
