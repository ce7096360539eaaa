"""Opening a database: every wrong start is refused in words that say what to do."""

import asyncio
import os
import sqlite3
import stat
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, insert, text

from curtilage.app.migrations import SCRIPTS
from curtilage.core.db.engine import FILE_NAME, Database, open_database
from curtilage.core.db.errors import (
    DatabaseCorrupt,
    DatabaseFull,
    DatabaseLocked,
    DatabaseRefused,
    DatabaseUnreachable,
    DatabaseUnusable,
    postgres_problem,
    sqlite_problem,
)
from curtilage.core.db.lock import directory_lock
from curtilage.core.db.migrate import migrate
from curtilage.core.db.tables import OUTBOX
from curtilage.core.errors import CurtilageError, SetupError, UnavailableError

NOT_FOR_ROOT = pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")


def modes(directory: Path) -> set[int]:
    return {stat.S_IMODE(path.stat().st_mode) for path in directory.iterdir()}


async def pragma(database: Database, name: str) -> object:
    async with database.read() as connection:
        return (await connection.execute(text(f"PRAGMA {name}"))).scalar_one()


async def test_the_file_is_private_durable_and_keeps_foreign_keys(data_dir: Path) -> None:
    database = open_database("sqlite", data_dir)
    assert stat.S_IMODE((data_dir / FILE_NAME).stat().st_mode) == 0o600
    assert await pragma(database, "journal_mode") == "wal"
    assert await pragma(database, "synchronous") == 2
    assert await pragma(database, "foreign_keys") == 1
    assert await pragma(database, "secure_delete") == 1
    assert modes(data_dir) == {0o600}
    await database.close()


async def test_a_data_directory_that_is_not_there_is_made_private(tmp_path: Path) -> None:
    directory = tmp_path / "new" / "data"
    await open_database("sqlite", directory).close()
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "url",
    [
        "",
        "sqlite:///elsewhere.db",
        "mysql://ada:hunter2@db.example/x",
        "postgres://ada:hunter2@db.example/x",
        "postgresql://ada:hunter2@db.example:port/x",
        "postgresql+asyncpg://ada:hunter2@db.example/x",
    ],
)
def test_an_address_that_is_not_understood_is_refused_and_not_quoted(
    url: str, data_dir: Path
) -> None:
    with pytest.raises(SetupError, match=r"store\.url") as caught:
        open_database(url, data_dir)
    assert "hunter2" not in str(caught.value) + caught.value.advice


async def test_a_server_that_does_not_answer_is_unreachable(data_dir: Path) -> None:
    database = open_database("postgresql://ada:hunter2@127.0.0.1:1/x", data_dir)
    with pytest.raises(DatabaseUnreachable) as caught:
        await migrate(database, SCRIPTS)
    assert "hunter2" not in str(caught.value)
    await database.close()


def test_a_file_in_place_of_the_data_directory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(DatabaseRefused, match="cannot be written"):
        open_database("sqlite", tmp_path / "data")


@NOT_FOR_ROOT
def test_a_data_directory_that_cannot_be_written_is_refused(data_dir: Path) -> None:
    data_dir.chmod(0o500)
    with pytest.raises(DatabaseRefused, match="cannot be written"):
        open_database("sqlite", data_dir)


@pytest.mark.parametrize("raw", [b"no database" * 100, b"SQLite format 3\x00" + b"\xff" * 4096])
def test_a_file_that_is_no_database_is_corrupt(data_dir: Path, raw: bytes) -> None:
    (data_dir / FILE_NAME).write_bytes(raw)
    with pytest.raises(DatabaseCorrupt):
        open_database("sqlite", data_dir)


async def test_a_page_that_was_overwritten_is_corrupt(data_dir: Path) -> None:
    database = open_database("sqlite", data_dir)
    await migrate(database, SCRIPTS)
    await database.close()
    with (data_dir / FILE_NAME).open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * 40_000)
    database = open_database("sqlite", data_dir)
    with pytest.raises(DatabaseCorrupt):
        await migrate(database, SCRIPTS)
    await database.close()


async def test_a_full_disk_is_said_and_loses_nothing_that_was_there(data_dir: Path) -> None:
    database = open_database("sqlite", data_dir)
    await migrate(database, SCRIPTS)
    async with database.read() as connection:
        pages = (await connection.execute(text("PRAGMA page_count"))).scalar_one()
        await connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")

    async def write_much() -> None:
        async with database.begin() as connection:
            await connection.execute(insert(OUTBOX).values(event="x" * 100_000))

    with pytest.raises(DatabaseFull):
        await write_much()
    async with database.read() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM outbox"))).scalar_one() == 0
    await database.close()


