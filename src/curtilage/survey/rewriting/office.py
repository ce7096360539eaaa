"""DOCX, XLSX and PPTX: a slot for each paragraph, cell, property and remark.

The package is written anew from its members. Those in which nothing is replaced have
the same bytes, and of the others only the bytes of the texts change.
"""

import io
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import NamedTuple
from zipfile import ZipFile, ZipInfo

from curtilage.survey.errors import Unreadable, Unwritable
from curtilage.survey.readers.zip import ENCRYPTED, measure_directory
from curtilage.survey.rewriting.documents import Runs, Slot
from curtilage.survey.sheets import (
    Cell,
    Looks,
    read_date,
    read_looks,
    read_sheet,
    sheet_names,
    show_date,
    show_number,
)
from curtilage.survey.stories import Run, read_story, read_strings
from curtilage.survey.unfolding import BROKEN, shorten
from curtilage.survey.xmlevents import as_utf8, attribute_span, tag_end

MOST_BYTES = 512 * 1024 * 1024  # that come out of one package
MOST_SEEN = 64 * 1024 * 1024  # characters that cells show together
MOST_MEMBERS, MOST_DIRECTORY = 20_000, 4 * 1024 * 1024
NAMED = 3  # kinds of members that are left out are named
MAIN = ("word/document.xml", "xl/workbook.xml", "ppt/presentation.xml")
REMARK = b"<!--"
STRINGS, WORKBOOK = "xl/sharedStrings.xml", "xl/workbook.xml"
_SUFFIX = re.compile(r"\.(?:(?:xml|vml)\.rels|[A-Za-z0-9]{1,5})\Z")
_NAME = re.compile(rb"<[^\s/>]+")
_KIND = re.compile(rb"\s+t\s*=\s*(?:\"[^\"]*\"|'[^']*')")
_ESCAPES = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;", "\r": "&#13;"}
)
_SPACES = str.maketrans({"\n": "&#10;", "\t": "&#9;"})
_DASHES = re.compile(r"-(?=-|\Z)")
_UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # in XML 1.0


class Target(NamedTuple):
    """Where a slot stands."""

    part: str
    runs: tuple[Run, ...]
    cell: int = -1
    """The byte of the `<` of a cell that is a number, or may become one."""
    is_date: bool = False


class Edit(NamedTuple):
    start: int
    end: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Package:
    """An office document that was read."""

    infos: Sequence[ZipInfo]
    members: Mapping[str, bytes] = field(repr=False)
    targets: Sequence[Target] = field(repr=False)
    slots: Sequence[Slot] = field(repr=False)
    view: Sequence[str | int] = field(repr=False)
    looks: Looks
    left_out: Sequence[str] = ()
    keeps_lines: bool = False

    def filled(self, changed: Mapping[int, Runs], bare: Collection[int] = ()) -> bytes:
        edits: dict[str, list[Edit]] = {}
        for number, runs in changed.items():
            target = self.targets[number]
            raw = self.members[target.part]
            edits.setdefault(target.part, []).extend(
                self._number(raw, number, "".join(runs))
                if number in bare and target.cell >= 0
                else self._texts(raw, number, runs)
            )
        made = io.BytesIO()
        with ZipFile(made, "w") as archive:
            for info in self.infos:
                content = self.members[info.filename]
                if info.filename in edits:
                    content = apply_edits(content, edits[info.filename])
                archive.writestr(_fresh(info), content)
        return made.getvalue()

    def _texts(self, raw: bytes, number: int, runs: Runs) -> Iterator[Edit]:
        target, slot = self.targets[number], self.slots[number]
        for run, before, text in zip(target.runs, slot.runs, runs, strict=True):
            if text != before:
                yield Edit(run.start, run.end, _escaped(text, raw, run))
                if run.tag >= 0 and text != text.strip():
                    yield from _preserve(raw, run.tag)
        if slot.is_bare:
            yield _as_text(raw, target.cell)

    def _number(self, raw: bytes, number: int, text: str) -> Iterator[Edit]:
        """A cell that was a number before something was replaced in it."""
        target = self.targets[number]
        if target.is_date:
            text = read_date(text, self.looks.epoch) or text
        (run,) = target.runs
        yield Edit(run.start, run.end, _escaped(text, raw, run))
        found = _KIND.search(raw, target.cell, tag_end(raw, target.cell))
        if found is not None:
            yield Edit(*found.span(), b"")


