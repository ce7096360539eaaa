"""Values that stand for others in their own form: invented, and nobody's.

A surrogate comes from a space that is reserved, so that it cannot be anybody's
data: `.example` names (RFC 2606 §3), the addresses of documentation (RFC 3849,
RFC 5737), telephone numbers that are kept for fiction (NANPA's 555-0100 to
555-0199, Ofcom's 07700 900000 to 900999). A type without such a space has no
surrogate. Every one has the length of its family and is written in one way, so
that it can be found in a stream as a token can.

What is in such a space already is nobody's data, and stands for itself.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from curtilage.shield.grammar import BODY_SYMBOLS, SYMBOLS

DIGEST = 32  # bytes of the keyed hash that a surrogate is made from


class Match(NamedTuple):
    """A piece of text in a reserved space. Of a `small` one, anybody can hit upon any."""

    start: int
    end: int
    text: str
    small: bool


class _Family(NamedTuple):
    """How the surrogates of one space are written, a pattern for each character."""

    atoms: tuple[str, ...]
    small: bool


_HOST = "@mail.example"
_NETWORKS = ("192.0.2.", "198.51.100.", "203.0.113.")  # RFC 5737
_AREAS = ("202", "212", "303", "312", "404", "415", "503", "512", "617", "702")
_GROUPS = 6  # of an IPv6 address after its prefix


def _plain(text: str) -> tuple[str, ...]:
    return tuple(re.escape(character) for character in text)


_EMAIL = _Family((*_plain("qx3"), *(f"[{SYMBOLS}]",) * BODY_SYMBOLS, *_plain(_HOST)), small=False)
_IPV6 = _Family(
    (*_plain("2001:db8"), *(":", "[1-9a-f]", *("[0-9a-f]",) * 3) * _GROUPS), small=False
)
_SMALL = (
    *(_Family((*_plain(network), "1", "[0-9]", "[0-9]"), small=True) for network in _NETWORKS),
    _Family((*_plain("+1-"), "[2-9]", *("[0-9]",) * 2, *_plain("-555-01"), "[0-9]", "[0-9]"), True),
    _Family((*_plain("+44-7700-900"), *("[0-9]",) * 3), small=True),
)
_FAMILIES = (_EMAIL, _IPV6, *_SMALL)
LIMIT = max(len(family.atoms) for family in _FAMILIES)

# Part of a longer word, address or number it is not the surrogate. `\n` may be a line's end
# that stands in a JSON document.
_BEFORE = r"(?:(?<![\w.+@%:\-])|(?<=\\[nrt]))"
_AFTER = r"(?![\w@%]|[.:+\-]\w)"
_GLUE = r"[.:+\-]"
CONTEXT = 2  # characters before one that say whether it stands alone

_SHAPE = "|".join(f"({''.join(family.atoms)})" for family in _FAMILIES)
_ALONE = re.compile(f"{_BEFORE}(?:{_SHAPE}){_AFTER}")
_ANYWHERE = re.compile(f"(?=({_SHAPE}))")
_WHOLE = re.compile(_SHAPE)
_STARTS_ALONE = re.compile(_BEFORE)
_ENDS_ALONE = re.compile(_AFTER)


def _nested(family: _Family) -> str:
    """All that a surrogate of the family can be at the end of a text: a beginning of it."""
    pattern = f"{_GLUE}?"
    for atom in reversed(family.atoms):
        pattern = f"(?:{atom}{pattern})?"
    return pattern.removesuffix("?")


_BEGUN = re.compile("(?:" + "|".join(_nested(family) for family in _FAMILIES) + r")\Z")


def make_surrogate(type: str, value: str, digest: bytes) -> str | None:
    """The surrogate of a value, from a keyed hash of it; None for what has no space."""
    number = int.from_bytes(digest, "big")
    if type == "EMAIL_ADDRESS":
        return f"qx3{_symbols(number)}{_HOST}"
    if type == "IP_ADDRESS":
        return _address_v6(number) if ":" in value else _address_v4(number)
    return _telephone(value, number) if type == "PHONE_NUMBER" else None


def is_reserved(value: str) -> bool:
    """Whether a value lies in a reserved space itself, written as a surrogate is."""
    return _WHOLE.fullmatch(value) is not None


def find_next(text: str, at: int) -> Match | None:
    """The first surrogate from `at` on that stands alone."""
    found = _ALONE.search(text, at)
    return None if found is None else Match(*found.span(), found.group(), _is_small(found))


def find_anywhere(text: str) -> Iterator[Match]:
    """Everything in a reserved space, whatever it is a part of; these may overlap."""
    for found in _ANYWHERE.finditer(text):
        piece = found.group(1)
        shape = _WHOLE.fullmatch(piece)
        assert shape is not None  # it was found by the same shape
        yield Match(found.start(), found.start() + len(piece), piece, _is_small(shape))


def stands_alone(text: str, start: int, end: int) -> bool:
    """Whether a surrogate in place of this piece could be told from what is around it."""
    before, after = _STARTS_ALONE.match(text, start), _ENDS_ALONE.match(text, end)
    return before is not None and after is not None


def begun_at(text: str) -> int:
    """Where at the end of a text a surrogate may have begun: its length, if none has."""
    found = _BEGUN.search(text, max(0, len(text) - LIMIT - 1))
    return len(text) if found is None else found.start()


def _is_small(found: re.Match[str]) -> bool:
    assert found.lastindex is not None  # each family is a group
    return _FAMILIES[found.lastindex - 1].small


def _symbols(number: int) -> str:
    return "".join(SYMBOLS[number >> (5 * at) & 31] for at in range(BODY_SYMBOLS))


def _address_v6(number: int) -> str:
    """No group begins with 0, so that there is one way to write it (RFC 5952 §4.1)."""
    groups = []
    for _ in range(_GROUPS):
        number, group = divmod(number, 0xF000)
        groups.append(f"{group + 0x1000:x}")
    return ":".join(("2001:db8", *groups))


def _address_v4(number: int) -> str:
    network, host = divmod(number, 100)
    return f"{_NETWORKS[network % len(_NETWORKS)]}{100 + host}"


_NORTH_AMERICAN = re.compile(r"(?:(?:\+|00)1|\(?[2-9]\d\d\)?[ .-]?[2-9]\d\d[ .-]?\d{4}\Z)")
_BRITISH = re.compile(r"(?:\+|00)44")


def _telephone(value: str, number: int) -> str | None:
    if _BRITISH.match(value):
        return f"+44-7700-900{number % 1000:03}"
    if _NORTH_AMERICAN.match(value):
        area, line = divmod(number, 100)
        return f"+1-{_AREAS[area % len(_AREAS)]}-555-01{line:02}"
    return None
