"""Databases in a file: read as they lie there, and not believed."""

import io
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from curtilage.survey.models import Item, Part, Problem, Spot, Table
from curtilage.survey.reading import read_items
from curtilage.survey.sources import HEAD, Limits, open_file, open_stream
from tests.unit.survey.readers.unpacking import a_zip, items, notes, problems, texts


def a_database(path: Path, *statements: str) -> Path:
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
    return path


USERS = (
    "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, photo BLOB)",
    "INSERT INTO users VALUES (1, 'ada@x.example', CAST('text' AS BLOB)), (7, NULL, x'00ff00ff')",
)


def read(path: Path) -> list[Item]:
    return list(read_items(open_file(path)))


def spot_of(given: list[Item], word: str) -> Spot:
    part = next(item for item in given if isinstance(item, Part) and word in item.text)
    return part.place.spot(part.text.index(word), part.text.index(word) + len(word))


def test_every_table_is_read_with_its_columns(tmp_path: Path) -> None:
    path = a_database(
        tmp_path / "any.name",
        *USERS,
        'CREATE TABLE "a ""b" (c)',
        'INSERT INTO "a ""b" VALUES (\'bob\')',
    )
    given = read(path)
    assert texts(given) == {
        ('table a "b',): "c\t\nbob\t\n",
        ("table users",): "id\temail\tphoto\n1\tada@x.example\ttext\n7\t\t\n",
    }
    assert Table(("id", "email", "photo"), (2, 1, 1), 2, ("table users",)) in given
    assert spot_of(given, "ada@").field == ("email", 1, 2)
    assert not problems(given)


def test_long_cells_and_files_in_cells_are_read_apart(tmp_path: Path) -> None:
    path = a_database(tmp_path / "a.sqlite", "CREATE TABLE t (id, body, file)")
    with closing(sqlite3.connect(path)) as connection:
        row = (1, "line\n" * 1000 + "ada", a_zip({"a.txt": b"bob"}))
        connection.execute("INSERT INTO t VALUES (?, ?, ?)", row)
        connection.commit()
    given = read(path)
    assert texts(given)["table t", "row 1 · file", "member a.txt"] == "bob"
    spot = spot_of(given, "ada")
    assert spot.within == ("table t", "row 1 · body") and (spot.line, spot.column) == (1001, 1)


def test_tables_of_any_length_come_in_parts(tmp_path: Path) -> None:
    path = a_database(
        tmp_path / "a.sqlite",
        "CREATE TABLE t (id, name)",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) "
        "INSERT INTO t SELECT i, 'name' || i FROM n",
    )
    parts = [item for item in read(path) if isinstance(item, Part)]
    assert len(parts) > 2 and all(part.text.startswith("id\tname\n") for part in parts)
    found = spot_of(list(parts), "name19999\n")
    assert found.field == ("name", 19999, 2)
    lines = "".join(part.text[slice(*part.core)] for part in parts if part.core).splitlines()
    assert lines == ["id\tname", *(f"{number}\tname{number}" for number in range(1, 20001))]


def test_a_member_of_an_archive_is_read_too(tmp_path: Path) -> None:
    raw = a_database(tmp_path / "a.sqlite", "PRAGMA journal_mode=WAL", *USERS).read_bytes()
    given = items("a.zip", a_zip({"a.db": raw}))
    assert ("member a.db", "table users") in texts(given) and not problems(given)


def test_nothing_is_written_locked_or_waited_for(tmp_path: Path) -> None:
    path = a_database(tmp_path / "a.sqlite", *USERS)
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("BEGIN EXCLUSIVE")
        assert ("table users",) in texts(read(path))
    assert [each.name for each in tmp_path.iterdir()] == ["a.sqlite"]


def test_changes_beside_the_file_are_told(tmp_path: Path) -> None:
    path = a_database(tmp_path / "a.sqlite", "PRAGMA journal_mode=WAL", *USERS)
    with closing(sqlite3.connect(path)) as writer:
        writer.execute("INSERT INTO users VALUES (9, 'bob', NULL)")
        writer.commit()
        (told,) = problems(read(path))
    assert "-wal" in told.why


def test_a_value_that_is_too_long_is_told_and_the_rest_is_read(tmp_path: Path) -> None:
    path = a_database(
        tmp_path / "a.sqlite",
        "CREATE TABLE t (a, b)",
        "INSERT INTO t VALUES (1, 'ada'), (2, zeroblob(70000000)), (3, 'bob')",
    )
    given = read(path)
    assert [told.why[:20] for told in problems(given)] == ["Record 2 is longer t"]
    assert texts(given) == {("table t",): "a\tb\n1\tada\n3\tbob\n"}


def test_views_and_virtual_tables_are_not_run(tmp_path: Path) -> None:
    path = a_database(
        tmp_path / "a.sqlite",
        *USERS,
        "CREATE VIEW endless AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) "
        "SELECT i FROM n",
        "CREATE VIRTUAL TABLE words USING fts5(body)",
        "INSERT INTO words VALUES ('ada lives here')",
    )
    given = read(path)
    assert "ada lives here" in texts(given)["table words_content",]
    assert ("table words",) not in texts(given) and ("table endless",) not in texts(given)


@pytest.mark.parametrize("place", [18, 105, 4096, 5000])
def test_what_is_broken_is_told(tmp_path: Path, place: int) -> None:
    path = a_database(tmp_path / "a.sqlite", *USERS)
    raw = bytearray(path.read_bytes())
    raw[place : place + 4000] = b"\xee" * len(raw[place : place + 4000])
    path.write_bytes(raw)
    given = read(path)
    assert problems(given) or ("table users",) in texts(given)


def test_what_is_cut_off_is_told(tmp_path: Path) -> None:
    path = a_database(tmp_path / "a.sqlite", *USERS)
    raw = path.read_bytes()
    assert not problems(read(path))
    for cut in (50, 4096, 5000, len(raw) - 1):
        path.write_bytes(raw[:cut])
        assert problems(read(path)), cut


def test_what_only_begins_like_one_is_told(tmp_path: Path) -> None:
    (told,) = items("a.sqlite", b"SQLite format 3\0" + bytes(5000))
    assert isinstance(told, Problem) and "broken" in told.why
    assert "Its name says SQLite" in problems(items("a.sqlite", bytes(range(256)) * 9))[0].why
    assert not notes([told])


def test_a_copy_of_a_stream_is_bounded_and_has_no_name(tmp_path: Path) -> None:
    rows = [f"INSERT INTO users VALUES ({number}, 'x', NULL)" for number in range(10, 3000)]
    raw = a_database(tmp_path / "a.sqlite", *USERS, *rows).read_bytes()
    seen: set[str] = set()

    class Watched(io.BytesIO):
        """Looks, while it is read, at the files that are open in this process."""

        def read(self, size: int | None = -1) -> bytes:
            if self.tell() > HEAD:
                opened = [each for each in Path("/proc/self/fd").iterdir() if each.is_symlink()]
                seen.update(str(each.readlink()) for each in opened)
            return super().read(size)

        def seekable(self) -> bool:
            return False

    given = list(read_items(open_stream(Watched(raw))))
    copies = [name for name in seen if "curtilage-" in name and "-test-cache-" not in name]
    assert ("table users",) in texts(given) and not problems(given)
    assert "2999" in "".join(item.text for item in given if isinstance(item, Part))
    assert copies and all(name.endswith("(deleted)") for name in copies)
    limits = Limits(unfolded=len(raw) - 1)
    (told,) = problems(list(read_items(open_stream(Watched(raw), limits))))
    assert "comes as a stream" in told.why
