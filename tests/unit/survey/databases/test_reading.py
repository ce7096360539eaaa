"""A database is read by its kind, and what cannot be read comes out as a problem."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from curtilage.survey.databases.addresses import parse_address
from curtilage.survey.databases.reading import read_database
from curtilage.survey.databases.selection import Selection
from curtilage.survey.models import Part, Problem


def test_a_file_of_sqlite_is_read_by_its_address(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "a.db")) as connection:
        for name in ("people", "other"):
            connection.execute(f"CREATE TABLE {name} (email TEXT)")
            connection.execute(f"INSERT INTO {name} VALUES ('{name}@orchard.example')")
        connection.commit()
    address = parse_address(f"sqlite:///{tmp_path}/a.db")
    items = list(read_database(address, Selection(tables=("people",))))
    (text,) = (each.text for each in items if isinstance(each, Part))
    assert "people@orchard.example" in text and "other@" not in text


@pytest.mark.parametrize(
    "address",
    ["postgresql://127.0.0.1:1/x", "mysql://127.0.0.1:1/x", "sqlite:////nowhere/a.db"],
)
def test_what_is_not_there_is_a_problem(address: str) -> None:
    items = list(read_database(parse_address(address), Selection()))
    assert [type(each) for each in items] == [Problem]
