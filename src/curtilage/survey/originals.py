"""The way back from a text that is scanned to the file as it is: offsets, lines, columns.

A reader may leave things out and decode others: entities, escapes, quotation marks.
What it gives is a row of *segments*, each with the span of the original that it
stands for. *Stretches* are the original itself, kept as long as a finding may point there.
"""

import re
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from curtilage.survey.models import Field, Fielder, Spot

STRETCH = 16 * 1024
LONGEST_LINE = 1024 * 1024  # of a line that is kept whole
SEEN = 400  # characters of a line that are looked at for a comment


class Segment(NamedTuple):
    """A piece of text, and the span of the original that it stands for."""

    text: str
    start: int
    end: int
    field: Fielder | None = None


class Stretch(NamedTuple):
    """A piece of the original."""

    start: int
    text: str
    line: int
    """The line that it begins in, from 1."""
    line_start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


_LINE_END = re.compile("\n")
NOTHING = Stretch(0, "", 1, 0)


class Original:
    """The pieces of a text, cut behind lines, while somebody may ask for them."""

    def __init__(self, pieces: Iterable[str]) -> None:
        self._pieces = pieces
        self.recent: deque[Stretch] = deque()

    def __iter__(self) -> Iterator[Stretch]:
        start, line, line_start = 0, 1, 0
        for text in cut_behind_lines(self._pieces):
            stretch = Stretch(start, text, line, line_start)
            self.recent.append(stretch)
            yield stretch
            line += text.count("\n")
            last = text.rfind("\n")
            if last >= 0:
                line_start = start + last + 1
            start += len(text)

    def forget(self, before: int) -> None:
        """No finding points before here any more. The line before stays, for its comment."""
        while len(self.recent) > 2 and self.recent[1].end <= before:
            self.recent.popleft()


def cut_behind_lines(pieces: Iterable[str]) -> Iterator[str]:
    """The same text in pieces of about a stretch that end with a line, where lines end at all."""
    held: list[str] = []
    size = 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size < STRETCH:
            continue
        text, place = "".join(held), 0
        while len(text) - place >= STRETCH:
            cut = text.rfind("\n", place, place + STRETCH) + 1 or text.find("\n", place) + 1
            if not cut:
                if len(text) - place < LONGEST_LINE:
                    break
                cut = len(text)
            yield text[place:cut]
            place = cut
        held, size = [text[place:]], len(text) - place
    rest = "".join(held)
    if rest:
        yield rest


@dataclass(frozen=True, slots=True)
class TextPlace:
    """The place of a part that was made of segments."""

    starts: Sequence[int]
    """Where the segments begin in the part's text."""
    segments: Sequence[Segment]
    stretches: Sequence[Stretch]
    within: tuple[str, ...] = ()
    _ends: dict[int, list[int]] = field(default_factory=dict, init=False, repr=False, compare=False)
    """Where the lines of stretches end: looked up once for all findings in one."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """A span of the part's text in the original. It covers at least what was decoded."""
        number = bisect_right(self.starts, start) - 1
        first = self.segments[number]
        begin = first.start
        if _is_as_it_was(first):
            begin += start - self.starts[number]
        number = bisect_right(self.starts, max(start, end - 1)) - 1
        last = self.segments[number]
        stop = last.end
        if _is_as_it_was(last):
            stop = last.start + end - self.starts[number]
        return begin, max(begin, stop)

    def spot(self, start: int, end: int) -> Spot:
        begin, stop = self.span(start, end)
        line, column = self._position(begin)
        end_line, end_column = line, column + stop - begin
        if not self._is_one_line(begin, stop):
            end_line, end_column = self._position(stop)
        fielder = self.segments[bisect_right(self.starts, start) - 1].field
        where: Field | None = fielder(begin) if fielder is not None else None
        return Spot(line, column, end_line, end_column, self.within, where)

    def lines(self, start: int) -> tuple[str, str]:
        begin, _ = self.span(start, start + 1)
        stretch = self._stretch(begin)
        place = begin - stretch.start
        line_start = stretch.text.rfind("\n", 0, place) + 1
        line_end = stretch.text.find("\n", place)
        line = stretch.text[line_start : line_end if line_end >= 0 else None]
        if line_start:
            before = stretch.text[max(0, line_start - SEEN) : line_start - 1]
        else:
            number = self.stretches.index(stretch) if self.stretches else 0
            before = self.stretches[number - 1].text[-SEEN:-1] if number else ""
        at = place - line_start
        return line[max(0, at - SEEN) : at + SEEN], before[before.rfind("\n") + 1 :]

    def _stretch(self, offset: int) -> Stretch:
        number = bisect_right(self.stretches, offset, key=lambda stretch: stretch.start) - 1
        return self.stretches[max(0, number)] if self.stretches else NOTHING

    def _is_one_line(self, begin: int, stop: int) -> bool:
        """Whether a span lies in one line, of one stretch."""
        start, text, _, _ = self._stretch(begin)
        return stop - start < len(text) and text.find("\n", begin - start, stop - start) < 0

    def _position(self, offset: int) -> tuple[int, int]:
        """Line and column, both from 1."""
        start, text, line, line_start = self._stretch(offset)
        ends = self._ends.get(start)
        if ends is None:
            ends = self._ends[start] = [match.start() for match in _LINE_END.finditer(text)]
        number = bisect_left(ends, offset - start)
        if number:
            line_start = start + ends[number - 1] + 1
        return line + number, offset - line_start + 1


def _is_as_it_was(segment: Segment) -> bool:
    return len(segment.text) == segment.end - segment.start
