"""Canary tokens: planted where no one should take them from, and told apart by their key.

A token is 32 characters of base32: five bytes that depend on the key alone, seven
random ones, and a keyed hash of these. So a text is searched for one short string,
and who lacks the key can neither find a token nor forge one. It is found in any
case, with anything between its characters, backwards, in ROT13, hexadecimal and
base64. What is random may be taken from a name: then the name gives it again.
"""

import base64
import binascii
import codecs
import hashlib
import hmac
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from curtilage.detect.hostile.models import Kind, Reason

RANDOM_SIZE = 7
LENGTH = 32
_LEAD = 5  # bytes that depend on the key alone: eight characters
_TAG = 8
_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
_OTHERS = bytes(byte for byte in range(256) if chr(byte) not in _ALPHABET)
_PACKED = re.compile(r"[A-Za-z0-9+/_-]{40,}|(?:[0-9A-Fa-f]{2}[ :]?){32,}")


@dataclass(frozen=True, slots=True)
class CanaryKey:
    """Mints canaries and finds its own. `key` is secret: 16 to 64 bytes."""

    key: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if not 16 <= len(self.key) <= 64:
            raise ValueError("a canary's key has the wrong size; expected 16 to 64 bytes")

    def mint(self, randomness: bytes) -> str:
        """A canary of seven random bytes, in groups of eight characters."""
        if len(randomness) != RANDOM_SIZE:
            raise ValueError(f"a canary takes {RANDOM_SIZE} random bytes")
        token = _spelled(self._head() + randomness + self._tag(randomness))
        return "-".join(token[place : place + 8] for place in range(0, LENGTH, 8))

    def mint_named(self, name: str) -> str:
        """The canary of this name."""
        body = name.encode()
        return self.mint(self._digest(body, RANDOM_SIZE, b"canary name"))

    def lead(self) -> str:
        """How every canary of this key begins, in small letters."""
        return _spelled(self._head())

    def find(self, text: str) -> Iterator[Reason]:
        """Where canaries of this key stand in `text`, in whatever dress."""
        lead, low = self.lead(), lowered(text)
        packed = low.encode("ascii", "ignore").translate(None, _OTHERS).decode()
        if lead in packed:
            yield from self._plain(low, lead)
        if codecs.encode(lead, "rot13") in packed:
            for start, end in self._in(codecs.encode(low, "rot13"), lead):
                yield Reason(Kind.CANARY, "canary-rot13", 1.0, start, end)
        if lead[::-1] in packed:
            for start, end in self._in(low[::-1], lead):
                yield Reason(Kind.CANARY, "canary-reversed", 1.0, len(low) - end, len(low) - start)
        for match in _PACKED.finditer(text):
            if any(list(self._in(lowered(read), lead)) for read in _unpacked(match[0])):
                yield Reason(Kind.CANARY, "canary-encoded", 1.0, *match.span())

    def find_plain(self, text: str) -> Iterator[Reason]:
        """The same of those that are written as they are, in any case and parted by anything."""
        return self._plain(lowered(text), self.lead())

    def _plain(self, low: str, lead: str) -> Iterator[Reason]:
        for start, end in self._in(low, lead):
            yield Reason(Kind.CANARY, "canary", 1.0, start, end)

    def _in(self, low: str, lead: str) -> Iterator[tuple[int, int]]:
        places = [place for place, char in enumerate(low) if char in _ALPHABET]
        packed = "".join(low[place] for place in places)
        at = packed.find(lead)
        while at >= 0:
            if self._holds(packed[at : at + LENGTH]):
                yield places[at], places[at + LENGTH - 1] + 1
            at = packed.find(lead, at + 1)

    def _holds(self, token: str) -> bool:
        if len(token) != LENGTH:
            return False
        raw = base64.b32decode(token.upper())
        body = raw[_LEAD : _LEAD + RANDOM_SIZE]
        return hmac.compare_digest(raw[-_TAG:], self._tag(body))

    def _head(self) -> bytes:
        return self._digest(b"", _LEAD, b"canary lead")

    def _tag(self, body: bytes) -> bytes:
        return self._digest(body, _TAG, b"canary tag")

    def _digest(self, body: bytes, size: int, use: bytes) -> bytes:
        return hashlib.blake2b(body, digest_size=size, key=self.key, person=use).digest()


def _spelled(raw: bytes) -> str:
    return base64.b32encode(raw).decode("ascii").lower()


def lowered(text: str) -> str:
    """In lower case, one character for one."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(char.lower()[0] for char in text)


def _unpacked(run: str) -> Iterator[str]:
    """What a run of hexadecimal or base64 may say, at each of its four beginnings."""
    digits = run.replace(" ", "").replace(":", "")
    with suppress(ValueError):
        yield bytes.fromhex(digits).decode("latin-1")
    packed = run.replace("-", "+").replace("_", "/")
    for skip in range(4):
        part = packed[skip:]
        part = part[:-1] if len(part) % 4 == 1 else part
        with suppress(binascii.Error):
            yield base64.b64decode(part + "=" * (-len(part) % 4)).decode("latin-1")
