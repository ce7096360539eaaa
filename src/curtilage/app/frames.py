"""The wire between a gateway worker and its control process. Sans-I/O.

Length-prefixed JSON over a Unix socket that only this user can open. Requests
carry a number, answers repeat it, so that a long question (a snapshot that has
not changed yet) holds up no short one.
"""

from collections.abc import Mapping
from typing import Any

import orjson

from curtilage.app.errors import BrokenLink

LIMIT = 64 * 1024 * 1024  # a snapshot of 100,000 keys is under 40 MB


def encode_frame(message: Mapping[str, Any]) -> bytes:
    body = orjson.dumps(message)
    return len(body).to_bytes(4, "big") + body


class FrameParser:
    """Bytes in, messages out, cut anywhere."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[dict[str, Any]]:
        """The messages that are now whole. Raises BrokenLink."""
        self._buffer += data
        messages = []
        while len(self._buffer) >= 4:
            size = int.from_bytes(self._buffer[:4], "big")
            if size > LIMIT:
                raise BrokenLink
            if len(self._buffer) < 4 + size:
                break
            messages.append(_parse(bytes(self._buffer[4 : 4 + size])))
            del self._buffer[: 4 + size]
        return messages


def _parse(raw: bytes) -> dict[str, Any]:
    try:
        message = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise BrokenLink from None
    if not isinstance(message, dict):
        raise BrokenLink
    return message
