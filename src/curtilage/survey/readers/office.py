"""Office documents: DOCX, XLSX, PPTX, and OpenDocument's ODT, ODS and ODP.

They are archives of XML. Texts are read as people see them, with what is not seen at once:
notes, comments, what was deleted while changes were tracked, who wrote it. What else is in
the archive, pictures and files, is read as what it is. Macros are told of, and never run.
"""

import io
import re
from bisect import bisect_right
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple, cast
from zipfile import BadZipFile, ZipFile, ZipInfo

from curtilage.survey.errors import Unreadable
from curtilage.survey.models import Item, Note, Part, Problem, Spot
from curtilage.survey.readers.csv import find_titles
from curtilage.survey.readers.zip import ENCRYPTED, MOST, measure_directory
from curtilage.survey.reading import Reader
from curtilage.survey.sheets import (
    MOST_COLUMNS,
    Cell,
    Looks,
    column_letters,
    read_looks,
    read_sheet,
    sheet_names,
)
from curtilage.survey.sources import Source, open_seekable
from curtilage.survey.stories import Slot, label_part, read_story, read_strings
from curtilage.survey.tables import Row, RowsPlace, read_rows
from curtilage.survey.unfolding import BROKEN, Member, Packed, read_packed
from curtilage.survey.xmlevents import as_utf8

LONGEST = 256 * 1024 * 1024  # bytes of one member
CORE = 64 * 1024  # characters of a part
BEFORE = 1024  # characters of context before it
BLANKS = 1000  # rows between two that hold something, kept so that rows have their numbers
XML = (".xml", ".rels")
WORKBOOK, STRINGS, STYLES = "xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml"
WORKBOOK_LINKS = "xl/_rels/workbook.xml.rels"
MACROS = ("vbaProject.bin", "Basic/script-lc.xml")
OPEN_DOCUMENT = b"mimetypeapplication/vnd.oasis.opendocument."
_OFFICE = re.compile(rb"(?:\[Content_Types\]\.xml|_rels/\.rels|docProps/|word/|xl/|ppt/)")
OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class Mark(NamedTuple):
    """Where a paragraph begins in the text of a part."""

    start: int
    number: int


@dataclass(frozen=True, slots=True)
class StoryPlace:
    """The place of a text that is made of paragraphs."""

    marks: Sequence[Mark] = field(repr=False)
    within: tuple[str, ...] = ()

    def spot(self, start: int, end: int) -> Spot:
        at = bisect_right(self.marks, start, key=lambda mark: mark.start) - 1
        number = self.marks[max(0, at)].number if self.marks else 1
        return Spot(within=(*self.within, f"paragraph {number:,}"))

    def lines(self, start: int) -> tuple[str, str]:
        return "", ""


def read_office(source: Source) -> Iterator[Item]:
    """What is in a document, part after part."""
    with open_seekable(source) as opened:
        if measure_directory(opened) > MOST:
            raise Unreadable(f"Its directory is longer than {MOST:,} bytes.", hint="Leave it out.")
        try:
            archive = ZipFile(opened)
        except (BadZipFile, *BROKEN):
            raise Unreadable(
                "The document is broken or cut off.", hint="See that other programs open it."
            ) from None
        with archive:
            yield from _Reading(source, archive).items()


