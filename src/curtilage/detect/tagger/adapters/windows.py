"""Windows of a text that overlap: no model reads more at once than it can."""

import re
from collections.abc import Iterator
from typing import NamedTuple

# A word or a sign, with the space before it; nothing is longer than 80 characters.
_PIECE = re.compile(r"\s{0,40}(?:\w{1,40}|[^\w\s])|\s{1,40}")


class Window(NamedTuple):
    """A part of a text, and where those of its findings begin that count.

    What lies near an edge may be cut there; the window beside it sees it whole.
    """

    start: int
    text: str
    first: int
    last: int

    def owns(self, start: int) -> bool:
        """Whether a finding that begins there in the whole text is this window's."""
        return self.first <= start < self.last


def windows(text: str, *, size: int, overlap: int) -> Iterator[Window]:
    """The windows of `text`, of so many words and signs; each place is owned by one."""
    places = [match.start() for match in _PIECE.finditer(text)]
    step = size - overlap
    first = 0
    for number in range(0, max(len(places), 1), step):
        is_last = number + size >= len(places)
        start = places[number] if places else 0
        end = len(text) if is_last else places[number + size]
        last = len(text) if is_last else places[number + step + overlap // 2]
        yield Window(start, text[start:end], first, last)
        if is_last:
            return
        first = last
