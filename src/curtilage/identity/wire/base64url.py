"""Base64url as JOSE means it (RFC 7515 §2): no padding, no spaces, one spelling per value.

Python's own decoder skips what it does not know and ignores the spare bits of the last
character, so that one signature would have many spellings. Here each has one.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode

_SHAPE = re.compile(r"[A-Za-z0-9_-]*")
# What may end a text whose length leaves 2 or 3 over: 4 or 2 spare bits, all zero.
_ENDINGS = {2: frozenset("AQgw"), 3: frozenset("AEIMQUYcgkosw048")}


def decode_base64url(text: str) -> bytes:
    """The bytes of `text`. Raises ValueError for anything but their one spelling."""
    over = len(text) % 4
    if _SHAPE.fullmatch(text) is None or over == 1:
        raise ValueError("expected base64url without padding")
    if over and text[-1] not in _ENDINGS[over]:
        raise ValueError("expected base64url whose spare bits are zero")
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def encode_base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def decode_integer(text: str) -> int:
    """A Base64urlUInt (RFC 7518 §2): big-endian, in the fewest octets. Raises ValueError."""
    data = decode_base64url(text)
    if not data or (data[0] == 0 and len(data) > 1):
        raise ValueError("expected an integer in the fewest octets")
    return int.from_bytes(data, "big")


def encode_integer(value: int) -> str:
    return encode_base64url(value.to_bytes(max(1, (value.bit_length() + 7) // 8), "big"))
