"""API keys as text: `cur_`, 43 characters of 256 random bits, 6 of checksum.

The shape is the one GitHub described for its tokens ("Behind GitHub's new
authentication token formats", 2021): a prefix that scanners for leaked secrets
can look for, and a CRC-32 of the random part in base 62, so that they can tell
a key from something alike without asking anybody. The checksum is no secret.
"""

import hashlib
import re
from dataclasses import dataclass, field
from zlib import crc32

from curtilage.core.entropy import Entropy
from curtilage.identity.errors import KeyReason, KeyRefused

PREFIX = "cur_"
BODY_LENGTH = 43  # 62^43 > 2^256 > 62^42
CHECK_LENGTH = 6  # 62^6 > 2^32 > 62^5
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"  # in ASCII order

_SHAPE = re.compile(f"{PREFIX}([0-9A-Za-z]{{{BODY_LENGTH}}})([0-9A-Za-z]{{{CHECK_LENGTH}}})")


@dataclass(frozen=True, slots=True)
class MintedKey:
    """A new key: the text to show once, and the digest to keep."""

    text: str = field(repr=False)
    digest: bytes = field(repr=False)


def encode_base62(value: int, length: int) -> str:
    """`value` in base 62, filled up with zeros to `length`."""
    digits = []
    for _ in range(length):
        value, rest = divmod(value, 62)
        digits.append(DIGITS[rest])
    return "".join(reversed(digits))


_LARGEST = encode_base62(2**256 - 1, BODY_LENGTH)


def mint_api_key(entropy: Entropy) -> MintedKey:
    """A key that nobody has seen."""
    body = encode_base62(int.from_bytes(entropy.token_bytes(32), "big"), BODY_LENGTH)
    text = f"{PREFIX}{body}{_checksum(body)}"
    return MintedKey(text, _digest(text))


def parse_api_key(text: str) -> bytes:
    """The digest to look the key up by. Raises `KeyRefused` for what is no key.

    Bodies are of one width with digits in ASCII order, so that comparing the
    text compares the number: what is beyond 256 bits was not made by us.
    """
    shape = _SHAPE.fullmatch(text)
    if shape is None or shape[1] > _LARGEST or shape[2] != _checksum(shape[1]):
        raise KeyRefused(KeyReason.MALFORMED)
    return _digest(text)


def _checksum(body: str) -> str:
    return encode_base62(crc32(body.encode("ascii")), CHECK_LENGTH)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("ascii")).digest()