def _escaped(text: str, raw: bytes, run: Run) -> bytes:
    text = _UNFIT.sub("\ufffd", text)
    if raw.endswith(REMARK, 0, run.start):  # nothing is escaped in one, and `--` would end it
        return _DASHES.sub("- ", text).encode()
    text = text.translate(_ESCAPES)
    is_attribute = raw[run.start - 1 : run.start] in {b'"', b"'"}
    return (text.translate(_SPACES) if is_attribute else text).encode()


def _preserve(raw: bytes, tag: int) -> Iterator[Edit]:
    """White space at the ends of a text counts where its element says so."""
    name = _NAME.match(raw, tag)
    if name is not None and attribute_span(raw, tag, "space") is None and name[0] != b"<a:t":
        yield Edit(name.end(), name.end(), b' xml:space="preserve"')


def _as_text(raw: bytes, cell: int) -> Edit:
    """What makes a cell with a number one with a text."""
    span = attribute_span(raw, cell, "t")
    if span is not None:
        return Edit(*span, b"str")
    name = _NAME.match(raw, cell)
    at = name.end() if name is not None else cell
    return Edit(at, at, b' t="str"')


def apply_edits(raw: bytes, edits: Iterable[Edit]) -> bytes:
    pieces: list[bytes] = []
    at = 0
    for start, end, content in sorted(set(edits)):
        pieces += (raw[at:start], content)
        at = end
    return b"".join((*pieces, raw[at:]))


def _fresh(info: ZipInfo) -> ZipInfo:
    """The same member, with sizes that are yet to be known."""
    fresh = ZipInfo(info.filename, info.date_time)
    fresh.compress_type, fresh.external_attr = info.compress_type, info.external_attr
    fresh.create_system = info.create_system  # a remark on it stays behind: it is no slot
    return fresh


def read_package(raw: bytes) -> Package:
    """A DOCX, XLSX or PPTX. Raises Unreadable or Unwritable."""
    infos, members = _members(raw)
    if not any(name in members for name in MAIN):
        raise Unwritable("It is no DOCX, XLSX or PPTX: nothing was given out.")
    reading = _Reading(members)
    reading.read()
    return Package(
        infos,
        reading.members,
        reading.targets,
        reading.slots,
        reading.view,
        reading.looks,
        _left_out(reading.others),
    )


def _members(raw: bytes) -> tuple[Sequence[ZipInfo], dict[str, bytes]]:
    opened = io.BytesIO(raw)
    members: dict[str, bytes] = {}
    room = MOST_BYTES
    try:
        if measure_directory(opened) > MOST_DIRECTORY:
            raise Unreadable("It has too many members.", hint="See that it is what it claims.")
        with ZipFile(opened) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
            if len(infos) > MOST_MEMBERS or len({info.filename for info in infos}) < len(infos):
                raise Unreadable(
                    "Its members are too many, or two have one name.",
                    hint="Save it anew with an office program.",
                )
            if any(info.flag_bits & ENCRYPTED for info in infos):
                raise Unwritable("It is encrypted.", hint="Save it without a password first.")
            for info in infos:
                with archive.open(info) as member:
                    members[info.filename] = member.read(room + 1)
                room -= len(members[info.filename])
                if room < 0:
                    raise Unreadable(
                        f"More than {MOST_BYTES:,} bytes come out of it.",
                        hint="See that it is what it claims to be.",
                    )
    except BROKEN:
        raise Unreadable(
            "The package is broken or cut off.", hint="See that other programs open it."
        ) from None
    return infos, members


def _apart(name: str) -> str:
    """The path of a member as words, with and without what it ends in: somebody may be named."""
    words = name.replace("/", " ")
    return f"{words} {_SUFFIX.sub('', words)}"


def _left_out(names: Sequence[str]) -> Sequence[str]:
    """Folders and kinds: the name of a picture may be that of somebody."""
    counts = Counter(f"{path.parent}/*{path.suffix}" for path in map(PurePosixPath, names))
    told = [f"{shorten(kind)} ({count:,})" for kind, count in counts.most_common(NAMED)]
    more = len(names) - sum(count for _, count in counts.most_common(NAMED))
    return [*told, f"{more:,} more members"] if more > 0 else told


