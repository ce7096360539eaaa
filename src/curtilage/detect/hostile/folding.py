"""The text as cues are written: folded, in lower case, without accents, one for one."""

import re
import unicodedata
from dataclasses import dataclass

from curtilage.detect.normalise import Folded, Folder

_LETTERS = range(0xC0, 0x250)
# Cyrillic and Greek letters that a reader takes for Latin ones, in lower case (UTS #39).
_TWINS = dict(zip("аеорсхуіѕјԁһԛԝӏνοαικρτυ", "aeopcxyisjdhqwlvoaikptu", strict=True))
_MIXED = re.compile("[a-z][ͰЀ-ԯα-ω]|[α-ωЀ-ԯ][a-z]")


@dataclass(frozen=True, slots=True)
class Plain:
    """A text to look for cues in, and the way back."""

    text: str
    cased: str
    """The same with its capitals."""
    folded: Folded

    def span(self, start: int, end: int) -> tuple[int, int]:
        return self.folded.span(start, end) if end > start else (start, start)


class Plainer:
    """Makes texts plain. Built once: the tables take some milliseconds."""

    def __init__(self) -> None:
        self._folder = Folder()
        self._bare = _without_accents()
        self._letters = frozenset(self._bare)
        self._twins = str.maketrans(_TWINS)

    def plain(self, text: str) -> Plain:
        folded = self._folder.fold(text)
        cased = folded.text
        if cased.isascii():
            return Plain(cased.lower(), cased, folded)
        low = cased.replace("İ", "i").lower()  # the one letter that would become two
        for letter in self._letters.intersection(low):  # few, and faster than a table for each
            low = low.replace(letter, self._bare[letter])
        if _MIXED.search(low):
            low = low.translate(self._twins)
        return Plain(low, cased, folded)


def _without_accents() -> dict[str, str]:
    """Latin letters by their base letter, and those that have none by the nearest."""
    table = {"ł": "l", "ø": "o", "đ": "d", "ß": "s", "ı": "i"}
    for point in _LETTERS:
        letter = unicodedata.normalize("NFD", chr(point))[0]
        if letter.isascii():
            table[chr(point)] = letter.lower()
    return table
