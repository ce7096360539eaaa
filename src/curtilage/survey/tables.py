"""Rows of databases and typed files as texts: cells between tabs, under titles.

A record is a line, and line feeds and tabs in a cell are spaces, as in CSV. What is
long, or no text, is read apart, like a file that was in the cell. Only some rows are
in memory at a time.
"""

import io
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from curtilage.survey.columns import SAMPLE
from curtilage.survey.encodings import LEAST, is_binary
from curtilage.survey.errors import Unreadable
from curtilage.survey.models import Field, Item, Note, Part, Problem, Spot, Table
from curtilage.survey.reading import read_within
from curtilage.survey.sources import Source

CORE = 64 * 1024  # characters of rows in a part
LONGEST_CELL = 4096  # characters of a cell that stands in its row
LONGEST_TITLE = 80
Row = Sequence[object]


@dataclass(frozen=True, slots=True)
class RowsPlace:
    """The place of a part that is rows: a cell is told by counting marks."""

    text: str
    titles: tuple[str, ...]
    first: int
    """The record in the first line behind the titles, from 1."""
    within: tuple[str, ...] = ()

    def spot(self, start: int, end: int) -> Spot:
        line = self.text.count("\n", 0, start)
        column = self.text.count("\t", self.text.rfind("\n", 0, start) + 1, start)
        title = self.titles[column] if column < len(self.titles) else ""
        row = self.first + line - 1 if line else None
        return Spot(
            within=self.within, field=Field(title or f"column {column + 1}", row, column + 1)
        )

    def lines(self, start: int) -> tuple[str, str]:
        """The record. What is in the one before says nothing of it."""
        end = self.text.find("\n", start)
        return self.text[self.text.rfind("\n", 0, start) + 1 : end if end >= 0 else None], ""


@dataclass(slots=True)
class Rows:
    """One table, while it is read."""

    source: Source
    """What the table is in; `within` tells the table."""
    titles: tuple[str, ...]
    most: int
    """Characters that may come out of it: a hostile file repeats what it has once."""
    _lines: list[str] = field(default_factory=list)
    _length: int = 0
    _count: int = 0
    _filled: list[int] = field(default_factory=list)

    def read(self, rows: Iterable[Row | Problem | Note]) -> Iterator[Item]:
        """The parts of the table, and then its columns."""
        self._filled = [0] * len(self.titles)
        for row in rows:
            if isinstance(row, Problem | Note):
                yield replace(row, within=self.source.within)
                continue
            self._count += 1
            cells = [cell_text(value) for value in row]
            if not all(map(is_short, cells)):
                yield from self._apart(cells)
                self.source.unfolded.characters += sum(map(len, cells))
            self._append(cells)
            if self._length >= CORE:
                yield self._part()
            if self.source.unfolded.characters > self.most:
                self.source.unfolded.is_spent = True
                yield Problem(
                    f"More than {self.most:,} characters come out of it: "
                    f"the first {self._count:,} records were read.",
                    "Scan a part of it, or see that it is what it claims to be.",
                    self.source.within,
                )
                break
        if self._lines:
            yield self._part()
        if self._count:
            counted = min(self._count, SAMPLE)
            yield Table(self.titles, tuple(self._filled), counted, self.source.within)

    def _append(self, cells: Sequence[str | bytes]) -> None:
        if self._count <= SAMPLE:
            for number, cell in enumerate(cells):
                self._filled[number] += cell not in ("", b"")
        shown = [
            cell if isinstance(cell, str) and len(cell) <= LONGEST_CELL else "" for cell in cells
        ]
        line = "\t".join(shown) + ("\t\n" if len(shown) == 1 else "\n")
        self._lines.append(line)
        self._length += len(line)
        self.source.unfolded.characters += len(line)

    def _part(self) -> Part:
        # A table of one column has a second, empty one: what parts cells is told by the tabs.
        head = "\t".join(self.titles) + ("\t\n" if len(self.titles) == 1 else "\n")
        first = self._count - len(self._lines) + 1
        text = head + "".join(self._lines)
        core = (0 if first == 1 else len(head), len(text))
        self._lines, self._length = [], 0
        return Part(text, RowsPlace(text, self.titles, first, self.source.within), core)

    def _apart(self, cells: Sequence[str | bytes]) -> Iterator[Item]:
        """What is in cells that are long, or no text: letters, documents, archives."""
        for number, cell in enumerate(cells):
            if is_short(cell):
                continue
            content = cell.encode("utf-8", "replace") if isinstance(cell, str) else cell
            label = f"row {self._count} · {self.titles[number]}"
            try:
                inner = self.source.inner(label, "", content)
            except Unreadable as problem:
                yield Problem(problem.detail, problem.advice, (*self.source.within, label))
                continue
            yield from read_within(inner)


def read_rows(
    source: Source,
    label: str,
    titles: Sequence[str],
    rows: Iterable[Row | Problem | Note],
    *,
    most: int,
) -> Iterator[Item]:
    """What is in a table, which is `label` in its source."""
    inner = replace(source, within=(*source.within, label))
    short = tuple(_in_one_line(title)[:LONGEST_TITLE] for title in titles)
    yield from Rows(inner, short, most).read(rows)


def is_short(cell: str | bytes) -> bool:
    """Whether a cell stands in its row."""
    return isinstance(cell, str) and len(cell) <= LONGEST_CELL


def cell_text(value: object) -> str | bytes:
    """A value as a text; what is long comes as it is, and bytes that are none as bytes."""
    if value is None:
        return ""
    if isinstance(value, bytes | bytearray | memoryview):
        return _bytes_text(bytes(value))
    if not isinstance(value, str):
        value = _plain(value)
    return value if len(value) > LONGEST_CELL else _in_one_line(value)


def _in_one_line(value: str) -> str:
    return value if value.isprintable() else " ".join(value.replace("\t", " ").splitlines())


def _bytes_text(content: bytes) -> str | bytes:
    if len(content) < LEAST and is_binary(content):
        return ""  # a number or an id: no text is so short and has zeros
    if len(content) > LONGEST_CELL or is_binary(content):
        return content
    with suppress(UnicodeDecodeError):
        return _in_one_line(content.decode())
    return content


def _plain(value: object) -> str:
    if isinstance(value, list | dict | tuple):
        with suppress(ValueError, TypeError, RecursionError):
            return json.dumps(value, ensure_ascii=False, default=str)
    try:
        return str(value)
    except (ValueError, OverflowError):  # a number of thousands of digits
        return ""


def a_table_source(name: str) -> Source:
    """What tables are in that are in no file."""
    return Source(name=name, head=b"", open=io.BytesIO)
