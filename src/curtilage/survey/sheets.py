"""Worksheets of SpreadsheetML: cells with their kinds, and numbers as people see them.

A date is a number with the looks of a date. It is shown as ISO 8601 has it, and turned
into the same number again.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation

from curtilage.survey.stories import Run, Slot, Story
from curtilage.survey.xmlevents import Begin, Chars, End, Event, walk_xml

MOST_COLUMNS, MOST_ROWS = 16_384, 1_048_576
DATES = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})  # built in
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
EPOCH, EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001  # no zone is meant
LONGEST_NUMBER = 64


@dataclass(slots=True)
class Cell:
    """A cell that holds something."""

    row: int
    column: int
    kind: str
    style: int
    start: int
    """The byte of its `<`."""
    value: Run | None = None
    formula: Run | None = None
    pieces: list[str | Slot] = field(default_factory=list)
    """Of a text that stands in the sheet itself."""

    @property
    def is_number(self) -> bool:
        return self.kind in {"", "n"} and self.value is not None


@dataclass(frozen=True, slots=True)
class Looks:
    """What the styles of a workbook say of its numbers."""

    dates: frozenset[int] = frozenset()
    """The styles that show dates."""
    epoch: datetime = EPOCH

    def shown(self, cell: Cell) -> str:
        """A number as people see it."""
        assert cell.value is not None
        raw = cell.value.text
        if cell.style in self.dates:
            return show_date(raw, self.epoch) or raw
        return show_number(raw)


def read_looks(styles: bytes | None, workbook: bytes) -> Looks:
    """Raises Unreadable."""
    formats: dict[str, str] = {}
    dates: list[int] = []
    inside, count = False, 0
    for event in walk_xml(styles) if styles else ():
        if isinstance(event, Begin):
            number = event.attributes.get("numFmtId", "")
            if event.name == "numFmt":
                formats[number] = event.attributes.get("formatCode", "")
            elif event.name == "cellXfs":
                inside = True
            elif event.name == "xf" and inside:
                if _is_date(number, formats):
                    dates.append(count)
                count += 1
        elif isinstance(event, End) and event.name == "cellXfs":
            inside = False
    is_1904 = any(
        isinstance(event, Begin)
        and event.name == "workbookPr"
        and event.attributes.get("date1904") in {"1", "true"}
        for event in walk_xml(workbook)
    )
    return Looks(frozenset(dates), EPOCH_1904 if is_1904 else EPOCH)


def _is_date(number: str, formats: Mapping[str, str]) -> bool:
    if number in formats:
        bare = _QUOTED.sub("", formats[number][:1000]).lower()
        return any(char in bare for char in "ymdh") and "general" not in bare
    return number.isdecimal() and len(number) < 4 and int(number) in DATES


def show_date(raw: str, epoch: datetime = EPOCH) -> str | None:
    """A serial number as a date; None for what is none."""
    try:
        days = float(raw)
        when = epoch + timedelta(seconds=round(days * 86_400))
    except (ValueError, OverflowError):
        return None
    if days < 0:
        return None
    return when.date().isoformat() if days == int(days) else when.isoformat(sep=" ")


def read_date(shown: str, epoch: datetime = EPOCH) -> str | None:
    """The serial number of a date as it is shown."""
    try:
        past = datetime.fromisoformat(shown) - epoch
    except (ValueError, TypeError):
        return None
    return str(past.days) if not past.seconds else repr(past.days + past.seconds / 86_400)


def show_number(raw: str) -> str:
    """Whole numbers without an exponent: programs write long ones as `4.1E+15`."""
    if "E" not in raw.upper() or len(raw) > LONGEST_NUMBER:
        return raw
    try:
        number = Decimal(raw)
    except InvalidOperation:
        return raw
    if number.is_finite() and number == number.to_integral_value() and abs(number.adjusted()) < 40:
        return f"{number:f}".partition(".")[0]
    return raw


def read_sheet(raw: bytes) -> Iterator[Cell | str | Slot]:
    """The cells of a sheet, and what else has words in it. Raises Unreadable."""
    story = Story(raw)
    is_inside = False
    reader = _Cells(raw)
    for event in walk_xml(raw):
        name = "" if isinstance(event, Chars) else event.name
        if name == "sheetData":
            is_inside = isinstance(event, Begin)
        if not is_inside or name == "sheetData":
            yield from story.take(event)
        elif (cell := reader.take(event)) is not None:
            yield cell


class _Cells:
    """Takes the events of the rows; gives whole cells."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._row = self._column = 0
        self._cell: Cell | None = None
        self._inline: Story | None = None
        self._name = ""

    def take(self, event: Event) -> Cell | None:
        if self._inline is not None and self._cell is not None:
            self._cell.pieces += self._inline.take(event)
            if isinstance(event, End) and event.name == "is":
                self._inline = None
        elif isinstance(event, Begin):
            self._begin(event)
        elif isinstance(event, Chars):
            self._chars(event)
        else:
            self._name = ""
            if event.name == "c":
                cell, self._cell = self._cell, None
                return cell
        return None

    def _begin(self, event: Begin) -> None:
        self._name = event.name
        given = event.attributes
        if event.name == "row":
            self._row = _number(given.get("r", ""), self._row + 1, MOST_ROWS)
            self._column = 0
        elif event.name == "c":
            found = _REFERENCE.fullmatch(given.get("r", ""))
            self._column = min(column_number(found[1]) if found else self._column + 1, MOST_COLUMNS)
            if found:
                self._row = _number(found[2], self._row, MOST_ROWS)
            style = _number(given.get("s", ""), 0, 1 << 20)
            self._cell = Cell(self._row, self._column, given.get("t", ""), style, event.start)
        elif event.name == "is" and self._cell is not None:
            self._inline = Story(self._raw)
            self._cell.pieces += self._inline.take(event)

    def _chars(self, event: Chars) -> None:
        if self._cell is None:
            return
        run = Run(event.text, event.start, event.end)
        if self._name == "v":
            self._cell.value = run
        elif self._name == "f":
            self._cell.formula = run


def _number(text: str, otherwise: int, most: int) -> int:
    return min(int(text), most) if text.isdecimal() and len(text) < 10 else otherwise


def column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def sheet_names(workbook: bytes, links: bytes | None) -> Sequence[tuple[str, str]]:
    """The name of each sheet and of its part, in the order of the workbook. Raises Unreadable."""
    targets = {
        event.attributes.get("Id", ""): event.attributes.get("Target", "")
        for event in (walk_xml(links) if links else ())
        if isinstance(event, Begin) and event.name == "Relationship"
    }
    return [
        (event.attributes.get("name", ""), _part(targets.get(event.attributes.get("id", ""), "")))
        for event in walk_xml(workbook)
        if isinstance(event, Begin) and event.name == "sheet"
    ]


def _part(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
