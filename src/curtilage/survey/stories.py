"""The texts of office documents: paragraphs, properties, remarks, and who wrote them.

WordprocessingML, DrawingML, SpreadsheetML and OpenDocument are near enough to be read by
one reader: text stands in paragraphs, in pieces that only differ in their looks, and
cells of a table stand beside each other. Text outside of paragraphs stands for itself.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from curtilage.survey.xmlevents import Begin, Chars, End, Event, attribute_span, walk_xml

PARAGRAPHS = frozenset({"p", "h", "si", "is", "text", "rPh"})
TEXTS = frozenset({"t", "delText", "instrText", "delInstrText"})
ROWS, CELLS = frozenset({"tr", "table-row"}), frozenset({"tc", "table-cell"})
BREAKS = {"tab": "\t", "br": "\n", "cr": "\n", "line-break": "\n", "s": " ", "noBreakHyphen": "-"}
ATTRIBUTES = frozenset(
    {"author", "initials", "descr", "tooltip", "display", "userId", "displayName", "prompt", "href"}
)
COUNTED = frozenset(
    {"created", "modified", "lastPrinted", "revision", "TotalTime", "Pages", "Words", "Characters", "CharactersWithSpaces", "Lines", "Paragraphs", "Slides", "Notes", "HiddenSlides", "DocSecurity", "AppVersion", "Application", "i4", "editing-cycles", "editing-duration", "creation-date", "date"}
)  # fmt: skip
"""What programs count and date: nobody's words, and other programs read no text there."""


class Run(NamedTuple):
    """A text in a part, and the bytes that it stands in."""

    text: str
    start: int
    end: int
    tag: int = -1
    """Where the tag around it begins, if that must say that white space counts."""


Slot = tuple[Run, ...]


@dataclass(slots=True)
class _Paragraph:
    before: str
    name: str
    pieces: list[str | list[Run]] = field(default_factory=list)

    def add(self, run: Run) -> None:
        if not self.pieces or isinstance(self.pieces[-1], str):
            self.pieces.append([])
        last = self.pieces[-1]
        assert not isinstance(last, str)
        last.append(run)


class Story:
    """One part, while it is read."""

    def __init__(self, raw: bytes, *, inline: bool = False) -> None:
        self._raw = raw
        self._inline = inline
        """Whether the text of a paragraph stands in it at any depth (OpenDocument)."""
        self._open: list[_Paragraph] = []
        self._elements: list[tuple[str, int]] = []
        self._before = "\n"
        self._cells = 0

    def take(self, event: Event) -> Iterator[str | Slot]:
        """What is ready, now that `event` has come."""
        if isinstance(event, Begin):
            self._elements.append((event.name, event.start))
            yield from self._attributes(event)
            self._begin(event)
        elif isinstance(event, Chars):
            yield from self._chars(event)
        else:
            self._elements.pop()
            yield from self._end(event)

    def _begin(self, event: Begin) -> None:
        name = event.name
        if name in ROWS:
            self._before, self._cells = "\n", 0
        elif name in CELLS:
            tabs = self._before if set(self._before) == {"\t"} else ""
            self._before = f"{tabs}\t" if self._cells else "\n"
            self._cells += 1
        elif name in PARAGRAPHS:
            self._open.append(_Paragraph(self._before, name))
            self._before = " " if self._in_cell() else "\n"
        elif self._open and name in BREAKS and not (name == "tab" and "val" in event.attributes):
            self._open[-1].pieces.append(BREAKS[name])

    def _in_cell(self) -> bool:
        return any(name in CELLS for name, _ in self._elements)

    def _chars(self, event: Chars) -> Iterator[str | Slot]:
        name, start = self._elements[-1] if self._elements else ("", -1)
        if self._open:
            if self._inline or name in TEXTS or name == self._open[-1].name:
                tag = start if name in TEXTS else -1
                self._open[-1].add(Run(event.text, event.start, event.end, tag))
        elif event.text.strip() and name not in COUNTED:
            yield f"\n{name}: "
            yield (Run(event.text, event.start, event.end),)

    def _end(self, event: End) -> Iterator[str | Slot]:
        if event.name in PARAGRAPHS and self._open:
            paragraph = self._open.pop()
            yield paragraph.before
            for piece in paragraph.pieces:
                yield piece if isinstance(piece, str) else tuple(piece)
        elif event.name in ROWS:
            self._before = "\n"

    def _attributes(self, event: Begin) -> Iterator[str | Slot]:
        for name in _told(event):
            span = attribute_span(self._raw, event.start, name)
            if span is not None and event.attributes[name].strip():
                yield f"\n{name}: "
                yield (Run(event.attributes[name], *span),)


def _told(event: Begin) -> list[str]:
    """The attributes that hold words of people."""
    attributes = event.attributes
    if not attributes:
        return []
    told = sorted(ATTRIBUTES & attributes.keys())
    if attributes.get("TargetMode") == "External":
        told.append("Target")
    for element, name in (
        ("docPr", "title"),
        ("docVar", "val"),
        ("tableColumn", "name"),
        ("s", "v"),
    ):
        if event.name == element and name in attributes:
            told.append(name)
    return told


def read_story(raw: bytes, *, inline: bool = False) -> Iterator[str | Slot]:
    """What stands in a part: fixed texts that lay it out, and slots. Raises Unreadable."""
    story = Story(raw, inline=inline)
    for event in walk_xml(raw):
        yield from story.take(event)


def read_strings(raw: bytes) -> Iterator[Sequence[str | Slot]]:
    """The shared strings of a workbook, one by one, each in its pieces. Raises Unreadable."""
    story = Story(raw)
    current: list[str | Slot] = []
    for event in walk_xml(raw):
        current += story.take(event)
        if isinstance(event, End) and event.name == "si":
            yield current[1:] if isinstance(current[0], str) else current
            current = []


_NUMBERED = re.compile(r"([A-Za-z]+?)([0-9]*)\.(?:xml|rels)$")
_LABELS = {
    "document": "text",
    "content": "text",
    "core": "properties",
    "app": "properties",
    "custom": "properties",
    "meta": "properties",
    "notesSlide": "notes of slide",
    "sharedStrings": "cells",
}


def label_part(name: str) -> str:
    """What people call a part of a document: `slide 3`, `header 1`, `properties`."""
    if name.endswith(".rels"):
        return "links"
    found = _NUMBERED.fullmatch(name.rpartition("/")[2])
    if found is None:
        return f"part {name[:200]}"
    stem, number = found.groups()
    return f"{_LABELS.get(stem, stem)} {number}".rstrip()
