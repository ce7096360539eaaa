"""Fold look-alike characters, and remember where each one stood.

Digits of all scripts, full-width and mathematical letters, exotic spaces and
dashes become their ASCII twin, one code point for one; what is invisible is
left out. So `４１１１…`, `4111\u00a01111` and `41\u200b11` are all seen. Letters
that merely look alike (Cyrillic а) are left as they are.
"""

import re
import unicodedata
from collections.abc import Sequence
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
STYLED = (
    range(0x2070, 0x209D),
    range(0x2460, 0x2469),
    range(0xFF01, 0xFF5F),
    range(0x1D400, 0x1D800),
)
LAST_DECIMAL = 0x1FBFA  # the last block of decimal digits, Unicode 13

_INVISIBLE = re.compile(f"[{INVISIBLE}]")


@dataclass(frozen=True, slots=True)
class Folded:
    """Folded text. `origins[i]` is where its i-th character stood; None: in place."""

    text: str
    origins: Sequence[int] | None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original text that became `text[start:end]`."""
        if self.origins is None:
            return start, end
        return self.origins[start], self.origins[end - 1] + 1


class Folder:
    """Folds texts. Built once: the table takes some milliseconds."""

    def __init__(self) -> None:
        self._table = _folding_table()
        self._odd = re.compile(
            "[" + "".join(map(chr, sorted(self._table))).replace("\\", r"\\") + "]"
        )

    def fold(self, text: str) -> Folded:
        """`text` in ASCII twins; the same object where there is nothing to fold."""
        if text.isascii():
            return Folded(text, None)
        origins: list[int] | None = None
        if _INVISIBLE.search(text):
            origins = [place for place, char in enumerate(text) if not _INVISIBLE.match(char)]
            text = _INVISIBLE.sub("", text)
        if self._odd.search(text):
            text = text.translate(self._table)
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