class _Reading:
    """One document, while it is read."""

    def __init__(self, source: Source, archive: ZipFile) -> None:
        self._source = source
        self._archive = archive
        self._infos = {info.filename: info for info in archive.infolist() if not info.is_dir()}
        self._is_open_document = "content.xml" in self._infos

    def items(self) -> Iterator[Item]:
        yield from self._warnings()
        sheets: Mapping[str, str] = {}
        if WORKBOOK in self._infos:
            sheets = yield from self._workbook()
        for info in list(self._infos.values()):
            if self._source.unfolded.is_spent:
                return
            self._source.unfolded.members += 1
            if self._source.unfolded.members > self._source.limits.members:
                self._source.unfolded.is_spent = True
                yield Problem(
                    f"It has more than {self._source.limits.members:,} members: no more were read.",
                    "See that it is what it claims to be.",
                    self._source.within,
                )
            elif info.filename not in sheets and not (sheets and info.filename == STRINGS):
                yield from self._member(info)

    def _warnings(self) -> Iterator[Item]:
        if any(info.flag_bits & ENCRYPTED for info in self._infos.values()):
            yield Problem(
                "Some of it is encrypted.", "Save it without a password.", self._source.within
            )
        manifest = self._infos.get("META-INF/manifest.xml")
        if manifest is not None and self._is_open_document:
            raw, problem = self._read(manifest.filename)
            if problem is None and b"encryption-data" in raw:
                raise Unreadable("It is encrypted.", hint="Save it without a password.")
        if any(name.endswith(MACROS) for name in self._infos):
            yield Note("It holds macros: they were not run.", self._source.within)

    def _member(self, info: ZipInfo) -> Iterator[Item]:
        if info.flag_bits & ENCRYPTED:
            return
        name = info.filename
        if not name.endswith(XML) or name.endswith("[Content_Types].xml"):
            if not name.endswith((".xml", ".bin")) and name != "mimetype":
                packed = Packed(name, lambda: cast("io.BytesIO", self._archive.open(info)), info.compress_size)  # fmt: skip
                yield from read_packed(self._source, packed, label=packed.label)
            return
        label = label_part(name)
        raw, problem = self._read(name)
        if problem is not None:
            yield problem
        try:
            pieces = read_story(as_utf8(raw), inline=self._is_open_document, part=name)
            yield from parts(pieces, (*self._source.within, label))
        except Unreadable as refusal:
            yield self._told(refusal, label)

    def _read(self, name: str) -> tuple[bytes, Problem | None]:
        """A member, as far as limits let it come out, and why that is not all."""
        info = self._infos.get(name)
        if info is None:
            return b"", None
        packed = Packed(name, lambda: cast("io.BytesIO", self._archive.open(info)), info.compress_size)  # fmt: skip
        member = Member(packed, self._source)
        raw = io.BufferedReader(member).read(LONGEST + 1)
        label = (*self._source.within, label_part(name))
        if len(raw) > LONGEST:
            return b"", Problem(
                f"It is longer than {LONGEST:,} bytes: it was not examined.",
                "Save it as several files, or as CSV.",
                label,
            )
        return raw, Problem(member.why, member.advice, label) if member.why else None

    def _told(self, refusal: Unreadable, label: str) -> Problem:
        return Problem(refusal.detail, refusal.advice, (*self._source.within, label))

    def _workbook(self) -> Generator[Item, None, Mapping[str, str]]:
        """All sheets. Returns the parts that they are, with their names."""
        try:
            book, strings, looks, problems = self._book()
        except Unreadable as refusal:
            yield self._told(refusal, "workbook")
            return {}
        yield from problems
        for part, name in book.items():
            raw, problem = self._read(part)
            if problem is not None:
                yield problem
            try:
                yield from self._sheet(as_utf8(raw), name, strings, looks)
            except Unreadable as refusal:
                yield self._told(refusal, f"sheet {name}")
        return book

    def _book(self) -> tuple[Mapping[str, str], Sequence[str], Looks, Sequence[Problem]]:
        problems: list[Problem] = []
        read: dict[str, bytes] = {}
        for name in (WORKBOOK, WORKBOOK_LINKS, STYLES, STRINGS):
            raw, problem = self._read(name)
            read[name] = as_utf8(raw)
            problems += [problem] if problem is not None else []
        names = sheet_names(read[WORKBOOK], read[WORKBOOK_LINKS])
        book = {part: name for name, part in names if part in self._infos}
        looks = read_looks(read[STYLES] or None, read[WORKBOOK])
        strings: list[str] = []
        try:
            for pieces in read_strings(read[STRINGS]) if read[STRINGS] else ():
                strings.append("".join(map(_text, pieces)))
        except Unreadable as refusal:
            problems.append(self._told(refusal, "cells"))
        return book, strings, looks, problems

    def _sheet(self, raw: bytes, name: str, strings: Sequence[str], looks: Looks) -> Iterator[Item]:
        beside: list[str | Slot] = []
        # A first time for the widest row alone: only some rows are in memory at once.
        width = max(
            (found.column for found in _cells(raw, beside) if found.column <= MOST_COLUMNS),
            default=0,
        )
        if width:
            rows = _rows(_cells(raw, []), width, strings, looks)
            first = next(rows, None) or []
            titles = find_titles("\t".join(map(str, first)).replace('"', "'"), "\t")
            shift = 1 if any(titles) else 0
            head = (*titles, *[""] * width)[:width] if shift else [column_letters(n + 1) for n in range(width)]  # fmt: skip
            rest = rows if shift else _chained(first, rows)
            most = max(self._source.limits.unfolded, len(raw))
            for item in read_rows(self._source, f"sheet {name}", head, rest, most=most):
                yield _shifted(item, shift)
        yield from parts(beside, (*self._source.within, f"sheet {name}"))


