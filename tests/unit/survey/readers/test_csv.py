"""Every cell of a table stands under its title, and leads back to the file."""

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from curtilage.survey.models import Field
from curtilage.survey.readers.csv import find_delimiter
from tests.unit.survey.readers.reading import field, original, shown, tables

TABLE = 'id;name;note\n1;"Ada ""the first""";"line one\nline two; more"\n2;Bob;plain\n'


def test_cells_stand_between_tabs_and_a_record_in_a_line() -> None:
    assert shown("a.csv", TABLE) == (
        'id\tname\tnote\n1\tAda "the first"\tline one line two; more\n2\tBob\tplain\n'
    )


def test_a_finding_has_its_row_its_column_and_its_title() -> None:
    assert field("a.csv", TABLE, "more") == Field("note", 2, 3)
    assert field("a.csv", TABLE, "first") == Field("name", 2, 2)
    assert field("a.csv", TABLE, "plain") == Field("note", 3, 3)


def test_it_leads_back_to_the_file() -> None:
    assert original("a.csv", TABLE, '"the') == '""the'
    assert original("a.csv", TABLE, "one line") == "one\nline"


def test_data_in_the_first_row_is_no_title() -> None:
    assert field("a.csv", "1,ada@x.example\n2,word", "word") == Field("column 2", 2, 2)


def test_columns_are_counted() -> None:
    (table,) = tables("a.csv", TABLE + "3;;x\n")
    assert (table.titles, table.filled, table.rows) == (("id", "name", "note"), (3, 2, 3), 4)
    assert tables("a.csv", "only\none\ncolumn\n") == []


def test_a_cell_that_never_ends_is_not_believed() -> None:
    content = 'a,b\n1,"open\n' + "x,y\n" * 40_000
    assert shown("a.csv", content).endswith("x\ty\n")


def test_the_delimiter_is_the_one_that_stands_as_often_in_each_line() -> None:
    assert find_delimiter("a;b\n1,5;2,5\n") == ";"
    assert find_delimiter("a\tb\n1\t2\n") == "\t"
    assert find_delimiter("") == ","


CELLS = st.text(st.sampled_from('ab ;,"\n\t'), max_size=6)


@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=5))
def test_what_the_csv_module_writes_is_read(rows: list[tuple[str, str]]) -> None:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([("one", "two"), *rows])
    expected = [[cell.replace("\n", " ").replace("\t", " ") for cell in row] for row in rows]
    lines = shown("a.csv", out.getvalue()).split("\n")[1:-1]
    assert [line.split("\t") for line in lines] == expected
