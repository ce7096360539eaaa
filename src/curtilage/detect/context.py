"""Naming words: what in a text says what a value is.

Words count within 60 characters on both sides, only as whole words: not `lic`
in `public`. A part of a field name is a word too (`customer_ssn`, `ssnNumber`),
and so is the title of a column. One list serves seven languages; the same word
means the same thing in German and Dutch forms, and a text may mix languages.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from enum import IntEnum
from itertools import chain
from types import MappingProxyType

from curtilage.detect.matching import Matcher, Near, Region, anywhere
from curtilage.detect.rows import Rows

REACH = 60  # characters on both sides
NAMING_REACH = 24  # a word this close before a value, with no digit between, names it
TRAILING_REACH = 3  # `078-05-1121 (SSN)`
LONGEST = 320  # characters of a value that needs a naming word
FARTHEST = 1024  # characters: more than a value, its name and what a form has around both
LOOSE_REACH = 32, 12  # before a value and after it, for words that many kinds share
_SAYS = re.compile(
    r"[\s,]{1,2}(?:is|as|was|ist|war|als|est|comme|es|como|era|è|come|é|jest|jako|to|är|er|on)\b[^0-9\n.:;]{0,14}"
)
LETTERS = r"A-Za-z\u00c0-\u024f\u0370-\u052f"
# A new word, or a hump: ssnNumber. Apart from the words: with each of a thousand they compile twice as long.
_BEGINS = re.compile(f"(?<![{LETTERS}0-9])|(?<=[a-z])(?=[A-Z])")
_ENDS = re.compile(f"(?=s?(?![{LETTERS}]))|(?<=[a-z])(?=[A-Z])")
LEAST_HEAD = 5  # letters
NO_WORDS: Mapping[str, Sequence[str]] = MappingProxyType({})
_DIGIT = re.compile("[0-9]")
_PLAIN = re.compile("[a-z0-9 ]+")
_ASCII = [chr(point) for point in range(128)]
_BEFORE = frozenset(["", *(char for char in _ASCII if not char.isalnum())])
_AFTER = frozenset(["", *(char for char in _ASCII if not char.isalpha())])


class Closeness(IntEnum):
    """How near the nearest naming word is."""

    NONE = 0
    NEAR = 1
    NAMED = 2


# Bound once: they are compared for every candidate.
_NONE, _NEAR, _NAMED = Closeness.NONE, Closeness.NEAR, Closeness.NAMED


class Vocabulary:
    """All naming words of all kinds, one pattern each."""

    def __init__(
        self, words: Mapping[str, Sequence[str]], loose: Mapping[str, Sequence[str]] = NO_WORDS
    ) -> None:
        """`words` maps a kind's type to its words; `loose` to those it shares with many kinds."""
        owners: dict[str, set[tuple[str, bool]]] = {}
        for mapping, is_loose in ((words, False), (loose, True)):
            for kind, names in mapping.items():
                for name in names:
                    if (kind, False) not in owners.setdefault(name, set()):
                        owners[name].add((kind, is_loose))
        self.names = sorted(owners)
        self._patterns: dict[int, re.Pattern[str]] = {}
        self._kinds = [sorted(owners[name]) for name in self.names]
        self.heads: dict[str, list[int]] = {}
        """The names by how they begin: to look for all of each takes seconds to compile."""
        for number, name in enumerate(self.names):
            self.heads.setdefault(_head(name), []).append(number)
        self._under = [
            (head.isascii() and len(names) == 1 and self.names[names[0]] == head, names)
            for head, names in self.heads.items()
        ]

    def end_of(self, number: int, text: str, start: int) -> int:
        """Where a word ends that begins at `start` and is whole at its end; -1: none does."""
        pattern = self._patterns.get(number)
        if pattern is None:  # compiled when a text first has it: most never do
            pattern = self._patterns[number] = re.compile(_spelled(self.names[number]))
        match = pattern.match(text, start)
        if match is None:
            return -1
        end = match.end()
        return end if text[end : end + 1] in _AFTER or _ENDS.match(text, end) else -1

    def triggers(self) -> list[str]:
        """For Hyperscan, in any case: the letters of heads, whatever stands beside them."""
        return [_any_case(head) for head in self.heads]

    def places(self, text: str, matcher: Matcher) -> dict[str, list[tuple[int, int, bool]]]:
        """Where whole words of `text` stand, and if loosely, in order, by the kind that they name.

        Most stand between spaces and stops; what else is beside one is for its pattern to judge.
        """
        places: dict[str, list[tuple[int, int, bool]]] = {}
        for number, start, end in matcher.regions(text):
            if text[start - 1 : start].isalnum() and not text[start].isupper():
                continue  # inside a word, and no hump
            is_whole, names = self._under[number]
            is_apart = text[start - 1 : start] in _BEFORE and text[end : end + 1] in _AFTER
            if is_whole and is_apart:  # its letters are no others, and it is all
                self._note(places, names[0], start, end)
                continue
            if not begins_word(text, start):
                continue
            for name in names:
                end = self.end_of(name, text, start)  # noqa: PLW2901  # each has its own
                if end >= 0:
                    self._note(places, name, start, end)
        for found in places.values():
            found.sort()
        return places

    def _note(
        self, places: dict[str, list[tuple[int, int, bool]]], name: int, start: int, end: int
    ) -> None:
        for kind, is_loose in self._kinds[name]:
            places.setdefault(kind, []).append((start, end, is_loose))


