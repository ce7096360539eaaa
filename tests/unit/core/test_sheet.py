"""Tables for spreadsheets."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curtilage.core.sheet import encode_rows

CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@pytest.mark.parametrize("begins", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_what_a_spreadsheet_would_run_is_text(begins: str) -> None:
    assert encode_rows([[begins, -1]]).startswith(("'", "\"'"))
    assert encode_rows([[-1]]) == "-1\r\n", "a number is none of it"


@given(st.lists(st.lists(CELLS, min_size=2, max_size=4), max_size=4))
def test_every_other_cell_comes_back_as_it_was(rows: list[list[str]]) -> None:
    read = list(csv.reader(io.StringIO(encode_rows(rows), newline="")))
    formulas = ("=", "+", "-", "@", "\t", "\r")
    assert read == [
        [f"'{cell}" if cell.startswith(formulas) else cell for cell in row] for row in rows
    ]
