"""Rows and cells in a text: which title stands over a place.

Each line is read once, whatever is asked how often: a row may be as long as a text.
"""

from bisect import bisect_left, bisect_right
from itertools import accumulate, count
from operator import add

DELIMITERS = "\t|;,"


class Rows:
    """The lines of one text, as rows of cells where they are some."""

    def __init__(self, text: str) -> None:
        self._text = text
        lengths = map(len, text.split("\n"))
        self._starts = [0, *map(add, accumulate(lengths), count(1))][:-1]
        self._delimiters: dict[int, str] = {}
        self._cuts: dict[tuple[int, str], list[int]] = {}
        self._counts: dict[tuple[int, str], int] = {}
        self._heads: dict[tuple[int, str], int] = {}
        self._ends: dict[int, int] = {}

    def title(self, place: int) -> tuple[int, int] | None:
        """Where the title of the column of `place` stands; None where there is none."""
        line = bisect_right(self._starts, place) - 1
        delimiter = self._delimiter(line) if line else ""
        if not delimiter:
            return None
        head = self._head(line, delimiter)
        if head == line:
            return None
        return self._cell(head, delimiter, bisect_left(self._cut(line, delimiter), place))

    def titles(self, start: int, end: int) -> tuple[int, int] | None:
        """Where the titles of all places in `start` to `end` stand, or more; None: there are none."""
        line = bisect_right(self._starts, start) - 1
        if end > self._stop(line):
            return 0, len(self._text)
        delimiter = self._delimiter(line) if line else ""
        head = self._head(line, delimiter) if delimiter else line
        if head == line:
            return None
        cuts = self._cut(line, delimiter)
        first, _ = self._cell(head, delimiter, bisect_left(cuts, start))
        _, last = self._cell(head, delimiter, bisect_left(cuts, end))
        return first, last

    def end_below(self, place: int) -> int:
        """Where the rows end that the line of `place` may be the titles of; 0 where it is none's."""
        line = bisect_right(self._starts, place) - 1
        known = self._ends.get(line)
        if known is None:
            known = self._ends[line] = max(self._end_below(line, char) for char in DELIMITERS)
        return known

    def _end_below(self, line: int, delimiter: str) -> int:
        cells, last = self._count(line, delimiter), line
        if not cells or (line and self._count(line - 1, delimiter) == cells):
            return 0
        while last + 1 < len(self._starts) and self._count(last + 1, delimiter) == cells:
            last += 1
        return self._stop(last) if last > line else 0

    def _delimiter(self, line: int) -> str:
        """What parts the cells of a line, if anything does."""
        known = self._delimiters.get(line)
        if known is None:
            start, stop = self._starts[line], self._stop(line)
            known = next(
                (char for char in DELIMITERS if self._text.find(char, start, stop) >= 0), ""
            )
            self._delimiters[line] = known
        return known

    def _stop(self, line: int) -> int:
        """Where a line ends, without its line feed."""
        following = line + 1
        return self._starts[following] - 1 if following < len(self._starts) else len(self._text)

    def _cut(self, line: int, delimiter: str) -> list[int]:
        """Where the cells of a line end, but for the last."""
        known = self._cuts.get((line, delimiter))
        if known is None:
            known = _find_all(self._text, delimiter, self._starts[line], self._stop(line))
            self._cuts[line, delimiter] = known
        return known

    def _head(self, line: int, delimiter: str) -> int:
        """The first line of the block of rows that a line belongs to: all have as many cells."""
        cells = self._count(line, delimiter)
        passed: list[tuple[int, str]] = []
        head = line
        while (known := self._heads.get((head, delimiter))) is None:
            passed.append((head, delimiter))
            if head == 0 or self._count(head - 1, delimiter) != cells:
                known = head
                break
            head -= 1
        self._heads.update(dict.fromkeys(passed, known))
        return known

    def _count(self, line: int, delimiter: str) -> int:
        known = self._counts.get((line, delimiter))
        if known is None:
            known = self._text.count(delimiter, self._starts[line], self._stop(line))
            self._counts[line, delimiter] = known
        return known

    def _cell(self, line: int, delimiter: str, number: int) -> tuple[int, int]:
        cuts = self._cut(line, delimiter)
        first = cuts[number - 1] + 1 if number else self._starts[line]
        return first, cuts[number] if number < len(cuts) else self._stop(line)


def _find_all(text: str, char: str, start: int, stop: int) -> list[int]:
    found = []
    place = text.find(char, start, stop)
    while place >= 0:
        found.append(place)
        place = text.find(char, place + 1, stop)
    return found
