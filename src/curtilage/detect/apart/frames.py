"""How a service and the process apart speak: a length, then as many bytes. Pure.

There goes a text, and back come its findings. An empty frame says that all is loaded.
"""

import struct
from collections.abc import Sequence
from typing import Final

import orjson

from curtilage.core.models import Finding

HEAD: Final = struct.Struct(">I")
MOST: Final = 64 * 1024 * 1024  # bytes of a frame; a text is sent in parts that are far shorter


def frame(raw: bytes) -> bytes:
    """The bytes as one frame."""
    return HEAD.pack(len(raw)) + raw


def length_of(head: bytes) -> int:
    """How long the frame behind a head is. Raises ValueError where it is none of ours."""
    length: int = HEAD.unpack(head)[0]
    if length > MOST:
        raise ValueError("a frame is longer than any")
    return length


def encode_text(text: str) -> bytes:
    """A text, half characters and all."""
    return text.encode("utf-8", "surrogatepass")


def decode_text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogatepass")


def encode_findings(findings: Sequence[Finding]) -> bytes:
    return orjson.dumps([item[:-1] for item in findings])  # who names has no rivals yet


def decode_findings(raw: bytes) -> list[Finding]:
    """Raises ValueError or TypeError for what are no findings."""
    return [Finding(*item) for item in orjson.loads(raw)]
