"""Rows become text in which every cell leads back to its record and column."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curtilage.survey.columns import SAMPLE
from curtilage.survey.models import Item, Note, Part, Problem, Table
from curtilage.survey.sources import Limits
from curtilage.survey.tables import (
    CORE,
    LONGEST_CELL,
    Row,
    a_table_source,
    cell_text,
    read_rows,
)

CELLS = st.one_of(st.none(), st.integers(), st.text(max_size=30), st.binary(max_size=20))


def read(titles: list[str], rows: list[Row], most: int = 1 << 40) -> list[Item]:
    return list(read_rows(a_table_source("db"), "table t", titles, rows, most=most))


@given(st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=20))
def test_every_cell_is_where_it_says(rows: list[Row]) -> None:
    titles = ["a", "b", "c"]
    parts = [item for item in read(titles, rows) if isinstance(item, Part)]
    parts = [part for part in parts if part.place.spot(0, 0).within == ("table t",)]
    lines = [line.split("\t") for part in parts for line in part.text.split("\n")[1:-1]]
    assert len(lines) == len(rows) and all(len(line) == 3 for line in lines)
    for part in parts:
        place = len("a\tb\tc\n")
        for number, line in enumerate(part.text[place:].split("\n")[:-1], 1):
            for column, cell in enumerate(line.split("\t"), 1):
                field = part.place.spot(place, place + len(cell)).field
                assert field == (titles[column - 1], number, column)
                place += len(cell) + 1


def test_parts_repeat_the_titles_and_find_nothing_in_them_again() -> None:
    rows: list[Row] = [("x" * 1000, number) for number in range(200)]
    parts = [item for item in read(["name", "id"], rows) if isinstance(item, Part)]
    assert len(parts) == 200_000 // CORE + 1
    assert [part.text.startswith("name\tid\n") for part in parts] == [True] * len(parts)
    assert [part.core and part.core[0] for part in parts] == [0, *[8] * (len(parts) - 1)]
    title = parts[0].place.spot(0, 4)
    assert title.field is not None and (title.field.name, title.field.row) == ("name", None)


def test_the_first_rows_tell_how_much_is_filled() -> None:
    rows: list[Row] = [(number, "" if number % 2 else "x") for number in range(SAMPLE + 500)]
    (table,) = (item for item in read(["a", "b"], rows) if isinstance(item, Table))
    assert table == Table(("a", "b"), (SAMPLE, SAMPLE // 2), SAMPLE, ("table t",))
    assert read(["a"], []) == []


def test_what_rows_say_beside_is_passed_on_with_its_table() -> None:
    told = list(
        read_rows(a_table_source("db"), "t", ["a"], [Note("n"), ("x",), Problem("p")], most=9)
    )
    assert Note("n", ("t",)) in told and Problem("p", within=("t",)) in told


def test_a_table_that_goes_on_for_ever_ends() -> None:
    rows: list[Row] = [("x" * 100,)] * 100
    given = read(["a"], rows, most=450)
    (told,) = (item for item in given if isinstance(item, Problem))
    assert "the first 5 records" in told.why


def test_cells_deeper_than_the_limit_are_told() -> None:
    source = a_table_source("db")
    shallow = source.__class__(source.name, b"", source.open, limits=Limits(depth=0))
    (told, *_) = read_rows(shallow, "t", ["a"], [("x" * 9999,)], most=1 << 40)
    assert isinstance(told, Problem) and told.within == ("t", "row 1 · a")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (1.5, "1.5"),
        (Decimal("1.10"), "1.10"),
        (dt.date(2026, 1, 2), "2026-01-02"),
        ("a\tb\nc\u2028d", "a b c d"),
        (["ü", {"a": dt.date(2026, 1, 2)}], '["ü", {"a": "2026-01-02"}]'),
        (b"ada", "ada"),
        (b"\x00\x01", ""),
        ("x" * (LONGEST_CELL + 1), "x" * (LONGEST_CELL + 1)),
        (bytes(100), bytes(100)),
    ],
)
def test_values_as_text(value: object, text: str | bytes) -> None:
    assert cell_text(value) == text


def test_a_number_that_python_does_not_write_is_left_out() -> None:
    assert cell_text(10**5000) == ""
