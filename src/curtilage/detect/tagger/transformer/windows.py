"""Cut a text into windows: as much as the model reads at once, with context on both sides."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

LONGEST = 126  # pieces: 128 with the two that frame them
CONTEXT = 16  # pieces read once more where a line must be cut


class Window(NamedTuple):
    """Tokens `first` to `last` are read, `kept` to `until` are answered for."""

    first: int
    kept: int
    until: int
    last: int


def windows(sizes: Sequence[int], opens: Sequence[bool]) -> Iterator[Window]:
    """Windows of tokens of `sizes` pieces, cut where a token `opens` a line if that may be.

    Each token is answered for once. No size may be more than `CONTEXT`."""
    first = kept = 0
    while kept < len(sizes):
        last, held = first, 0
        while last < len(sizes) and held + sizes[last] <= LONGEST:
            held += sizes[last]
            last += 1
        cut = _line_start(opens, kept + (last - kept) // 2, last)
        if last == len(sizes):
            yield Window(first, kept, last, last)
            return
        if cut is not None:
            yield Window(first, kept, cut, cut)
            first = kept = cut
        else:
            until = _back(sizes, last, floor=kept + 1)
            yield Window(first, kept, until, last)
            first, kept = _back(sizes, until, floor=first + 1), until


def _line_start(opens: Sequence[bool], least: int, last: int) -> int | None:
    """The last token from `least` on that opens a line, of those up to the first unread one."""
    for place in range(min(last, len(opens) - 1), least, -1):
        if opens[place]:
            return place
    return None


def _back(sizes: Sequence[int], place: int, *, floor: int) -> int:
    """As far back as `CONTEXT` pieces reach, and not before `floor`."""
    held = 0
    while place > floor and held + sizes[place - 1] <= CONTEXT:
        place -= 1
        held += sizes[place]
    return place
