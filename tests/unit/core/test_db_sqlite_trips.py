"""A statement makes one trip to SQLite's thread, and gives what the driver's own cursor gives."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import aiosqlite
import pytest

from curtilage.core.db.engine import open_database
from curtilage.core.db.errors import ConstraintViolated
from curtilage.core.db.sqlite_trips import SwiftConnection, connect_swiftly

STATEMENTS = [
    ("INSERT INTO kept VALUES (?, ?)", (1, "one")),
    ("INSERT INTO kept VALUES (2, 'two') RETURNING id", ()),
    ("SELECT id, word FROM kept ORDER BY id", ()),
    ("SELECT id FROM kept WHERE id = 99", ()),
    ("UPDATE kept SET word = 'both'", ()),
    ("DELETE FROM kept WHERE id = ?", (1,)),
]


@pytest.fixture
async def swift() -> AsyncIterator[SwiftConnection]:
    connection = await connect_swiftly(":memory:", isolation_level=None, check_same_thread=False)
    assert isinstance(connection, SwiftConnection)
    await connection.cursor().execute("CREATE TABLE kept (id INTEGER PRIMARY KEY, word TEXT)")
    yield connection
    await connection.close()


async def test_it_gives_what_the_drivers_own_cursor_gives(swift: SwiftConnection) -> None:
    async with aiosqlite.connect(":memory:", isolation_level=None) as plain:
        await plain.execute("CREATE TABLE kept (id INTEGER PRIMARY KEY, word TEXT)")
        for statement, values in STATEMENTS:
            ours = await swift.cursor().execute(statement, values)
            theirs = await plain.execute(statement, values)
            assert ours.description == theirs.description, statement
            assert ours.lastrowid == theirs.lastrowid
            assert await ours.fetchall() == list(await theirs.fetchall())
            assert ours.rowcount == theirs.rowcount, statement


async def test_a_statement_is_run_for_each_of_many_values(swift: SwiftConnection) -> None:
    many = await swift.cursor().executemany("INSERT INTO kept VALUES (?, ?)", [(1, "a"), (2, "b")])
    assert many.rowcount == 2
    found = await swift.cursor().execute("SELECT id FROM kept")
    assert await found.fetchall() == [(1,), (2,)]


class Trips:
    """The queue to the thread of a connection, with what goes through it meanwhile."""

    def __init__(self, connection: SwiftConnection) -> None:
        self.connection, self.queued, self.count = connection, connection._tx, 0

    def put_nowait(self, item: Any) -> None:
        self.count += 1
        self.queued.put_nowait(item)

    def __enter__(self) -> "Trips":
        self.connection._tx = self  # type: ignore[assignment]
        return self

    def __exit__(self, *_: object) -> None:
        self.connection._tx = self.queued


async def test_a_statement_takes_one_trip(swift: SwiftConnection) -> None:
    with Trips(swift) as trips:
        cursor = await swift.cursor().__aenter__()  # as SQLAlchemy does
        await cursor.execute("SELECT 1")
        assert await cursor.fetchall() == [(1,)]
        await cursor.close()
    assert trips.count == 1


async def test_what_begins_a_transaction_goes_along_with_its_first_statement(
    swift: SwiftConnection,
) -> None:
    with Trips(swift) as trips:
        swift.begin("BEGIN IMMEDIATE")
        await swift.cursor().execute("INSERT INTO kept VALUES (1, 'one')")
        assert swift.in_transaction
        await swift.cursor().execute("INSERT INTO kept VALUES (2, 'two')")
        await swift.commit()
        assert not swift.in_transaction
        await swift.rollback()  # nothing is left to undo: as SQLAlchemy's pool does
    assert trips.count == 3
    found = await swift.cursor().execute("SELECT count(*) FROM kept")
    assert await found.fetchall() == [(2,)]


async def test_what_only_read_ends_without_a_trip(swift: SwiftConnection) -> None:
    with Trips(swift) as trips:
        swift.begin("BEGIN")
        await swift.cursor().execute("SELECT 1 FROM kept")
        assert swift.in_transaction
        await swift.rollback()
        assert not swift.in_transaction
    assert trips.count == 1


@pytest.mark.parametrize("end", [SwiftConnection.commit, SwiftConnection.rollback])
async def test_a_transaction_of_no_statement_takes_no_trip_and_leaves_nothing_begun(
    swift: SwiftConnection, end: Callable[[SwiftConnection], Awaitable[None]]
) -> None:
    with Trips(swift) as trips:
        swift.begin("BEGIN IMMEDIATE")
        await end(swift)
    assert trips.count == 0
    await swift.cursor().execute("INSERT INTO kept VALUES (1, 'one')")
    assert not swift.in_transaction


async def test_what_is_abandoned_is_undone_before_it_is_closed(tmp_path: Path) -> None:
    connection = await connect_swiftly(str(tmp_path / "kept.db"), isolation_level=None)
    await connection.cursor().execute("CREATE TABLE kept (id INTEGER)")
    connection.begin("BEGIN IMMEDIATE")
    running = asyncio.ensure_future(connection.cursor().execute("INSERT INTO kept VALUES (1)"))
    await asyncio.sleep(0)  # it is queued, and nobody waits for it any more
    running.cancel()
    connection.abandon()
    left = await connection.cursor().execute("SELECT count(*) FROM kept")
    assert not connection.in_transaction
    assert await left.fetchall() == [(0,)]
    await connection.close()


async def test_a_refused_statement_leaves_no_cursor_that_holds_the_transaction(
    tmp_path: Path,
) -> None:
    database = open_database("sqlite", tmp_path)
    async with database.begin() as connection:
        await connection.exec_driver_sql("CREATE TABLE kept (id INTEGER PRIMARY KEY)")
        await connection.exec_driver_sql("INSERT INTO kept VALUES (1)")
    with pytest.raises(ConstraintViolated):
        async with database.begin() as connection:
            await connection.exec_driver_sql("INSERT INTO kept VALUES (1)")
    async with database.begin() as connection:  # nobody holds the lock any more
        await connection.exec_driver_sql("INSERT INTO kept VALUES (2)")
        found = await connection.exec_driver_sql("SELECT id FROM kept ORDER BY id")
        assert found.scalars().all() == [1, 2]
    await database.close()


async def test_after_the_end_nothing_is_run() -> None:
    connection = await connect_swiftly(":memory:")
    await connection.close()
    with pytest.raises(ValueError, match="no active connection"):
        await connection.cursor().execute("SELECT 1")


async def test_a_wrong_statement_is_the_drivers_own_error(swift: SwiftConnection) -> None:
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        await swift.cursor().execute("SELECT * FROM nowhere")


async def test_who_goes_on_after_a_transaction_could_not_begin_writes_nothing_outside_of_one(
    tmp_path: Path,
) -> None:
    """Another process holds the database for a moment; the caller swallows that and goes on."""
    path = str(tmp_path / "kept.db")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("CREATE TABLE kept (id INTEGER PRIMARY KEY, word TEXT)")
    other.execute("BEGIN IMMEDIATE")
    swift = await connect_swiftly(path, isolation_level=None, timeout=0)
    swift.begin("BEGIN IMMEDIATE")
    with pytest.raises(sqlite3.OperationalError):
        await swift.cursor().execute("INSERT INTO kept VALUES (1, 'one')")
    other.execute("ROLLBACK")
    await swift.cursor().execute("INSERT INTO kept VALUES (2, 'two')")
    await swift.rollback()
    assert other.execute("SELECT id FROM kept").fetchall() == []
    await swift.close()
    other.close()
