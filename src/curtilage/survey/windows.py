"""A text of any length in parts of bounded length that tell what the whole would.

Each part has a core, with text on both sides as context: what begins in the core
is seen as in the whole, as long as no more than `before` or `after` characters
beside it matter. A cut stands at the end of a line or, in lines without end, at
white space. In a table, the row of titles goes before the context.

Where the cuts are depends on the text alone, never on how it was read.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from curtilage.detect.rows import DELIMITERS
from curtilage.survey.models import Part
from curtilage.survey.originals import Original, Segment, TextPlace

LONGEST_ROW = 16 * 1024  # of titles that are repeated before every part
_SPACE = re.compile(r"\s")


@dataclass(frozen=True, slots=True)
class Sizes:
    """How long parts are, in characters."""

    core: int = 128 * 1024
    before: int = 1024  # more than the longest lead and the farthest naming word
    after: int = 8 * 1024  # a private key of the longest usual kind
    longest: int = 1024 * 1024  # of what has no white space; then a cut stands anywhere


USUAL = Sizes()


def cut_windows(
    segments: Iterable[Segment],
    original: Original,
    *,
    within: tuple[str, ...] = (),
    sizes: Sizes = USUAL,
) -> Iterator[Part]:
    """The parts of a text that comes in segments."""
    buffer = Buffer(original, within)
    core = waited = 0
    for segment in segments:
        buffer.append(segment)
        if len(buffer) < waited:
            continue
        while (window := _next_window(buffer, core, sizes)) is not None:
            cut, end = window
            yield buffer.part(core, cut, end)
            core = buffer.drop(cut, _context(buffer, cut, sizes))
        # Text without white space is not searched anew for each piece that comes.
        waited = len(buffer) * 5 // 4 if len(buffer) >= core + sizes.core + sizes.after else 0
    if core < len(buffer) or not core:
        yield buffer.part(core, len(buffer), len(buffer))


def _next_window(buffer: "Buffer", core: int, sizes: Sizes) -> tuple[int, int] | None:
    """Where the core ends and where the context behind it does; None: more text is needed."""
    if buffer.length < core + sizes.core + sizes.after:
        return None
    text = buffer.text()
    cut = _cut(text, core, sizes)
    end = None if cut is None else _separator(text, cut + sizes.after, cut + sizes.longest)
    return None if cut is None or end is None else (cut, end)


def _cut(text: str, core: int, sizes: Sizes) -> int | None:
    """Behind the last line that fits; else at the last white space; else at the next one."""
    half, full = core + sizes.core // 2, core + sizes.core
    line = text.rfind("\n", half, full)
    if line >= 0:
        return line + 1
    spaces = [match.end() for match in _SPACE.finditer(text, half, full)]
    return spaces[-1] if spaces else _separator(text, full, full + sizes.longest)


def _separator(text: str, start: int, most: int) -> int | None:
    """Behind the next white space. None: the text ends before it can be told."""
    match = _SPACE.search(text, start, most)
    if match:
        return match.end()
    return most if len(text) >= most else None


def _context(buffer: "Buffer", cut: int, sizes: Sizes) -> int:
    """Where the context before `cut` begins: with a line, if one begins not too far away."""
    text, wanted = buffer.text(), max(0, cut - sizes.before)
    line = text.rfind("\n", max(0, wanted - sizes.before), wanted)
    if line >= 0 or wanted == 0:
        return line + 1
    match = _SPACE.search(text, wanted, cut)
    return match.end() if match and match.end() < cut else wanted


class Buffer:
    """The text between the context of the next part and what was read last."""

    def __init__(self, original: Original, within: tuple[str, ...]) -> None:
        self._original = original
        self._within = within
        self._texts: list[str] = []
        self._segments: list[Segment] = []
        self._starts: list[int] = []
        self._titles: Segment | None = None
        self.length = 0

    def __len__(self) -> int:
        return self.length

    def append(self, segment: Segment) -> None:
        if segment.text:
            self._starts.append(self.length)
            self._segments.append(segment)
            self._texts.append(segment.text)
            self.length += len(segment.text)

    def text(self) -> str:
        if len(self._texts) != 1:
            self._texts = ["".join(self._texts)]
        return self._texts[0]

    def part(self, core: int, cut: int, end: int) -> Part:
        """The part whose core is `core` to `cut`, with context from the beginning to `end`."""
        text = self.text()[:end]
        segments, starts = self._segments, self._starts
        shift = 0
        if self._titles is not None and core:
            shift = len(self._titles.text)
            text = self._titles.text + text
            segments = [self._titles, *segments]
            starts = [0, *(start + shift for start in starts)]
        place = TextPlace(
            tuple(starts), tuple(segments), tuple(self._original.recent), self._within
        )
        if not segments:
            place = TextPlace(
                (0,), (Segment("", 0, 0),), tuple(self._original.recent), self._within
            )
        return Part(text, place, (core + shift, cut + shift))

    def drop(self, cut: int, context: int) -> int:
        """Forget what is before `context`; gives where `cut` is then."""
        text = self.text()
        self._titles = self._find_titles(text, context)
        kept = [
            (max(0, start - context), _tail(segment, context - start))
            for start, segment in zip(self._starts, self._segments, strict=True)
            if start + len(segment.text) > context
        ]
        self._starts = [start for start, _ in kept]
        self._segments = [segment for _, segment in kept]
        self._texts = [text[context:]]
        self.length -= context
        if self._segments:
            self._original.forget(min(segment.start for segment in self._segments))
        return cut - context

    def _find_titles(self, text: str, context: int) -> Segment | None:
        """The first row of the table that goes on at `context`, if one does."""
        line_end = text.find("\n", context)
        line = text[context : line_end if line_end >= 0 else None]
        delimiter = next((char for char in DELIMITERS if char in line), "")
        if not delimiter or (context and text[context - 1] != "\n"):
            return None
        count, head = line.count(delimiter), context
        while head:
            above = text.rfind("\n", 0, head - 1) + 1
            if text.count(delimiter, above, head) != count:
                break
            head = above
        if head == 0 and self._titles is not None and self._titles.text.count(delimiter) == count:
            return self._titles
        if head == context:
            return None
        row = text[head : text.find("\n", head) + 1]
        return self._as_segment(row, head) if len(row) <= LONGEST_ROW else None

    def _as_segment(self, row: str, start: int) -> Segment:
        """A row of titles on its own. Nothing is found in it again: its place is its beginning."""
        place = TextPlace(tuple(self._starts), tuple(self._segments), ())
        begin, end = place.span(start, start + len(row))
        return Segment(row, begin, end)


def _tail(segment: Segment, dropped: int) -> Segment:
    """What is left of a segment without its first characters."""
    if dropped <= 0:
        return segment
    text = segment.text[dropped:]
    if len(segment.text) == segment.end - segment.start:
        return segment._replace(text=text, start=segment.start + dropped)
    return segment._replace(text=text)