class WordSearch:
    """The matcher for naming words where Hyperscan is missing."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._parts: dict[str, list[tuple[str, int]]] = {}
        """First parts of words and whose they are, by how they begin: two letters or fewer."""
        self._names = list(vocabulary.heads.values())
        for number, head in enumerate(vocabulary.heads):
            part = _plain(head.split(" ")[0])
            self._parts.setdefault(part[:2], []).append((part, number))

    def regions(
        self, text: str, named: frozenset[str] = frozenset(), near: Near = anywhere
    ) -> Sequence[Region]:
        low = _lowered(text)
        begins = {low[place : place + 2] for place in range(len(low))} | set(low)
        found: list[Region] = []
        for part, number in chain.from_iterable(
            self._parts[begin] for begin in begins & self._parts.keys()
        ):
            place = low.find(part)
            while place >= 0:
                ends = (self._vocabulary.end_of(name, text, place) for name in self._names[number])
                end = (
                    next((end for end in ends if end >= 0), -1) if begins_word(text, place) else -1
                )
                if end >= 0:
                    found.append((number, place, end))
                place = low.find(part, place + 1)
        return found


def begins_word(text: str, start: int) -> bool:
    """Whether a word, or a part of one, begins at `start`."""
    return text[start - 1 : start] in _BEFORE or _BEGINS.match(text, start) is not None


def _lowered(text: str) -> str:
    """In lower case, without accents, as long as it was."""
    odd = {char for char in set(text) if not char.isascii()}
    if not odd:
        return text.lower()
    table = {ord(char): _plain(char.lower()[0]) for char in odd} | {0x2019: "'"}
    return text.translate(table).lower()


def _head(name: str) -> str:
    """The first two words of a name, or as many as have some letters: `d o` is everywhere."""
    words = name.split(" ")
    count = min(2, len(words))
    while count < len(words) and sum(map(len, words[:count])) < LEAST_HEAD:
        count += 1
    return " ".join(words[:count])


def _spelled(name: str) -> str:
    """A word in any case, with or without its accents; a space may be `_`, `-` or nothing."""
    if _PLAIN.fullmatch(name):  # much faster to compile than a class for each letter
        return f"(?ai:{name.replace(' ', '[ _.-]?')})"
    parts = []
    for char in name:
        if char == " ":
            parts.append("[ _.-]?")
        elif char.isalpha():
            plain = _plain(char)
            parts.append("[" + "".join(sorted({char, char.upper(), plain, plain.upper()})) + "]")
        elif char == "'":
            parts.append("['\u2019]")
        else:
            parts.append(re.escape(char))
    return "".join(parts)


def _any_case(name: str) -> str:
    """As `_spelled`, for a matcher that knows no case."""
    parts = []
    for char in name:
        if char == " ":
            parts.append("[ _.-]?")
        elif char.isalpha() and not char.isascii():
            parts.append("[" + "".join(sorted({char, char.upper(), _plain(char)})) + "]")
        elif char == "'":
            parts.append("['\u2019]")
        else:
            parts.append(re.escape(char))
    return "".join(parts)


def _plain(text: str) -> str:
    """Without accents."""
    return "".join(unicodedata.normalize("NFD", char)[0] for char in text)


class Context:
    """The naming words of one text, looked up when the first candidate asks."""

    def __init__(self, text: str, matcher: Matcher, vocabulary: Vocabulary) -> None:
        self._text = text
        self._words = vocabulary.places(text, matcher)
        self._has_rows = "\n" in text
        self._rows: Rows | None = None
        self.named = frozenset(self._words)
        """The kinds that any word of the text names."""

    def closeness(self, kind: str, start: int, end: int) -> Closeness:
        """How closely a word of `kind` stands to `text[start:end]`.

        A word that many kinds share counts only where it stands close, and less than a kind's own.
        """
        best = _NONE
        words = self._words.get(kind, [])
        for place in range(bisect_left(words, (start - REACH,)), len(words)):
            first, last, is_loose = words[place]
            if first > end + REACH:
                break
            if last > start and first < end:
                continue
            if is_loose:
                before, after = LOOSE_REACH
                if first <= end + after and last >= start - before:
                    best = _NEAR
            elif self._names(first, last, start, end):
                return _NAMED
            elif last <= end + REACH:
                best = _NEAR
        return max(best, self._title(words, start)) if self._has_rows else best

    def may_name(self, kind: str, start: int, end: int) -> bool:
        """Whether a word of `kind` may say anything of a value that begins in `text[start:end]`."""
        words = self._words[kind]
        place = bisect_left(words, (start - REACH,))
        if place < len(words) and words[place][0] <= end + LONGEST + REACH:
            return True
        titles = self._known_rows().titles(start, end) if self._has_rows else None
        if titles is None:
            return False
        place = bisect_left(words, (titles[0],))
        return place < len(words) and words[place][0] < titles[1]

    def near(self, kinds: frozenset[str]) -> Sequence[tuple[int, int]] | None:
        """Where in the text anything may stand that words name any of these kinds; None: anywhere.

        That is not far from the words, and in the rows below those that may be titles."""
        rows = self._known_rows()
        words = sorted(each[:2] for kind in kinds & self.named for each in self._words[kind])
        spans: list[tuple[int, int]] = []
        size = 0
        for first, last in words:
            start = max(0, first - FARTHEST)
            end = min(len(self._text), max(last, rows.end_below(first)) + FARTHEST)
            if spans and start <= spans[-1][1]:
                known = spans.pop()
                size -= known[1] - known[0]
                start, end = known[0], max(known[1], end)
            spans.append((start, end))
            size += end - start
            if 2 * size > len(self._text):
                return None
        return spans

    def _names(self, first: int, last: int, start: int, end: int) -> bool:
        if last <= start:
            return start - last <= NAMING_REACH and not _DIGIT.search(self._text, last, start)
        between = self._text[end:first]
        is_close = first - end <= TRAILING_REACH and "\n" not in between
        return is_close or _SAYS.fullmatch(between) is not None

    def _known_rows(self) -> Rows:
        if self._rows is None:
            self._rows = Rows(self._text)
        return self._rows

    def _title(self, words: Sequence[tuple[int, int, bool]], start: int) -> Closeness:
        """How well the words in the title of the column that `start` is in name it."""
        title = self._known_rows().title(start)
        if title is None:
            return _NONE
        best = _NONE
        for place in range(bisect_left(words, (title[0],)), len(words)):
            first, _, is_loose = words[place]
            if first >= title[1]:
                break
            best = max(best, _NEAR if is_loose else _NAMED)
        return best
