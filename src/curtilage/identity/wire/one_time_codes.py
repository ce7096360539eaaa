"""Codes that come by mail and are typed: eight digits, good for one ceremony.

Digits, because phones offer them a keypad and fill them in from the message. 26 bits hold
against nobody who may try at will: the ceremony ends after a few tries and a few minutes,
which the service counts. What is kept is keyed with the ceremony's own secret, so that a
copied table gives no codes away, and no code of one ceremony is good in another.
"""

import hmac
from dataclasses import dataclass, field

from curtilage.core.entropy import Entropy
from curtilage.identity.wire.errors import CodeReason, CodeRefused
from curtilage.identity.wire.typed import find_digits

DIGITS = 8
HALF = 4
LEAST_KEY = 16
DRAWN_BYTES = 16  # of which the remainder is taken: uneven by less than 2^-100
PURPOSE = b"curtilage one-time code 1\0"


@dataclass(frozen=True, slots=True)
class OneTimeCode:
    """A new code: the text to send, and the digest to keep."""

    text: str = field(repr=False)
    digest: bytes = field(repr=False)


def mint_one_time_code(entropy: Entropy, *, key: bytes) -> OneTimeCode:
    """A code that nobody has seen. `key` is the ceremony's own secret, 16 bytes or more."""
    number = int.from_bytes(entropy.token_bytes(DRAWN_BYTES), "big") % 10**DIGITS
    plain = str(number).zfill(DIGITS)
    return OneTimeCode(f"{plain[:HALF]} {plain[HALF:]}", _digest(plain, key))


def verify_one_time_code(typed: str, *, key: bytes, kept: bytes) -> None:
    """Return if it is the code whose digest was kept. Raises `CodeRefused`."""
    plain = find_digits(typed, DIGITS)
    if plain is None:
        raise CodeRefused(CodeReason.MALFORMED)
    if not hmac.compare_digest(_digest(plain, key), kept):
        raise CodeRefused(CodeReason.WRONG)


def _digest(plain: str, key: bytes) -> bytes:
    if len(key) < LEAST_KEY:
        raise ValueError("expected a key of at least 16 bytes")
    return hmac.digest(key, PURPOSE + plain.encode("ascii"), "sha256")
