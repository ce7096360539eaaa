"""Where a text may hold which trick, in one pass: with Hyperscan, or with `re` without it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from curtilage.detect.matching import HyperscanMatcher, Part, to_bytes

Window = tuple[int, int]

FARTHEST_LINE = 200  # characters from where a window would end to a line break


class Triggers(Protocol):
    """Gives where patterns end in a text, by number, in no order."""

    def ends(self, text: str) -> Sequence[tuple[int, int]]: ...


class ReTriggers:
    """One pattern after the other."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self._patterns = [re.compile(to_trigger(pattern), re.DOTALL) for pattern in patterns]

    def ends(self, text: str) -> Sequence[tuple[int, int]]:
        data = _bytes(text).decode("latin-1")
        return [
            (number, match.end() - 1)
            for number, pattern in enumerate(self._patterns)
            for match in pattern.finditer(data)
        ]


class HyperscanTriggers(HyperscanMatcher):
    """All patterns at once, compiled and kept as those of the engine are."""

    def __init__(self, patterns: Sequence[str], cache_dir: Path | None) -> None:
        numbered = dict(enumerate(map(to_trigger, patterns)))
        words = {number: each for number, each in numbered.items() if len(each) > WORDY}
        rest = {number: each for number, each in numbered.items() if len(each) <= WORDY}
        super().__init__([Part(words), Part(rest)], cache_dir)

    def ends(self, text: str) -> Sequence[tuple[int, int]]:
        found: list[tuple[int, int]] = []
        data = _bytes(text)
        for database, _, scratch in self._mine():
            database.scan(data, _append, context=found, scratch=scratch)
        return found

    def _compile(self, triggers: Mapping[int, str]) -> Any:
        """Without the beginnings of matches, which lists of words in a row are too large for."""
        database = self._hyperscan.Database(mode=self._hyperscan.HS_MODE_BLOCK)
        database.compile(
            expressions=[to_bytes(trigger) for trigger in triggers.values()],
            ids=list(triggers),
            flags=[self._hyperscan.HS_FLAG_DOTALL] * len(triggers),
        )
        return database


WORDY = 200  # characters of a pattern that lists words; they compile better apart


def _append(number: int, _start: int, end: int, _flags: int, found: list[tuple[int, int]]) -> None:
    found.append((number, end - 1))


def to_trigger(pattern: str) -> str:
    """A pattern for `ends`: letters beyond Latin-1 are all one there."""
    return re.sub("[^\x00-\xff]", "[?]", pattern)


def _bytes(text: str) -> bytes:
    """One byte for each code point, `?` for what Latin-1 does not have: ten times as fast as apart."""
    return b"\n" + text.encode("latin-1", "replace") + b"\n"


def windows(ends: Iterable[int], text: str, *, before: int, after: int) -> list[Window]:
    """The parts of a text around some places: from line to line where lines are not too long."""
    found: list[Window] = []
    for end in sorted(ends):
        first, last = end - before, end + after
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], last)
        else:
            found.append((first, last))
    return [(_cut_before(text, first), _cut_after(text, last)) for first, last in found]


def _cut_before(text: str, place: int) -> int:
    """A line break a little before, else white space, else the place itself."""
    if place <= 0:
        return 0
    line = text.rfind("\n", max(0, place - FARTHEST_LINE), place)
    if line < 0:
        line = text.rfind(" ", max(0, place - FARTHEST_LINE), place)
    return line + 1 or place


def _cut_after(text: str, place: int) -> int:
    stop = text.find("\n", place, place + FARTHEST_LINE)
    return min(place, len(text)) if stop < 0 else stop