def test_two_processes_take_turns_in_a_directory(tmp_path: Path) -> None:
    with directory_lock(tmp_path), pytest.raises(BlockingIOError):
        directory_lock(tmp_path, wait=False).__enter__()
    with directory_lock(tmp_path, wait=False):
        assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (sqlite3.SQLITE_BUSY, DatabaseLocked),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, DatabaseLocked),
        (sqlite3.SQLITE_FULL, DatabaseFull),
        (sqlite3.SQLITE_CORRUPT_VTAB, DatabaseCorrupt),
        (sqlite3.SQLITE_NOTADB, DatabaseCorrupt),
        (sqlite3.SQLITE_CANTOPEN, DatabaseUnreachable),
        (sqlite3.SQLITE_IOERR_FSYNC, DatabaseUnusable),
        (sqlite3.SQLITE_READONLY, DatabaseUnusable),
    ],
)
def test_what_sqlite_says_has_a_name_of_ours(code: int, kind: type[CurtilageError]) -> None:
    error = sqlite3.OperationalError("words with a value")
    error.sqlite_errorcode = code
    assert type(sqlite_problem(error)) is kind


@pytest.mark.parametrize(
    ("sqlstate", "kind"),
    [
        (None, DatabaseUnreachable),
        ("08006", DatabaseUnreachable),
        ("28P01", DatabaseUnreachable),
        ("3D000", DatabaseUnreachable),
        ("57P01", DatabaseUnreachable),
        ("53300", DatabaseUnreachable),
        ("53100", DatabaseFull),
        ("55P03", DatabaseLocked),
        ("40001", DatabaseLocked),
        ("40P01", DatabaseLocked),
        ("XX001", DatabaseCorrupt),
        ("42P01", DatabaseUnusable),
    ],
)
def test_what_postgresql_says_has_a_name_of_ours(
    sqlstate: str | None, kind: type[UnavailableError]
) -> None:
    assert type(postgres_problem(sqlstate)) is kind


def test_an_error_without_a_code_is_still_one_of_ours() -> None:
    assert type(sqlite_problem(sqlite3.ProgrammingError("closed"))) is DatabaseUnusable


async def test_a_request_that_ends_while_it_reads_leaves_no_lock_behind(data_dir: Path) -> None:
    """Its connection is closed with a cursor that its traceback still refers to."""
    database = open_database("sqlite", data_dir)
    async with database.begin() as connection:
        await connection.execute(text("CREATE TABLE t (x)"))

    def end_it(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("SELECT"):
            task = asyncio.current_task()
            assert task is not None
            task.cancel()

    async def work() -> None:
        async with database.begin() as connection:
            await connection.execute(text("INSERT INTO t VALUES (1)"))
            await connection.execute(text("SELECT * FROM t"))

    event.listen(database.engine.sync_engine, "before_cursor_execute", end_it)
    working = asyncio.ensure_future(work())  # referred to until the end of the test
    with pytest.raises(asyncio.CancelledError):
        await working
    event.remove(database.engine.sync_engine, "before_cursor_execute", end_it)
    async with database.begin() as connection:
        assert (await connection.execute(text("SELECT * FROM t"))).all() == []
    await database.close()


async def test_writers_of_one_process_write_in_the_order_in_which_they_came(data_dir: Path) -> None:
    database, order = open_database("sqlite", data_dir), list[int]()

    async def write(number: int) -> None:
        async with database.begin() as connection:
            await connection.execute(text("SELECT 1"))
            await asyncio.sleep(0.001 * (5 - number))
            order.append(number)

    await asyncio.gather(*(write(number) for number in range(5)))
    assert order == [0, 1, 2, 3, 4]
    await database.close()


async def test_a_writer_that_gave_up_or_failed_leaves_the_turn_to_the_next(data_dir: Path) -> None:
    database = open_database("sqlite", data_dir)
    began, go_on = asyncio.Event(), asyncio.Event()

    async def write() -> None:
        async with database.begin() as connection:
            await connection.execute(text("SELECT 1"))
            began.set()
            await go_on.wait()

    first = asyncio.ensure_future(write())
    await began.wait()
    second = asyncio.ensure_future(write())
    await asyncio.sleep(0)
    for each in (second, first):
        each.cancel()
        with pytest.raises(asyncio.CancelledError):
            await each
    with pytest.raises(ZeroDivisionError):
        async with database.begin():
            raise ZeroDivisionError
    async with database.begin() as connection:
        assert (await connection.execute(text("SELECT 1"))).scalar_one() == 1
    await database.close()
