"""HTML and XML: a slot for each line of text as people read it, and for each attribute.

A value that stands over several tags, as in `<b>ada</b>@…`, leaves where it begins. All
in which nothing is replaced keeps its bytes, so what is broken stays so.
"""

import html
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import NamedTuple

from curtilage.survey.encodings import decode_exactly
from curtilage.survey.originals import Segment, Stretch
from curtilage.survey.readers.markup import OPENS_VALUE, Layout, Markup
from curtilage.survey.rewriting.documents import Runs, Slot

_APART = re.compile(r"[<>&\"']|[^<>&\"']+")
_ENDS = re.compile(r"[\s=`]")  # of the value of an attribute without quotation marks


class Way(Enum):
    """How a text is written where it stands."""

    ESCAPED = "with entities"
    LOOSE = "as the value of an attribute without quotation marks"
    RAW = "as it is: a script, a style, CDATA"


class Span(NamedTuple):
    """Where a run stands in the file."""

    start: int
    end: int
    way: Way


@dataclass(frozen=True, slots=True)
class MarkedText:
    """A document that was read."""

    text: str = field(repr=False)
    slots: Sequence[Slot] = field(repr=False)
    view: Sequence[str | int] = field(repr=False)
    spans: Sequence[Sequence[Span]] = field(repr=False)
    """Of the runs of each slot."""
    encoding: str
    mark: bytes
    left_out: Sequence[str] = ()

    def as_reply(self) -> "MarkedText":
        """The same as one text, in which no value enters markup: nobody knows whose it is."""
        whole = [Span(0, len(self.text), Way.RAW)]
        return replace(self, slots=[Slot((self.text,))], view=(0,), spans=[whole])

    def filled(self, changed: Mapping[int, Runs], bare: Collection[int] = ()) -> bytes:
        pieces: list[str] = []
        at = 0
        for span, text in sorted(self._edits(changed), key=lambda edit: edit[0][:2]):
            pieces += (self.text[at : span.start], _written(text, span.way))
            at = span.end
        written = "".join((*pieces, self.text[at:]))
        return self.mark + written.encode(self.encoding, "xmlcharrefreplace")

    def _edits(self, changed: Mapping[int, Runs]) -> Iterator[tuple[Span, str]]:
        for number, filled in changed.items():
            runs, was = tuple(filled), self.slots[number].runs
            for at, span in enumerate(self.spans[number]):
                # What is broken and no tag or entity could become one with other text behind it.
                opens = was[at] in {"<", "&"} and _first(runs, at + 1) != _first(was, at + 1)
                if runs[at] != was[at] or (opens and span.end - span.start == 1):
                    yield span, runs[at]


def _first(runs: Runs, at: int) -> str:
    return "".join(runs[at : at + 1])[:2]  # a slash ends a tag


def _written(text: str, way: Way) -> str:
    if way is Way.RAW:
        return text
    text = html.escape(text)
    return _ENDS.sub(lambda found: f"&#{ord(found[0])};", text) if way is Way.LOOSE else text


def read_markup(raw: bytes, *, is_html: bool) -> MarkedText:
    """HTML or XML. Raises Unreadable for what is in no encoding that comes back."""
    text, encoding, mark = decode_exactly(raw)
    view: list[str | int] = []
    runs: list[list[str]] = []
    spans: list[list[Span]] = []
    for segment, way in _segments(text, is_html=is_html):
        if way is None:
            view.append(segment.text)
            continue
        if not view or isinstance(view[-1], str):
            view.append(len(runs))
            runs.append([])
            spans.append([])
        for run, start, end in _runs(segment):
            runs[-1].append(run)
            spans[-1].append(Span(start, end, way))
    return MarkedText(text, [Slot(tuple(each)) for each in runs], view, spans, encoding, mark)


def _segments(text: str, *, is_html: bool) -> Iterator[tuple[Segment, Way | None]]:
    """What is read, and how each text in it is written; None for what is no text."""
    markup = Markup(is_html=is_html)
    is_loose = False
    for segment in markup.unfold([Stretch(0, text, 1, 0)]):
        if isinstance(segment, Layout):
            is_loose = segment.text == OPENS_VALUE and text[segment.start - 1] not in "\"'"
            yield segment, None
        elif not segment.text:  # an entity that stands for nothing
            continue
        elif markup.is_raw:
            yield segment, Way.RAW
        else:
            yield segment, Way.LOOSE if is_loose else Way.ESCAPED


def _runs(segment: Segment) -> Iterator[tuple[str, int, int]]:
    """Apart what would be escaped, so that it stays as it stands where it is no value's."""
    if segment.end - segment.start != len(segment.text):
        yield segment.text, segment.start, segment.end  # an entity
        return
    for part in _APART.finditer(segment.text):
        yield part[0], segment.start + part.start(), segment.start + part.end()
