"""HTML and XML: a slot for each line of text as people read it, and for each attribute.

A value that stands over several tags, as in `<b>ada</b>@…`, leaves where it begins. All
in which nothing is replaced keeps its bytes, so what is broken stays so.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import NamedTuple

from curtilage.survey.encodings import decode_exactly
from curtilage.survey.originals import Segment, Stretch
from curtilage.survey.readers.markup import OPENS_BARE, OPENS_VALUE, Layout, Markup
from curtilage.survey.rewriting.documents import Runs, Slot

_APART = re.compile(r"[<>&\"']|[^<>&\"']+")


class Way(Enum):
    """How a text is written where it stands."""

    TEXT = "between tags"
    REMARK = "in a comment, where nothing is escaped"
    DOUBLE = 'in "quotation marks"'
    SINGLE = "in 'quotation marks'"
    LOOSE = "as the value of an attribute without quotation marks"
    RAW = "as it is: a script, a style, CDATA"


_ESCAPES: Mapping[Way, Mapping[int, str]] = {
    Way.TEXT: str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"}),
    Way.DOUBLE: str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}),
    Way.SINGLE: str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "'": "&#39;"}),
    Way.LOOSE: {ord(sign): f"&#{ord(sign)};" for sign in "&<>\"'=` \t\n\r\f"},
    Way.REMARK: {},
    Way.RAW: {},
}
_QUOTED = {'"': Way.DOUBLE, "'": Way.SINGLE}
_DASHES = re.compile(r"--(?=!?>|\Z)")


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
    keeps_lines: bool = True

    def as_reply(self) -> "MarkedText":
        """The same with no slot but texts between tags: nobody knows whose markup it is.

        So no value enters a tag, a script or a remark, and none is read as one."""
        texts = [
            (slot, spans)
            for slot, spans in zip(self.slots, self.spans, strict=True)
            if all(span.way is Way.TEXT for span in spans)
        ]
        return replace(
            self,
            slots=[slot for slot, _ in texts],
            view=range(len(texts)),
            spans=[spans for _, spans in texts],
        )

    def filled(self, changed: Mapping[int, Runs], bare: Collection[int] = ()) -> bytes:
        return self.mark + self._filled(changed)

    def refilled(self, changed: Mapping[int, Runs]) -> str:
        """The text of what `filled` gives, as it is read again."""
        return self._filled(changed).decode(self.encoding)

    def _filled(self, changed: Mapping[int, Runs]) -> bytes:
        pieces: list[str] = []
        at = 0
        for span, text in sorted(self._edits(changed), key=lambda edit: edit[0][:2]):
            pieces += (self.text[at : span.start], _written(text, span.way))
            at = span.end
        written = "".join((*pieces, self.text[at:]))
        return written.encode(self.encoding, "xmlcharrefreplace")

    def _edits(self, changed: Mapping[int, Runs]) -> Iterator[tuple[Span, str]]:
        for number, filled in changed.items():
            runs, was = tuple(filled), self.slots[number].runs
            for at, span in enumerate(self.spans[number]):
                # What opened no tag or entity could open one with other text behind it.
                opens = was[at] == "<" or (
                    was[at] == "&" and _first(runs, at + 1) != _first(was, at + 1)
                )
                if runs[at] != was[at] or (opens and span.end - span.start == 1):
                    yield span, runs[at]


def _first(runs: Runs, at: int) -> str:
    return "".join(runs[at : at + 3])[:1]


def _written(text: str, way: Way) -> str:
    text = text.translate(_ESCAPES[way])
    return _DASHES.sub("- -", text) if way is Way.REMARK else text


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
        for run, start, end in _runs(segment, way):
            runs[-1].append(run)
            spans[-1].append(Span(start, end, way))
    return MarkedText(text, [Slot(tuple(each)) for each in runs], view, spans, encoding, mark)


def _segments(text: str, *, is_html: bool) -> Iterator[tuple[Segment, Way | None]]:
    """What is read, and how each text in it is written; None for what is no text."""
    markup = Markup(is_html=is_html)
    way = remark = Way.TEXT
    for segment in markup.unfold([Stretch(0, text, 1, 0)]):
        if isinstance(segment, Layout):
            sign = text[segment.start : segment.end]
            way = remark = {"<!--": Way.REMARK, "-->": Way.TEXT}.get(sign, remark)
            if not sign and segment.text in {OPENS_VALUE, OPENS_BARE}:
                way = _QUOTED.get(text[segment.start - 1], Way.LOOSE)
            yield segment, None
        elif not segment.text:  # an entity that stands for nothing
            continue
        elif markup.is_raw:
            yield segment, Way.RAW
        else:
            yield segment, way


def _runs(segment: Segment, way: Way) -> Iterator[tuple[str, int, int]]:
    """Apart what would be escaped, so that it stays as it stands where it is no value's."""
    is_entity = segment.end - segment.start != len(segment.text)
    if is_entity or not _ESCAPES[way]:
        yield segment.text, segment.start, segment.end
        return
    for part in _APART.finditer(segment.text):
        yield part[0], segment.start + part.start(), segment.start + part.end()
