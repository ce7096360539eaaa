"""The texts of office documents: paragraphs, properties, remarks, and who wrote them.

WordprocessingML, DrawingML, SpreadsheetML and OpenDocument are near enough to be read by
one reader: text stands in paragraphs, in pieces that only differ in their looks, and
cells of a table stand beside each other. Text outside of paragraphs stands for itself.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from curtilage.survey.errors import Unreadable
from curtilage.survey.xmlevents import Begin, Chars, End, Event, Remark, attribute_span, walk_xml

ANEW = "Save it anew with an office program."
PARAGRAPHS = frozenset({"p", "h", "si", "is", "text", "rPh"})
TEXTS = frozenset({"t", "delText", "instrText", "delInstrText"})
FIELDS = frozenset({"instrText", "delInstrText"})
_REFERS = re.compile(r"\s*(?:REF|PAGEREF|NOTEREF|HYPERLINK \\l)\s")  # to a bookmark, by its name
ROWS, CELLS = frozenset({"tr", "table-row"}), frozenset({"tc", "table-cell"})
BREAKS = {"tab": "\t", "br": "\n", "cr": "\n", "line-break": "\n", "s": " ", "noBreakHyphen": "-"}
ATTRIBUTES = frozenset(
    {"alt", "author", "caption", "command", "comment", "connection", "descr", "description", "display", "displayName", "displayText", "docLocation", "error", "errorTitle", "href", "initials", "instr", "location", "prompt", "promptTitle", "refreshedBy", "sourceFile", "string", "title", "tooltip", "totalsRowLabel", "url", "user", "userId", "userName"}
)  # fmt: skip
OF_ELEMENTS = frozenset(
    {("alias", "val"), ("attr", "val"), ("cacheField", "name"), ("cfRule", "text"), ("cmAuthor", "name"), ("cNvPr", "name"), ("connectString", "val"), ("connection", "name"), ("customFilter", "val"), ("default", "val"), ("docPr", "name"), ("docVar", "name"), ("docVar", "val"), ("filter", "val"), ("helpText", "val"), ("inputCells", "val"), ("listItem", "value"), ("mailSubject", "val"), ("n", "v"), ("property", "name"), ("query", "val"), ("s", "v"), ("scenario", "name"), ("statusText", "val"), ("tableColumn", "name"), ("tableColumn", "uniqueName"), ("tag", "val"), ("webPr", "post")}
)  # fmt: skip
"""Attributes that hold words of people in one element, and words of the format in others."""
REFERRED = frozenset(
    {("bookmark", "name"), ("bookmark-start", "name"), ("bookmarkStart", "name"), ("calculatedItem", "name"), ("cellStyle", "name"), ("definedName", "name"), ("hyperlink", "anchor"), ("name", "val"), ("pivotCacheDefinition", "name"), ("pivotTableDefinition", "name"), ("section", "name"), ("sheet", "name"), ("slicer", "name"), ("slicerCacheDefinition", "name"), ("style", "display-name"), ("table", "name"), ("timeline", "name")}
)  # fmt: skip
"""Names of somebody's own that others refer to: read, and never rewritten, or those lead nowhere."""
DATA = re.compile(r"customXml/item[0-9]*\.xml")
"""Parts in a language of somebody's own: nobody knows what a name of theirs means."""
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

    def __init__(self, raw: bytes, *, inline: bool = False, part: str = "") -> None:
        self._raw = raw
        self._is_data = DATA.fullmatch(part) is not None
        self._inline = inline
        """Whether the text of a paragraph stands in it at any depth (OpenDocument)."""
        self._open: list[_Paragraph] = []
        self._elements: list[tuple[str, int]] = []
        self._before = "\n"
        self._cells = 0
        self._is_said = False
        """Whether the element that is open has text already, outside of paragraphs."""

    def take(self, event: Event) -> Iterator[str | Slot]:
        """What is ready, now that `event` has come."""
        if isinstance(event, Begin | End):
            self._is_said = False
        if isinstance(event, Begin):
            self._elements.append((event.name, event.start))
            yield from self._attributes(event)
            self._begin(event)
        elif isinstance(event, Chars):
            yield from self._chars(event)
        elif isinstance(event, Remark):
            yield from self._remark(event)
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
        elif name in PARAGRAPHS and not self._is_data:
            self._open.append(_Paragraph(self._before, name))
            self._before = " " if self._in_cell() else "\n"
        elif self._open and name in BREAKS and not (name == "tab" and "val" in event.attributes):
            self._open[-1].pieces.append(BREAKS[name])

    def _in_cell(self) -> bool:
        return any(name in CELLS for name, _ in self._elements)

    def _chars(self, event: Chars) -> Iterator[str | Slot]:
        name, start = self._elements[-1] if self._elements else ("", -1)
        if self._open and name in FIELDS and _REFERS.match(event.text):
            self._open[-1].pieces.append(event.text)
        elif self._open:
            if self._inline or name in TEXTS or name == self._open[-1].name:
                tag = start if name in TEXTS else -1
                self._open[-1].add(Run(event.text, event.start, event.end, tag))
        elif event.text.strip() and (self._is_data or name not in COUNTED):
            self._is_said = True
            yield f"\n{name}: "
            is_kept = name == "definedName" and "!" in event.text
            yield event.text if is_kept else (Run(event.text, event.start, event.end),)

    def _remark(self, event: Remark) -> Iterator[str | Slot]:
        """A comment of XML: nobody sees it, and it is sent all the same."""
        if self._is_said:  # two texts would be read that are one
            raise Unreadable("A comment of XML stands inside a text.", hint=ANEW)
        if event.text.strip():
            yield "\nremark: "
            yield (Run(event.text, event.start, self._raw.find(b"-->", event.start)),)

    def _end(self, event: End) -> Iterator[str | Slot]:
        if event.name in PARAGRAPHS and self._open:
            paragraph = self._open.pop()
            yield paragraph.before
            for piece in paragraph.pieces:
                yield piece if isinstance(piece, str) else tuple(piece)
        elif event.name in ROWS:
            self._before = "\n"

    def _attributes(self, event: Begin) -> Iterator[str | Slot]:
        for name in sorted(event.attributes) if self._is_data else _told(event):
            span = attribute_span(self._raw, event.start, name)
            if name == "location" and "!" in event.attributes[name]:
                yield f"\n{name}: {event.attributes[name]}"
            elif span is not None and event.attributes[name].strip():
                yield f"\n{name}: "
                yield (Run(event.attributes[name], *span),)
        for name, value in event.attributes.items():
            if (
                (event.name, name) in REFERRED
                and not self._is_data
                and not self._is_built_in(event)
            ):
                yield f"\n{name}: {value}"

    def _is_built_in(self, event: Begin) -> bool:
        """Whether it names a style that the program brought: `Normal` is no town there."""
        parent, start = self._elements[-2] if len(self._elements) > 1 else ("", -1)
        if parent == "style":
            return attribute_span(self._raw, start, "customStyle") is None
        return "builtinId" in event.attributes


def _told(event: Begin) -> list[str]:
    """The attributes that hold words of people."""
    attributes = event.attributes
    if not attributes:
        return []
    told = sorted(ATTRIBUTES & attributes.keys())
    # What is in the package has a path; all else is an address, whatever its mode says.
    if attributes.get("TargetMode") == "External" or ":" in attributes.get("Target", ""):
        told.append("Target")
    told += sorted(name for name in attributes if (event.name, name) in OF_ELEMENTS)
    return told


def read_story(raw: bytes, *, inline: bool = False, part: str = "") -> Iterator[str | Slot]:
    """What stands in a part: fixed texts that lay it out, and slots. Raises Unreadable.

    `part` is its name in the package."""
    story = Story(raw, inline=inline, part=part)
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
    if current:  # what stands behind the last of them is no string, but has words too
        yield current


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
