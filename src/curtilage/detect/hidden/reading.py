"""One way to read a text, and the way back from there to the original."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from curtilage.core.models import Finding

Span = tuple[int, int]
Back = Callable[[int, int], Span]
"""From a span of a reading to the span of the original that it came from."""

MARGIN = 80  # characters around what was read: naming words count within 60
WHOLE = 1200  # a shorter text is read whole, so that titles of columns stay in it
GAP = (
    "\n\x00" + " " * 64 + "\n"
)  # between parts that stood far apart: no value and no name reaches over it


class Piece(NamedTuple):
    """A part of a text, and what it says when it is read another way.

    `marks[i]` and `marks[i + 1]` bound what the i-th character of `said` stood for; they
    run down where a text runs backwards. None: every character stands for all of it.
    """

    start: int
    end: int
    said: str
    marks: Sequence[int] | None = None

    def moved(self, by: int) -> "Piece":
        """The same further on, where it was found in a part of a text."""
        if not by:
            return self
        marks = self.marks if self.marks is None else [mark + by for mark in self.marks]
        return Piece(self.start + by, self.end + by, self.said, marks)

    def part(self, first: int, last: int) -> Span:
        """Where `said[first:last]` stood."""
        if self.marks is None:
            return self.start, self.end
        one, other = self.marks[first], self.marks[last]
        return (one, other) if one <= other else (other, one)


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as it reads once a trick is undone.

    `least` is the score that a finding needs: what was put together from parts that
    may not belong together needs more. `reach` is how far from a piece it may stand:
    where words were hidden, they name what stands beside them.
    """

    name: str
    text: str
    least: float
    reach: int
    pieces: Sequence[Piece]
    _starts: Sequence[int] = field(repr=False)
    """Where each part of the text begins, and what it is: a piece, or where it stood."""
    _parts: Sequence[Piece | int] = field(repr=False)
    _back: Back = field(repr=False)

    def span(self, start: int, end: int) -> Span:
        """The code points of the original that `text[start:end]` was read from."""
        return self._back(*self.place(start, end))

    def place(self, start: int, end: int) -> Span:
        """As `span`, in the text that was read, which may be a reading itself."""
        first, last = (bisect_right(self._starts, at) - 1 for at in (start, end - 1))
        if first == last and isinstance(piece := self._parts[first], Piece):
            return piece.part(start - self._starts[first], end - self._starts[first])
        return self._edge(first, start)[0], self._edge(last, end - 1)[1]

    def _edge(self, number: int, at: int) -> Span:
        """Where one character stood; all of a piece that runs backwards."""
        part, offset = self._parts[number], at - self._starts[number]
        if isinstance(part, int):
            return part + offset, part + offset + 1
        if part.marks is not None and part.marks[0] > part.marks[-1]:
            return part.start, part.end
        return part.part(offset, offset + 1)

    def keeps(self, finding: Finding) -> bool:
        """Whether a finding in `text` says more than the plain text does."""
        return finding.score >= self.least and self.is_about(finding.start, finding.end)

    def is_about(self, start: int, end: int) -> bool:
        """Whether `text[start:end]` holds something of what was read another way."""
        start, end = self.place(start, end)
        after = bisect_right(self.pieces, start - self.reach, key=_end_of)
        return after < len(self.pieces) and self.pieces[after].start < end + self.reach


def _end_of(piece: Piece) -> int:
    return piece.end


def read(
    text: str, found: Iterable[Piece], *, name: str, least: float, reach: int, back: Back
) -> Reading | None:
    """`text` around the pieces, with each in its place; None where there are none."""
    pieces: list[Piece] = []
    for piece in sorted(found, key=_start_of):
        if not pieces or pieces[-1].end <= piece.start:
            pieces.append(piece)
    if not pieces:
        return None
    said: list[str] = []
    starts: list[int] = []
    parts: list[Piece | int] = []
    size = 0
    at = 0
    for first, last, held in _windows(text, pieces):
        if starts:
            said.append(GAP)
            starts.append(size)
            parts.append(Piece(at, first, GAP))
            size += len(GAP)
        at = first
        for piece in held:
            for value, part in ((text[at : piece.start], at), (piece.said, piece)):
                if value:
                    said.append(value)
                    starts.append(size)
                    parts.append(part)
                    size += len(value)
            at = piece.end
        if at < last:
            said.append(text[at:last])
            starts.append(size)
            parts.append(at)
            size += last - at
        at = last
    return Reading(name, "".join(said), least, reach, pieces, starts, parts, back)


def _start_of(piece: Piece) -> int:
    return piece.start


def _windows(text: str, pieces: Sequence[Piece]) -> Iterable[tuple[int, int, list[Piece]]]:
    """What of the text is read: all of a short one, else what stands around the pieces."""
    if len(text) <= WHOLE:
        return [(0, len(text), list(pieces))]
    windows: list[tuple[int, int, list[Piece]]] = []
    for piece in pieces:
        first, last = max(0, piece.start - MARGIN), min(len(text), piece.end + MARGIN)
        if windows and first <= windows[-1][1]:
            first, _, held = windows.pop()
        else:
            held = []
        held.append(piece)
        windows.append((first, last, held))
    return windows
