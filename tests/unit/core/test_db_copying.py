"""A copy of a database is one state of it, beside who writes."""

import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from curtilage.core.db.copying import check_sqlite, copy_sqlite
from curtilage.core.db.errors import DatabaseCorrupt, DatabaseUnreachable


def _made(path: Path, rows: int = 500) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("CREATE TABLE row (n INTEGER, filler TEXT)")
    connection.executemany("INSERT INTO row VALUES (?, ?)", [(n, "x" * 500) for n in range(rows)])
    return connection


def _count(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("SELECT count(*) FROM row").fetchone()[0])


def test_a_copy_has_what_was_committed_and_nothing_that_was_not(tmp_path: Path) -> None:
    source, target = tmp_path / "a.db", tmp_path / "b.db"
    with closing(_made(source)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("INSERT INTO row VALUES (-1, 'not committed')")
        copy_sqlite(source, target)  # a writer at work holds nobody up
        writer.execute("COMMIT")
        assert (_count(target), _count(source)) == (500, 501)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.glob("b.db*")) == ["b.db"]


def test_a_copy_is_made_once(tmp_path: Path) -> None:
    source, target = tmp_path / "a.db", tmp_path / "b.db"
    _made(source, 1).close()
    target.write_bytes(b"kept")
    with pytest.raises(FileExistsError):
        copy_sqlite(source, target)
    assert target.read_bytes() == b"kept"


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnreachable):
        copy_sqlite(tmp_path / "a.db", tmp_path / "b.db")
    assert not (tmp_path / "a.db").exists()


def test_a_damaged_database_is_not_taken_for_a_copy(tmp_path: Path) -> None:
    source = tmp_path / "a.db"
    _made(source).close()
    raw = bytearray(source.read_bytes())
    raw[8192:8292] = b"\xff" * 100
    source.write_bytes(raw)
    with pytest.raises(DatabaseCorrupt):
        copy_sqlite(source, tmp_path / "b.db")
    with pytest.raises(DatabaseCorrupt):
        check_sqlite(source)


def test_a_sound_database_passes(tmp_path: Path) -> None:
    _made(tmp_path / "a.db").close()
    check_sqlite(tmp_path / "a.db")
