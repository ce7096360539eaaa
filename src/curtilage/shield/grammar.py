"""The shape of a token, version 1, and the reader that finds it in any text.

    QX1-EMAIL-7h3kd0x9m2vtrc5w-001pz8n4c6t0gkj2
    │ │ │     │                │  └ tag, 65 bits
    │ │ │     │                └ epoch of the key, 15 bits
    │ │ │     └ body, 80 bits; then, for a spelling other than the normal form,
    │ │ │       30 bits of variant
    │ │ └ label of the type
    │ └ version
    └ trigger: this letter occurs nowhere else in a token

Only letters, digits and `-`: JSON, HTML, Markdown and URLs leave all of it
alone. Case carries nothing. The first letter is in no other field, so that two
tokens cannot overlap and reading is linear whatever the text. Why this shape
and not another: decision 0002.

Nothing here proves a token; `tokens` does.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

TRIGGER = "Q"
VERSION = "1"
PREFIX = f"{TRIGGER}X{VERSION}"

SYMBOLS = "0123456789abcdefghjkmnprstuvwxyz"  # no i, l, o (read as 1 and 0) and no q (trigger)
LABEL_SYMBOLS = 12
BODY_SYMBOLS = 16  # 80 bits
VARIANT_SYMBOLS = 6  # 30 bits
EPOCH_SYMBOLS = 3  # 15 bits: monthly epochs for 2,700 years
TAG_SYMBOLS = 13  # 65 bits
EPOCHS = 1 << (5 * EPOCH_SYMBOLS)

TOKEN_LIMIT = (
    len(PREFIX) + 3 + LABEL_SYMBOLS + BODY_SYMBOLS + VARIANT_SYMBOLS + EPOCH_SYMBOLS + TAG_SYMBOLS
)
WINDOW = 2 * TOKEN_LIMIT  # how far a damaged token may be stretched

# Damage that is read through: white space, soft hyphen, zero-width characters,
# Markdown's escapes and emphasis. Dashes: the hyphens of Unicode's Dash property.
_JUNK = r"\s\u00ad\u200b-\u200d\u2060\ufeff\\*_`~"
_DASHES = r"\-\u2010-\u2015\u2212\ufe58\ufe63\uff0d"
_ANY = "0-9A-PR-Za-pr-z"
_SYMBOL = "0-9A-HJ-KM-NPR-Za-hj-km-npr-z"

_GAP = f"[{_JUNK}]{{0,4}}"
_SEAM = f"[{_JUNK}{_DASHES}]{{1,8}}"


def _field(symbols: str, least: int, most: int) -> str:
    return f"([{symbols}](?:{_GAP}[{symbols}]){{{least - 1},{most - 1}}})"


_BODY = _field(_SYMBOL, BODY_SYMBOLS, BODY_SYMBOLS)
_VARIANT = _field(_SYMBOL, VARIANT_SYMBOLS, VARIANT_SYMBOLS)
_TAIL = _field(_SYMBOL, EPOCH_SYMBOLS + TAG_SYMBOLS, EPOCH_SYMBOLS + TAG_SYMBOLS)
_OPENING = f"[Qq]{_GAP}[Xx]{_GAP}{VERSION}{_SEAM}{_field(_ANY, 1, LABEL_SYMBOLS)}{_SEAM}"

_TRIGGERS = (TRIGGER, TRIGGER.lower())
_START = re.compile(rf"[Qq]{_GAP}(?:[Xx]{_GAP}(?:{VERSION}|\Z)|\Z)")
_EXACT = re.compile(
    f"{PREFIX}-[0-9A-PR-Z]{{1,{LABEL_SYMBOLS}}}"
    f"-[{SYMBOLS}]{{{BODY_SYMBOLS}}}(?:[{SYMBOLS}]{{{VARIANT_SYMBOLS}}})?"
    f"-[{SYMBOLS}]{{{EPOCH_SYMBOLS + TAG_SYMBOLS}}}"
)
_STRETCH = re.compile(f"[Qq][{_ANY}{_JUNK}{_DASHES}]{{0,{WINDOW - 1}}}")
_DAMAGED = re.compile(f"{_OPENING}{_BODY}(?:{_GAP}{_VARIANT})?{_SEAM}{_TAIL}")
_MANGLED = re.compile(f"[Qq]{_GAP}[Xx]{_GAP}{VERSION}{_GAP}[_{_DASHES}]")  # no prose has that
_JUNK_RUN = re.compile(f"[{_JUNK}]+")
_SPACE = re.compile(r"\s")


class Shape(NamedTuple):
    """A piece of text with the shape of a token; `canonical` is its undamaged form."""

    start: int
    end: int
    exact: bool
    canonical: str


def may_hold_token(text: str) -> bool:
    """Whether `text` is worth reading for tokens. Cheap, and never wrongly False."""
    return "Q" in text or "q" in text


def find_starts(text: str) -> list[int]:
    """Where tokens begin, in order, and where at the very end one could be beginning.

    Looking for one letter at a time is ten times as fast as any pattern.
    """
    starts: list[int] = []
    for trigger in _TRIGGERS:
        at = text.find(trigger)
        while at >= 0:
            if _START.match(text, at) is not None:
                starts.append(at)
            at = text.find(trigger, at + 1)
    starts.sort()
    return starts


def read_exact(text: str, at: int) -> Shape | None:
    """The undamaged token at `at`. Where it ends does not depend on what follows."""
    found = _EXACT.match(text, at)
    return None if found is None else Shape(at, found.end(), True, found.group())


def stretch_end(text: str, at: int) -> int:
    """How far a damaged token that starts at `at` could reach at most."""
    found = _STRETCH.match(text, at)
    return at if found is None else found.end()


def read_damaged(text: str, at: int, end: int) -> Shape | None:
    """The damaged token at `at`, looking no further than `end`."""
    found = _DAMAGED.match(text, at, end)
    if found is None:
        return None
    label, body, variant, tail = (_clean(part) for part in found.groups(""))
    canonical = f"{PREFIX}-{label.upper()}-{body}{variant}-{tail}"
    return Shape(at, found.end(), False, canonical)


def is_mangled(text: str, at: int, end: int) -> bool:
    """Whether a token began at `at` that nobody can read any more."""
    return _MANGLED.match(text, at, end) is not None


def has_space(text: str) -> bool:
    """Whether a piece of text is broken by white space."""
    return _SPACE.search(text) is not None


def find_shapes(text: str) -> Iterator[Shape]:
    """Everything in `text` with the shape of a token, in order, never overlapping."""
    for at in find_starts(text):
        shape = read_exact(text, at) or read_damaged(text, at, stretch_end(text, at))
        if shape is not None:
            yield shape


def _clean(part: str) -> str:
    return _JUNK_RUN.sub("", part).lower()
