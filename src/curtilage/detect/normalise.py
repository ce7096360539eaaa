r"""Fold look-alike characters and escapes, and remember where each one stood.

Digits of all scripts, full-width, circled and mathematical letters, exotic spaces
and dashes become their ASCII twin, one code point for one; what is invisible is
left out, and marks that stack on a letter are. So `４１１１…`, `4111\u00a01111` and
`41\u200b11` are all seen. Letters that merely look alike (Cyrillic а) are left as
they are: a word of another language is no disguise (`hidden/lookalikes.py`).

Prompts quote JSON, source code, web addresses and web pages, so escapes are
read as what they stand for: `\n4111…`, `ada\u0040example.org`, `ada%40example.org`,
`ada&#64;example.org`. A model reads them as easily as the characters.
"""

import html
import re
import sys
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

# Unicode general category Cf and friends that render as nothing (UTS #36 §3.1, UAX #31 §2.3),
# except U+FE0F and U+E0100.. which shape the character before them and are dropped as well.
INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef"
)
SPACES = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
DASHES = "\u2010-\u2015\u2212\ufe58\ufe63"
TAGS = range(0xE0020, 0xE007F)  # ASCII smuggled as tag characters: read as what it says
MARKS = (
    "\u0300-\u034e\u0350-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0\ufe20-\ufe2f"
)
"""What stacks on the letter before it, in any number."""
STYLED = (
    range(0x1D2C, 0x1D6B),
    range(0x2070, 0x209D),
    range(0x2102, 0x214A),
    range(0x2460, 0x2469),
    range(0x24B6, 0x24EB),
    range(0xFE50, 0xFE6C),
    range(0xFF01, 0xFF5F),
    range(0x1D400, 0x1D800),
    range(0x1F130, 0x1F14A),
)
BADGES = (
    (0x1F150, "A"),
    (0x1F170, "A"),
    (0x2776, "1"),
    (0x2780, "1"),
    (0x278A, "1"),
    (0x24F5, "1"),
)
"""Where letters and digits in discs begin that Unicode gives no plain form."""
STROKES = {
    0x24FF: "0",
    0x2024: ".",
    0x3002: ".",  # a dot in names of hosts, as U+FF61 is (RFC 3490 §3.1)
    0xFF61: ".",
    0x2044: "/",
    0x2215: "/",
    0x2236: ":",
    0x02D7: "-",
    0x2043: "-",
    0x2796: "-",
    0xFE4D: "_",
    0xFE4E: "_",
    0xFE4F: "_",
}
FEW_ODD = 12  # characters, each worth a pass over the text
LEAST_WIDE = 8  # characters; in fewer there is nothing to find
LAST_DECIMAL = 0x1FBFA  # the last block of decimal digits, Unicode 13

# Escapes: of strings (RFC 8259 §7, and `\\x40` of most languages) whose backslashes other
# strings may have doubled, of punctuation (CommonMark 0.31 §2.4), of web addresses
# (RFC 3986 §2.1, what is printable or breaks a line), of HTML (Living Standard §13.5, what
# addresses and numbers hold).
_BARE = {"n": "\n", "r": "\r", "t": "\t", "b": " ", "f": " ", "v": " "}
# It begins with a class, not with a choice: so `re` skips what cannot begin one.
_ESCAPE = (
    r"[\\%&](?:(?<=\\)\\{0,7}+(?:u(?P<pair>[Dd][89ABab][0-9A-Fa-f]{2}\\{1,8}u[Dd][C-Fc-f][0-9A-Fa-f]{2})"
    r"|u(?P<utf16>[0-9A-Fa-f]{4})|x(?P<hex>[0-9A-Fa-f]{2})"
    r"|u\{(?P<point>[0-9A-Fa-f]{1,6})\}|U(?P<utf32>00[01][0-9A-Fa-f]{5})"
    r"|(?P<bare>[nrtbfv])|(?P<mark>[!-/:-@\[\]^_`{-~]))"
    r"|(?<=%)(?P<percent>[2-6][0-9A-Fa-f]|7[0-9A-Ea-e]|0[9ADad])"
    r"|(?<=&)(?P<entity>(?:\#[0-9]{1,7}|\#[Xx][0-9A-Fa-f]{1,6}|commat|period|nbsp|lowbar|hyphen|dash|colon|sol|plus"
    r"|equals|num|lpar|rpar|Tab|NewLine|ensp|emsp|thinsp|shy|zwj|zwnj|ZeroWidthSpace);))"
)
_UNSEEN = f"(?P<stacked>[{INVISIBLE}]*[{MARKS}][{MARKS}{INVISIBLE}]*)|[{INVISIBLE}]+"
_INVISIBLE = re.compile(_UNSEEN)
_ESCAPES = re.compile(_ESCAPE)
_INVISIBLE_OR_ESCAPE = re.compile(f"{_UNSEEN}|{_ESCAPE}")
_WITH_NULS = re.compile(f"{_UNSEEN}|\\x00+|{_ESCAPE}")


def _may_hold_escape(text: str) -> bool:
    return "\\" in text or "%" in text or "&" in text


def _is_wide(text: str) -> bool:
    """Whether a text is UTF-16 that was read as something else: a NUL beside each character.

    Few NULs are left alone: they part what stands on both sides of them.
    """
    return "\x00" in text and len(text) >= LEAST_WIDE and 3 * text.count("\x00") >= len(text)