class _Reading:
    """Goes over the members of a package."""

    def __init__(self, members: dict[str, bytes]) -> None:
        self.members = members
        self.targets: list[Target] = []
        self.slots: list[Slot] = []
        self.view: list[str | int] = []
        self.others: list[str] = []
        self.looks = Looks()
        self._strings: list[Sequence[str | int]] = []
        self._used: set[int] = set()
        self._seen = 0

    def read(self) -> None:
        names = [name for name in self.members if name.endswith((".xml", ".rels", ".vml"))]
        readable = frozenset(names)
        self.others = [name for name in self.members if name not in readable]
        self.view += [f"\n{_apart(name)}" for name in self.members]
        for name in names:
            self.members[name] = as_utf8(self.members[name])
        sheets = {part for _, part in self._workbook()}
        for name in names:
            if name in sheets:
                self._sheet(name)
            elif name != STRINGS or WORKBOOK not in self.members:
                self._story(name)
        for number, pieces in enumerate(self._strings):  # what no cell shows is there all the same
            if number not in self._used:
                self.view += ("\n", *pieces)

    def _workbook(self) -> Sequence[tuple[str, str]]:
        workbook = self.members.get(WORKBOOK)
        if workbook is None:
            return ()
        self.looks = read_looks(self.members.get("xl/styles.xml"), workbook)
        strings = self.members.get(STRINGS)
        for pieces in read_strings(strings) if strings is not None else ():
            self._strings.append([self._piece(STRINGS, piece) for piece in pieces])
        return sheet_names(workbook, self.members.get("xl/_rels/workbook.xml.rels"))

    def _story(self, name: str) -> None:
        marks = len(self.targets), len(self.view)
        try:
            for piece in read_story(self.members[name], part=name):
                self.view.append(self._piece(name, piece))
        except Unreadable:
            if not name.endswith(".vml"):  # which programs wrote before they knew XML
                raise
            del self.targets[marks[0] :], self.slots[marks[0] :], self.view[marks[1] :]
            self.others.append(name)

    def _piece(self, part: str, piece: str | tuple[Run, ...]) -> str | int:
        if isinstance(piece, str):
            return piece
        return self._slot(Target(part, piece), Slot(tuple(run.text for run in piece)))

    def _slot(self, target: Target, slot: Slot) -> int:
        self.targets.append(target)
        self.slots.append(slot)
        return len(self.slots) - 1

    def _sheet(self, name: str) -> None:
        at = (0, 0)
        for found in read_sheet(self.members[name]):
            if not isinstance(found, Cell):
                self.view.append(self._piece(name, found))
                continue
            if found.row != at[0] or found.column <= at[1]:
                at = (found.row, 1)
                self.view.append("\n")
            self._count(found.column - at[1])
            self.view.append("\t" * (found.column - at[1]))
            at = (found.row, found.column)
            self.view += self._cell(name, found)

    def _cell(self, part: str, cell: Cell) -> Iterator[str | int]:
        if cell.formula is not None and '"' in cell.formula.text:
            yield self._piece(part, (cell.formula,))
            yield " "
        if cell.kind == "s" and cell.value is not None and self._has_string(cell.value.text):
            yield from self._string(cell.value.text)
        elif cell.is_number and cell.value is not None:
            yield self._number(part, cell, cell.value)
        elif cell.kind in {"str", "d"} and cell.value is not None:
            target = Target(part, (cell.value,), cell.start, cell.style in self.looks.dates)
            yield self._slot(target, Slot((cell.value.text,)))
        elif cell.value is not None:  # what is no error, flag or string although it says so
            yield self._piece(part, (cell.value,))
        for piece in cell.pieces:
            yield " " if piece == "\n" else self._piece(part, piece)

    def _has_string(self, index: str) -> bool:
        return index.isdecimal() and len(index) < 10 and int(index) < len(self._strings)

    def _string(self, index: str) -> Sequence[str | int]:
        pieces = self._strings[int(index)]
        self._used.add(int(index))
        for piece in pieces:
            self._count(len(piece if isinstance(piece, str) else self.slots[piece].text))
        return pieces

    def _count(self, more: int) -> None:
        """A cell may stand far to the right, and a string in a million cells."""
        self._seen += more
        if self._seen > MOST_SEEN:
            raise Unreadable("Its cells show too much text.", hint="Save a part of it as CSV.")

    def _number(self, part: str, cell: Cell, value: Run) -> int:
        text, is_date = value.text, cell.style in self.looks.dates
        shown = show_date(text, self.looks.epoch) if is_date else None
        if shown is not None and read_date(shown, self.looks.epoch) == text:
            text = shown
        elif not is_date:
            text = show_number(text)
        target = Target(part, (value,), cell.start, is_date)
        return self._slot(target, Slot((text,), is_bare=True))
