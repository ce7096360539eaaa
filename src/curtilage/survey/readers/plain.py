"""Text as it is: prose, Markdown, code, logs, YAML, and whatever is not known better."""

from collections.abc import Callable, Iterable, Iterator

from curtilage.survey.encodings import Decoded
from curtilage.survey.models import Item, Note, Problem
from curtilage.survey.originals import Original, Segment, Stretch
from curtilage.survey.reading import Reader
from curtilage.survey.sources import Source
from curtilage.survey.windows import cut_windows

Unfold = Callable[[Iterable[Stretch]], Iterable[Segment]]
"""Turns the original of a format into what is scanned."""


def read_text(source: Source, unfold: Unfold | None = None) -> Iterator[Item]:
    """The parts of a file that is text, after `unfold` made it legible."""
    with source.open() as opened:
        decoded = Decoded(opened, source.head, most=source.size or None)
        original = Original(decoded)
        yield from cut_windows((unfold or as_it_is)(original), original, within=source.within)
        changed = _tell_change(source, decoded.bytes, has_more=bool(opened.read(1)))
    if changed:
        yield changed
    if not decoded.is_clean:
        yield Note(
            f"It is not all {decoded.encoding}; other bytes were read as Windows-1252.",
            source.within,
        )


def as_it_is(stretches: Iterable[Stretch]) -> Iterator[Segment]:
    for stretch in stretches:
        yield Segment(stretch.text, stretch.start, stretch.end)


def _tell_change(source: Source, read: int, *, has_more: bool) -> Problem | None:
    if source.size and has_more:
        return Problem(
            f"It grew while it was read; its first {read:,} bytes were examined.",
            "Scan a copy, or scan again when nothing writes to it.",
            source.within,
        )
    if source.size and read < source.size:
        return Problem(
            f"It shrank while it was read: {read:,} of {source.size:,} bytes were there.",
            "Scan a copy, or scan again when nothing writes to it.",
            source.within,
        )
    return None


READERS = (Reader("text", read_text, is_text=True),)
