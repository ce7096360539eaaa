"""CSV and TSV: cells between tabs, a record a line, every value under its title.

Quotation marks of the format are taken out; a line feed or a tab in a cell is a
space. A cell that never ends is not believed for long.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import islice
from typing import NamedTuple

from curtilage.survey.columns import SAMPLE
from curtilage.survey.models import Field, Item, Table
from curtilage.survey.originals import Segment, Stretch
from curtilage.survey.readers.plain import read_text
from curtilage.survey.reading import Reader
from curtilage.survey.sources import Source

DELIMITERS = ",;\t|"
SAMPLED = 256 * 1024  # characters of them
LONGEST_CELL = 64 * 1024
_DATA = re.compile(r"@|[0-9]{4}|^[0-9.,-]+$")  # what no title of a column has


def read_csv(source: Source) -> Iterator[Item]:
    """The parts of a table, and then its columns."""
    sheet = Sheet()
    yield from read_text(source, sheet.unfold)
    table = sheet.table(source.within)
    if table is not None:
        yield table


class At(NamedTuple):
    """Where in a table a walk over its text stands."""

    row: int = 1
    column: int = 1
    quoted: int = 0
    """So many characters into a quoted cell, its mark included; 0: in none."""
    begins: bool = True
    """Whether a cell begins here."""


class Sheet:
    """One table, while it is read."""

    def __init__(self) -> None:
        self._delimiter = ","
        self._titles: tuple[str, ...] = ()
        self._sample: list[str] = []
        self._sampled = 0
        self._is_cut = False

    def unfold(self, stretches: Iterable[Stretch]) -> Iterator[Segment]:
        at = At()
        for stretch in stretches:
            if not self._sample:
                self._delimiter = find_delimiter(stretch.text)
                self._titles = find_titles(stretch.text, self._delimiter)
            self._remember(stretch.text)
            field = partial(self._field, at, stretch)
            if not at.quoted and '"' not in stretch.text:
                plain = {ord("\t"): " ", ord(self._delimiter): "\t"}
                yield Segment(stretch.text.translate(plain), stretch.start, stretch.end, field)
                at = _advance_plain(at, stretch.text, self._delimiter)
            else:
                walk = QuotedWalk(at, self._delimiter)
                for text, start, end in walk.pieces(stretch.text):
                    yield Segment(text, stretch.start + start, stretch.start + end, field)
                at = walk.at

    def table(self, within: tuple[str, ...]) -> Table | None:
        """The columns, as far as the first rows show them."""
        lines = io.StringIO("".join(self._sample), newline="")
        try:
            rows = list(islice(csv.reader(lines, delimiter=self._delimiter), SAMPLE))
        except csv.Error:
            return None
        if self._is_cut and len(rows) < SAMPLE:
            rows = rows[:-1]
        width = max((len(row) for row in rows), default=0)
        if width < 2 or len(rows) < 2:
            return None
        data = rows[1:] if self._titles else rows
        filled = [
            sum(len(row) > number and row[number] != "" for row in data) for number in range(width)
        ]
        titles = (*self._titles, *[""] * width)[:width]
        return Table(titles, tuple(filled), len(rows), within)

    def _remember(self, text: str) -> None:
        if self._sampled < SAMPLED:
            self._sample.append(text)
            self._sampled += len(text)
        else:
            self._is_cut = True

    def _field(self, at: At, stretch: Stretch, offset: int) -> Field:
        text = stretch.text[: offset - stretch.start]
        if not at.quoted and '"' not in text:
            at = _advance_plain(at, text, self._delimiter)
        else:
            walk = QuotedWalk(at, self._delimiter)
            for _ in walk.pieces(text):
                pass
            at = walk.at
        title = self._titles[at.column - 1] if at.column <= len(self._titles) else ""
        return Field(title or f"column {at.column}", at.row, at.column)


def _advance_plain(at: At, text: str, delimiter: str) -> At:
    if not text:
        return at
    line = text.rfind("\n") + 1
    column = text.count(delimiter, line) + (1 if line else at.column)
    return At(at.row + text.count("\n"), column, begins=text[-1] in (delimiter, "\n"))


class QuotedWalk:
    """Goes over text that has quotation marks, and gives it without them."""

    def __init__(self, at: At, delimiter: str) -> None:
        self._at = at
        self._delimiter = delimiter
        self._marks = re.compile(f'""|["\t\n{re.escape(delimiter)}]')

    @property
    def at(self) -> At:
        return self._at

    def pieces(self, text: str) -> Iterator[tuple[str, int, int]]:
        """Texts and the spans that they stand for."""
        row, column, quoted, begins = self._at
        run: list[str] = []
        begun = place = 0
        while match := self._marks.search(text, place):
            start, end = match.span()
            mark = match[0]
            if start == place and begins and mark == '""':  # it opens, whatever comes behind it
                mark, end = '"', end - 1
            if start > place:
                run.append(text[place:start])
                quoted = _further(quoted, start - place)
                begins = False
            place = end
            if mark[0] == '"':
                shown, quoted, begins = _quotation(mark, quoted, begins=begins)
                if shown == mark:
                    run.append(mark)
                    continue
                yield "".join(run), begun, start
                if shown:
                    yield shown, start, end
                run, begun = [], end
            elif quoted:
                run.append(" " if mark != self._delimiter or mark == "\t" else mark)
                quoted = _further(quoted, 1)
            elif mark == self._delimiter:
                run.append("\t")
                column, begins = column + 1, True
            elif mark == "\n":
                run.append(mark)
                row, column, begins = row + 1, 1, True
            else:
                run.append(" ")
                begins = False
        if place < len(text):
            run.append(text[place:])
            quoted, begins = _further(quoted, len(text) - place), False
        self._at = At(row, column, quoted, begins)
        yield "".join(run), begun, len(text)


def _further(quoted: int, count: int) -> int:
    """How far into a quoted cell, `count` characters on; one that never ends is none."""
    return quoted + count if 0 < quoted <= LONGEST_CELL else 0


def _quotation(mark: str, quoted: int, *, begins: bool) -> tuple[str, int, bool]:
    """What is shown of one or two quotation marks, and what holds behind them."""
    if mark == '""':
        return ('"', _further(quoted, 2), False) if quoted else (mark, 0, False)
    if quoted:
        return "", 0, False
    return ("", 1, False) if begins else (mark, 0, False)


def find_delimiter(text: str) -> str:
    """What parts cells: it stands as often in the second line as in the first."""
    lines = [line for line in text[:SAMPLED].splitlines()[:10] if line]
    first = lines[0] if lines else ""

    def likely(char: str) -> tuple[int, int]:
        count = first.count(char)
        return sum(line.count(char) == count for line in lines) if count else 0, count

    return max(DELIMITERS, key=likely)


def find_titles(text: str, delimiter: str) -> tuple[str, ...]:
    """The titles in the first row; none if it looks like data."""
    try:
        row = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
    except csv.Error:
        return ()
    return (
        () if any(_DATA.search(cell) for cell in row) else tuple(cell.strip()[:80] for cell in row)
    )


READERS = (Reader("csv", read_csv, frozenset({"csv", "tsv", "tab", "psv"}), is_text=True),)