def _cells(raw: bytes, beside: list[str | Slot]) -> Iterator[Cell]:
    for found in read_sheet(raw):
        if isinstance(found, Cell):
            yield found
        else:
            beside.append(found)


def _chained(first: Row, rows: Iterable[Row]) -> Iterator[Row]:
    yield first
    yield from rows


def _shifted(item: Item, shift: int) -> Item:
    """Rows of a sheet are counted from the one with the titles."""
    if shift and isinstance(item, Part) and isinstance(item.place, RowsPlace):
        return replace(item, place=replace(item.place, first=item.place.first + shift))
    return item


def _rows(cells: Iterable[Cell], width: int, strings: Sequence[str], looks: Looks) -> Iterator[Row]:
    """Rows as wide as the widest; the empty ones between them too, if they are not too many."""
    row: list[str] = [""] * width
    number = 1
    for cell in cells:
        if cell.row > number:
            yield row
            for _ in range(min(cell.row - number - 1, BLANKS)):
                yield [""] * width
            row, number = [""] * width, cell.row
        at = min(cell.column, width) - 1
        text = _shown(cell, strings, looks)
        row[at] = f"{row[at]} {text}" if row[at] and text else row[at] or text
    yield row


def _shown(cell: Cell, strings: Sequence[str], looks: Looks) -> str:
    """What people see in a cell, and its formula if that has words in it."""
    shown = "".join(map(_text, cell.pieces)).strip()
    if cell.value is not None:
        value = cell.value.text
        if cell.kind == "s":
            is_there = value.isdecimal() and len(value) < 10 and int(value) < len(strings)
            shown = strings[int(value)] if is_there else value
        elif cell.is_number:
            shown = looks.shown(cell)
        elif not _is_sign(cell.kind, value):
            shown = value
    if cell.formula is not None and '"' in cell.formula.text:
        shown = f"{shown} {cell.formula.text}"
    return shown


def _is_sign(kind: str, value: str) -> bool:
    """Whether a value is the flag or the error that its cell says; else it is a text."""
    return value in {"0", "1"} if kind == "b" else kind == "e" and value[:1] == "#"


def _text(piece: str | Slot) -> str:
    return piece if isinstance(piece, str) else "".join(run.text for run in piece)


def parts(pieces: Iterable[str | Slot], within: tuple[str, ...]) -> Iterator[Part]:
    """Texts of bounded length, cut where paragraphs end; each with the end of the one before."""
    before = ""
    texts: list[str] = []
    marks: list[Mark] = []
    length = number = 0
    for piece in pieces:
        text = _text(piece)
        if isinstance(piece, str) and piece.startswith("\n"):
            if length >= CORE:
                yield _part(before, texts, marks, within)
                before = "".join(texts)[-BEFORE:]
                texts, marks, length = [], [], 0
            number += 1
            marks.append(Mark(length, number))
        texts.append(text)
        length += len(text)
    if texts:
        yield _part(before, texts, marks, within)


def _part(
    before: str, texts: Sequence[str], marks: Sequence[Mark], within: tuple[str, ...]
) -> Part:
    shift = len(before)
    text = before + "".join(texts)
    moved = [Mark(mark.start + shift, mark.number) for mark in marks]
    return Part(text, StoryPlace(moved, within), (shift, len(text)))


def read_old(source: Source) -> Iterator[Item]:
    raise Unreadable(
        "It is a DOC, XLS, PPT or MSG, or an office document with a password.",
        hint="Save it as DOCX, XLSX or PPTX without a password, and scan that.",
    )


def _is_office(head: bytes) -> bool:
    """By the name of its first member, as the programs that write them order them."""
    if not head.startswith(b"PK\x03\x04"):
        return False
    return head[30 : 30 + len(OPEN_DOCUMENT)] == OPEN_DOCUMENT or bool(_OFFICE.match(head, 30))


READERS = (
    Reader(
        "office document",
        read_office,
        frozenset(
            {"docx", "docm", "dotx", "xlsx", "xlsm", "xltx", "pptx", "pptm", "ppsx", "odt", "ods", "odp", "ott"}
        ),
        _is_office,
        rank=1,
    ),
    Reader(
        "old office document",
        read_old,
        frozenset({"doc", "xls", "ppt", "msg"}),
        lambda head: head.startswith(OLD),
    ),
)  # fmt: skip