def _stands_for(match: re.Match[str]) -> str:
    """What an escape, or a run of invisible characters, is read as."""
    kind, value = match.lastgroup, match[match.lastgroup] if match.lastgroup else ""
    if kind == "bare":
        return _BARE[value]
    if kind == "mark":
        return value
    if kind == "entity":
        char = html.unescape(f"&{value}")
    elif kind == "pair":
        high, low = int(value[:4], 16), int(value[-4:], 16)
        char = chr(0x10000 + ((high & 0x3FF) << 10 | low & 0x3FF))
    elif value and kind != "stacked":
        point = int(value, 16)
        char = chr(point) if point <= sys.maxunicode else ""
    else:
        return ""
    return "" if len(char) != 1 or _INVISIBLE.match(char) else char


@dataclass(frozen=True, slots=True)
class Origins:
    """Where the characters of a text stood that lost some: what lies between two
    places moved by the same number. `widths` are of characters that were longer.
    """

    places: Sequence[int]
    shifts: Sequence[int]
    widths: Mapping[int, int]

    def __getitem__(self, place: int) -> int:
        return place + self.shifts[bisect_right(self.places, place) - 1]


@dataclass(frozen=True, slots=True)
class Folded:
    """Folded text. `origins[i]` is where its i-th character stood; None: in place."""

    text: str
    origins: Origins | None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original text that became `text[start:end]`."""
        if self.origins is None:
            return start, end
        first, last = self.origins[start], end - 1
        return first, max(first, self.origins[last] + self.origins.widths.get(last, 1))


def _shorten(text: str, pattern: re.Pattern[str]) -> Folded:
    """`text` with what `pattern` finds read as what it stands for."""
    parts: list[str] = []
    places, shifts = [0], [0]
    widths: dict[int, int] = {}
    at = size = 0
    for match in pattern.finditer(text):
        start, end = match.span()
        char = _stands_for(match)
        parts += (text[at:start], char)
        size += start - at
        if char:
            widths[size] = end - start
        elif match.lastgroup == "stacked" and size:
            widths[size - 1] = widths.get(size - 1, 1) + end - start
        size += len(char)
        places.append(size)
        shifts.append(end - size)
        at = end
    if not at:
        return Folded(text, None)
    parts.append(text[at:])
    return Folded("".join(parts), Origins(places, shifts, widths))


def escapes(text: str) -> Iterator[tuple[int, int, str]]:
    """Where escapes stand in `text`, and what each is read as."""
    if _may_hold_escape(text):
        for match in _ESCAPES.finditer(text):
            yield *match.span(), _stands_for(match)


class Folder:
    """Folds texts. Built once: the table takes some milliseconds."""

    def __init__(self) -> None:
        self._table = _folding_table()
        self._odd = frozenset(map(chr, self._table))
        self._invisible = frozenset(map(chr, _points(INVISIBLE + MARKS)))

    def fold(self, text: str) -> Folded:
        """`text` in ASCII twins; the same object where there is nothing to fold.

        What a text holds is asked of the set of its characters: forty times as fast
        as a pattern of so many ranges. Most texts hold few odd ones, so that one pass
        for each is faster than one that looks every character up.
        """
        origins = None
        plain = text.isascii()
        if _is_wide(text):
            folded = _shorten(text, _WITH_NULS)
            text, origins, plain = folded.text, folded.origins, folded.text.isascii()
        elif _may_hold_escape(text):
            folded = _shorten(text, _ESCAPES if plain else _INVISIBLE_OR_ESCAPE)
            text, origins, plain = folded.text, folded.origins, folded.text.isascii()
        chars = frozenset() if plain else frozenset(text)
        if origins is None and not self._invisible.isdisjoint(chars):
            folded = _shorten(text, _INVISIBLE)
            text, origins = folded.text, folded.origins
        odd = self._odd & chars
        if len(odd) > FEW_ODD:
            text = text.translate(self._table)
        else:
            for char in odd:
                text = text.replace(char, self._table[ord(char)])
        return Folded(text, origins)


def _folding_table() -> dict[int, str]:
    table: dict[int, str] = {}
    for point in range(0x660, LAST_DECIMAL):
        digit = unicodedata.decimal(chr(point), None)
        if digit is not None:
            table[point] = str(digit)
    for block in STYLED:
        for point in block:
            twin = unicodedata.normalize("NFKC", chr(point))
            if len(twin) == 1 and twin.isascii() and twin.isprintable():
                table[point] = twin
    for first, sign in BADGES:
        count = 26 if sign == "A" else 9
        table.update({first + number: chr(ord(sign) + number) for number in range(count)})
    table.update(STROKES)
    table.update(dict.fromkeys(_points(SPACES), " "))
    table.update(dict.fromkeys(_points(DASHES), "-"))
    table.update({point: chr(point - 0xE0000) for point in TAGS})
    return table


def _points(chars: str) -> list[int]:
    """The code points of a class such as `a-cx`."""
    points: list[int] = []
    for part in re.finditer(r"(.)-(.)|(.)", chars, re.DOTALL):
        first, last, only = part.groups()
        points += [ord(only)] if only else range(ord(first), ord(last) + 1)
    return points
