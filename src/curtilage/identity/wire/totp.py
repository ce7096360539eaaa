"""Codes of authenticator apps: TOTP (RFC 6238) over HOTP (RFC 4226). Pure.

New secrets have 160 bits, SHA-1, six digits and 30 seconds: the one combination that every
app reads. HMAC with SHA-1 is not touched by collisions of SHA-1 (RFC 6194 §3.3). A code is
good once: the step that it was made for comes out, and is kept, with a compare-and-swap, so
that no later code of it or of an earlier step is good (RFC 6238 §5.2).
"""

import hmac
from base64 import b32encode
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from curtilage.core.entropy import Entropy
from curtilage.identity.wire.errors import CodeReason, CodeRefused
from curtilage.identity.wire.typed import find_digits

SECRET_BYTES = 20  # RFC 4226 §4 R6 recommends 160 bits
LEAST_SECRET = 16  # and asks for 128
NEVER = -1  # the last step of a secret that no code was accepted for
WINDOW = 1  # steps to either side, for clocks that differ and people who type slowly
MOST_LABEL = 64

_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


class Digest(StrEnum):
    """The hash of RFC 6238 §1.2, as the standard library calls it."""

    SHA1 = "sha1"
    SHA256 = "sha256"
    SHA512 = "sha512"


@dataclass(frozen=True, slots=True)
class Shape:
    """How codes are made. Apps read the default alone reliably. `period` is in seconds."""

    digest: Digest = Digest.SHA1
    digits: int = 6
    period: int = 30


USUAL = Shape()


def mint_totp_secret(entropy: Entropy) -> bytes:
    """A secret that nobody has seen; keep it sealed."""
    return entropy.token_bytes(SECRET_BYTES)


def step_at(at: datetime, shape: Shape = USUAL) -> int:
    """The number of whole periods since 1970 (RFC 6238 §4.2)."""
    return int(at.timestamp() // shape.period)


def hotp(secret: bytes, counter: int, shape: Shape = USUAL) -> str:
    """The code of one counter (RFC 4226 §5.3)."""
    mac = hmac.digest(secret, counter.to_bytes(8, "big"), shape.digest.value)
    offset = mac[-1] & 15
    number = int.from_bytes(mac[offset : offset + 4], "big") & 0x7FFF_FFFF
    return str(number % 10**shape.digits).zfill(shape.digits)


def verify_code(
    secret: bytes, typed: str, *, at: datetime, last_step: int = NEVER, shape: Shape = USUAL
) -> int:
    """The step that the code is of: keep it as the new `last_step`. Raises `CodeRefused`.

    Every code of the window is compared, however early one matches."""
    code = find_digits(typed, shape.digits)
    if code is None:
        raise CodeRefused(CodeReason.MALFORMED)
    now = step_at(at, shape)
    steps = range(max(0, now - WINDOW), now + WINDOW + 1)
    matching = [step for step in steps if hmac.compare_digest(hotp(secret, step, shape), code)]
    if not matching:
        raise CodeRefused(CodeReason.WRONG)
    if matching[-1] <= last_step:
        raise CodeRefused(CodeReason.REPLAYED)
    return matching[-1]


def encode_secret(secret: bytes) -> str:
    """Base32 without padding, in groups of four, for those who type it."""
    plain = _base32(secret)
    return " ".join(plain[at : at + 4] for at in range(0, len(plain), 4))


def encode_otpauth(secret: bytes, *, account: str, issuer: str, shape: Shape = USUAL) -> str:
    """The address that apps read from a picture (Google's Key URI Format).

    Both names are cut to 64 characters; a colon would end the first, so it becomes a space.
    """
    if len(secret) < LEAST_SECRET:
        raise ValueError("expected a secret of at least 16 bytes")
    maker, name = (_quote(each[:MOST_LABEL].replace(":", " ")) for each in (issuer, account))
    return (
        f"otpauth://totp/{maker}:{name}?secret={_base32(secret)}&issuer={maker}"
        f"&algorithm={shape.digest.upper()}&digits={shape.digits}&period={shape.period}"
    )


def _base32(raw: bytes) -> str:
    return b32encode(raw).rstrip(b"=").decode("ascii")


def _quote(text: str) -> str:
    """RFC 3986 §2.1, of the text's UTF-8."""
    raw = text.encode("utf-8", "replace")
    return "".join(chr(byte) if byte in _UNRESERVED else f"%{byte:02X}" for byte in raw)
