"""Rows of cells, and the titles over their columns."""

import pytest

from curtilage.detect.rows import Rows

TABLE = "name;ssn;city\nAda;536904399;York\nBob;078051121;Bath\n"


def titled(text: str, value: str) -> str | None:
    span = Rows(text).title(text.index(value))
    return text[slice(*span)] if span is not None else None


@pytest.mark.parametrize(
    ("value", "title"),
    [("Ada", "name"), ("536904399", "ssn"), ("York", "city"), ("078051121", "ssn")],
)
def test_a_cell_is_under_the_title_of_its_column(value: str, title: str) -> None:
    assert titled(TABLE, value) == title


@pytest.mark.parametrize("delimiter", list("\t|;,"))
def test_tabs_bars_semicolons_and_commas_part_cells(delimiter: str) -> None:
    assert titled(TABLE.replace(";", delimiter), "078051121") == "ssn"


def test_the_first_row_has_no_title_of_its_own() -> None:
    assert titled(TABLE, "ssn") is None
    assert titled("text without rows", "without") is None
    assert titled("a line\nanother line", "another") is None


def test_a_row_with_another_number_of_cells_begins_another_table() -> None:
    text = "a;b\n1;2\nx;y;z\n3;4;5"
    assert titled(text, "2") == "b"
    assert titled(text, "5") == "z"


def test_a_line_in_between_parts_two_tables() -> None:
    text = "ssn;city\n1;2\n\n3;4\n5;6"
    assert titled(text, "6") == "4"


def test_the_same_rows_answer_for_every_place_alike() -> None:
    rows = Rows(TABLE)
    first = [rows.title(place) for place in range(len(TABLE))]
    again = [rows.title(place) for place in reversed(range(len(TABLE)))]
    assert first == again[::-1]


def test_the_titles_of_a_stretch_are_those_of_all_its_cells() -> None:
    rows = Rows(TABLE)
    start, end = TABLE.index("Ada"), TABLE.index("York")
    span = rows.titles(start, end)
    assert span is not None and TABLE[slice(*span)] == "name;ssn;city"
    assert rows.titles(0, 4) is None, "titles have none"


def test_a_stretch_over_lines_may_have_any_title() -> None:
    rows = Rows(TABLE)
    assert rows.titles(TABLE.index("York"), TABLE.index("Bath")) == (0, len(TABLE))


def test_where_the_rows_below_titles_end() -> None:
    rows = Rows(TABLE + "\n\nno row")
    assert rows.end_below(TABLE.index("ssn")) == len(TABLE.rstrip())
    assert rows.end_below(TABLE.index("Ada")) == 0, "a row is no title"
    assert rows.end_below(len(TABLE) + 3) == 0, "and what has no cells is none"
