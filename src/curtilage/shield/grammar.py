"""The shapes of tokens, and the reader that finds them in any text.

    QX1-EMAIL-7h3kd0x9m2vtrc5w-001pz8n4c6t0gkj2
    │ │ │     │                │  └ tag, 65 bits
    │ │ │     │                └ epoch of the key, 15 bits
    │ │ │     └ body, 80 bits; then, for a spelling other than the normal form,
    │ │ │       30 bits of variant
    │ │ └ label of the type
    │ └ version
    └ trigger: this letter occurs nowhere else in a token

    QX2-EMAIL-0013cdm5t8k…
    │ │ │     │  │ └ the value itself, encrypted
    │ │ │     │  └ how many symbols that is, 10 bits: the token says where it ends
    │ │ │     └ epoch of the key
    │ │ └ label
    │ └ version

Only letters, digits and `-`: JSON, HTML, Markdown and URLs leave all of it
alone. Case carries nothing. The first letter is in no other field, so that two
tokens cannot overlap and reading is linear whatever the text. Why this shape
and not another: decision 0002.

Nothing here proves a token; `tokens` does.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

TRIGGER = "Q"
VERSION, ENCRYPTED = "1", "2"
PREFIX = f"{TRIGGER}X{VERSION}"
ENCRYPTED_PREFIX = f"{TRIGGER}X{ENCRYPTED}"

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
LENGTH_SYMBOLS = 2
CIPHER_SYMBOLS = 231  # 144 bytes
ENCRYPTED_LIMIT = (
    len(ENCRYPTED_PREFIX) + 2 + LABEL_SYMBOLS + EPOCH_SYMBOLS + LENGTH_SYMBOLS + CIPHER_SYMBOLS
)
ENCRYPTED_WINDOW = 2 * ENCRYPTED_LIMIT

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
_LETTERS = f"[Qq]{_GAP}[Xx]{_GAP}"
_LABEL = f"{_SEAM}{_field(_ANY, 1, LABEL_SYMBOLS)}{_SEAM}"
_LEAD = EPOCH_SYMBOLS + LENGTH_SYMBOLS  # before what is encrypted

_TRIGGERS = (TRIGGER, TRIGGER.lower())
_START = re.compile(rf"[Qq]{_GAP}(?:[Xx]{_GAP}(?:[{VERSION}{ENCRYPTED}]|\Z)|\Z)")
_STARTS_ENCRYPTED = re.compile(f"{_LETTERS}{ENCRYPTED}")
_EXACT = re.compile(
    f"{PREFIX}-[0-9A-PR-Z]{{1,{LABEL_SYMBOLS}}}"
    f"-[{SYMBOLS}]{{{BODY_SYMBOLS}}}(?:[{SYMBOLS}]{{{VARIANT_SYMBOLS}}})?"
    f"-[{SYMBOLS}]{{{EPOCH_SYMBOLS + TAG_SYMBOLS}}}"
)
_EXACT_LEAD = re.compile(
    f"{ENCRYPTED_PREFIX}-[0-9A-PR-Z]{{1,{LABEL_SYMBOLS}}}-([{SYMBOLS}]{{{_LEAD}}})"
)
_EXACT_RUN = re.compile(f"[{SYMBOLS}]*")
_STRETCH = re.compile(f"[Qq][{_ANY}{_JUNK}{_DASHES}]*")
_DAMAGED = re.compile(f"{_LETTERS}{VERSION}{_LABEL}{_BODY}(?:{_GAP}{_VARIANT})?{_SEAM}{_TAIL}")
_DAMAGED_LEAD = re.compile(f"{_LETTERS}{ENCRYPTED}{_LABEL}{_field(_SYMBOL, _LEAD, _LEAD)}")
_MANGLED = re.compile(f"{_LETTERS}[{VERSION}{ENCRYPTED}]{_GAP}[_{_DASHES}]")  # no prose has that
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


def may_start_token(token: str) -> bool:
    """Whether this is a token, where it is nothing else than a surrogate."""
    return token.startswith(TRIGGER)


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
    if found is not None:
        return Shape(at, found.end(), True, found.group())
    lead = _EXACT_LEAD.match(text, at)
    return None if lead is None else _read_exact_encrypted(text, lead)


def _read_exact_encrypted(text: str, lead: re.Match[str]) -> Shape | None:
    count = _count_of(lead.group(1))
    end = lead.end() + count
    run = _EXACT_RUN.match(text, lead.end(), end)
    assert run is not None  # an empty run matches
    if not count or run.end() != end:
        return None
    return Shape(lead.start(), end, True, text[lead.start() : end])


def _count_of(lead: str) -> int:
    """How many symbols are encrypted ones; 0 for more than any token has."""
    count = 32 * SYMBOLS.index(lead[-2]) + SYMBOLS.index(lead[-1])
    return count if count <= CIPHER_SYMBOLS else 0


def encode_count(count: int) -> str:
    """The length of what is encrypted, as a token says it."""
    return SYMBOLS[count >> 5] + SYMBOLS[count & 31]


def window_at(text: str, at: int) -> int:
    """How far a damaged token that starts at `at` may be stretched."""
    return WINDOW if _STARTS_ENCRYPTED.match(text, at) is None else ENCRYPTED_WINDOW


def stretch_end(text: str, at: int) -> int:
    """How far a damaged token that starts at `at` could reach at most."""
    found = _STRETCH.match(text, at, at + window_at(text, at))
    return at if found is None else found.end()


def read_damaged(text: str, at: int, end: int) -> Shape | None:
    """The damaged token at `at`, looking no further than `end`."""
    found = _DAMAGED.match(text, at, end)
    if found is None:
        lead = _DAMAGED_LEAD.match(text, at, end)
        return None if lead is None else _read_damaged_encrypted(text, lead, end)
    label, body, variant, tail = (_clean(part) for part in found.groups(""))
    canonical = f"{PREFIX}-{label.upper()}-{body}{variant}-{tail}"
    return Shape(at, found.end(), False, canonical)


def _read_damaged_encrypted(text: str, lead: re.Match[str], end: int) -> Shape | None:
    label, start = (_clean(part) for part in lead.groups())
    count = _count_of(start)
    rest = _encrypted_run(count).match(text, lead.end(), end)
    if not count or rest is None:
        return None
    canonical = f"{ENCRYPTED_PREFIX}-{label.upper()}-{start}{_clean(rest.group())}"
    return Shape(lead.start(), rest.end(), False, canonical)


@cache
def _encrypted_run(count: int) -> re.Pattern[str]:
    return re.compile(f"(?:{_GAP}[{_SYMBOL}]){{{count}}}")


def is_encrypted(canonical: str) -> bool:
    """Whether a token carries its value."""
    return canonical.startswith(ENCRYPTED_PREFIX)


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
