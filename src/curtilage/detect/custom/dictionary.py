"""Word lists of any size: a million names cost as little time as ten.

The words of a text are looked up among the first words of all entries, which is
one step for a whole text in most cases. Only where one is there, the phrases that
begin with it are looked up, longest first, by their 64-bit hashes in one sorted array.
"""

import re
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from hashlib import blake2b

_WORD = re.compile(r"\w+")
MOST_WORDS = 12  # of one entry


class Dictionary:
    """Finds entries as whole words, whatever stands between their words."""

    def __init__(self, entries: Iterable[str], *, ignore_case: bool = False) -> None:
        self._ignore_case = ignore_case
        firsts: dict[str, int] = {}
        hashes: set[int] = set()
        for entry in entries:
            words = self._words(entry)[:MOST_WORDS]
            if words:
                firsts[words[0]] = firsts.get(words[0], 0) | 1 << len(words)
                hashes.add(_hash(words))
        self._lengths = firsts
        """By first word: which numbers of words its entries have, as bits."""
        self._firsts = frozenset(firsts)
        self._hashes = array("Q", sorted(hashes))

    def __len__(self) -> int:
        return len(self._hashes)

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        """Where entries stand, from left to right; of those that begin at one word the longest."""
        looked = text.casefold() if self._ignore_case else text
        if len(looked) != len(text):  # a letter that folds to two: word by word, then
            looked = "".join(_fold_in_place(char) for char in text)
        if self._firsts.isdisjoint(_WORD.findall(looked)):
            return
        spans = [match.span() for match in _WORD.finditer(looked)]
        place = 0
        while place < len(spans):
            count = self._length(looked, spans, place)
            if count:
                yield spans[place][0], spans[place + count - 1][1]
            place += count or 1

    def _length(self, text: str, spans: list[tuple[int, int]], place: int) -> int:
        """How many words the longest entry has that begins at a word; 0 for none."""
        lengths = self._lengths.get(text[slice(*spans[place])], 0)
        count = min(lengths.bit_length() - 1, len(spans) - place) if lengths else 0
        while count > 0:
            if lengths >> count & 1:
                words = [text[start:end] for start, end in spans[place : place + count]]
                if self._has(_hash(words)):
                    return count
            count -= 1
        return 0

    def _has(self, key: int) -> bool:
        place = bisect_left(self._hashes, key)
        return place < len(self._hashes) and self._hashes[place] == key

    def _words(self, entry: str) -> list[str]:
        return _WORD.findall("".join(map(_fold_in_place, entry)) if self._ignore_case else entry)


def _fold_in_place(char: str) -> str:
    folded = char.casefold()
    return folded if len(folded) == 1 else char


def _hash(words: list[str]) -> int:
    phrase = " ".join(words).encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(phrase, digest_size=8).digest())
