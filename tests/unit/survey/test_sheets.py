"""Cells, dates and numbers of worksheets."""

import pytest

from curtilage.survey.sheets import (
    EPOCH_1904,
    Cell,
    column_letters,
    column_number,
    read_date,
    read_looks,
    read_sheet,
    sheet_names,
    show_date,
    show_number,
)
from tests.unit.survey.packages import STYLES

BOOK = b'<workbook xmlns:r="r"><workbookPr date1904="true"/><sheets><sheet name="A b" r:id="i"/></sheets></workbook>'


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("29252", "1980-02-01"),
        ("29252.25", "1980-02-01 06:00:00"),
        ("-1", None),
        ("1e300", None),
        ("x", None),
        ("nan", None),
    ],
)
def test_dates_are_shown_and_read_again(raw: str, shown: str | None) -> None:
    assert show_date(raw) == shown
    if shown is not None:
        assert read_date(shown) == raw


def test_dates_of_old_workbooks_count_from_another_day() -> None:
    looks = read_looks(STYLES.encode(), BOOK)
    assert looks.epoch == EPOCH_1904
    assert looks.dates == {1, 2}
    assert show_date("0", looks.epoch) == "1904-01-01"
    assert read_date("no date") is None


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("4.111111111111111E+15", "4111111111111111"),
        ("1.5E-3", "1.5E-3"),
        ("1E999", "1E999"),
        ("1E", "1E"),
        ("12.50", "12.50"),
    ],
)
def test_long_numbers_are_shown_without_an_exponent(raw: str, shown: str) -> None:
    assert show_number(raw) == shown


@pytest.mark.parametrize(("letters", "number"), [("A", 1), ("Z", 26), ("AA", 27), ("XFD", 16384)])
def test_columns_have_letters(letters: str, number: int) -> None:
    assert (column_number(letters), column_letters(number)) == (number, letters)


def test_cells_without_references_stand_one_after_the_other() -> None:
    raw = b'<s><sheetData><row><c><v>1</v></c><c/><c><v>2</v></c></row><row r="9"><c r="ZZZ9"/></row></sheetData></s>'
    cells = [cell for cell in read_sheet(raw) if isinstance(cell, Cell)]
    assert [(cell.row, cell.column) for cell in cells] == [(1, 1), (1, 2), (1, 3), (9, 16384)]
    assert [cell.is_number for cell in cells] == [True, False, True, False]


def test_sheets_have_the_names_of_the_workbook() -> None:
    links = b'<r><Relationship Id="i" Target="/xl/worksheets/s.xml"/></r>'
    assert sheet_names(BOOK, links) == [("A b", "xl/worksheets/s.xml")]
    assert sheet_names(BOOK, None) == [("A b", "xl/")]
