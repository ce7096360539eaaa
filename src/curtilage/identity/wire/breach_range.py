"""The range protocol of leaked passwords: five digits out, hashes that begin so back.

As Have I Been Pwned documents it: `GET /range/{five digits}` gives lines of 35 digits, a
colon and a count. With `Add-Padding: true` lines of count 0 are mixed in, so that not even
the length of an answer tells which range was asked for.
"""

import hashlib
import re

from curtilage.identity.wire.errors import BreachRangeUnreadable

PREFIX = 5
MOST_BYTES = 1 << 20  # answers have some 1,000 to 2,000 lines of 45 bytes

_LINE = re.compile(r"([0-9A-F]{35}):([0-9]{1,12})")


def split_hash(passphrase: bytes) -> tuple[str, str]:
    """The five digits that may be sent, and the 35 that stay here."""
    digits = hashlib.sha1(passphrase, usedforsecurity=False).hexdigest().upper()
    return digits[:PREFIX], digits[PREFIX:]


def parse_range(raw: bytes) -> dict[str, int]:
    """How often each rest of a hash was seen; 0 is padding. Raises `BreachRangeUnreadable`."""
    if len(raw) > MOST_BYTES or not raw.isascii():
        raise BreachRangeUnreadable
    found = {}
    for line in raw.decode("ascii").split():
        shape = _LINE.fullmatch(line.upper())
        if shape is None:
            raise BreachRangeUnreadable
        found[shape[1]] = int(shape[2])
    return found
