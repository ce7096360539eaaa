"""A statement makes one trip to SQLite's thread, and gives what the driver's own cursor gives."""

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

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
    connection = await connect_swiftly(":memory:", isolation_level=None)
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


async def test_a_statement_takes_one_trip(swift: SwiftConnection) -> None:
    trips: list[object] = []
    queued = swift._tx
    put = queued.put_nowait

    class Counting:
        """The queue to the thread, with what went through it."""

        def put_nowait(self, item: object) -> None:
            trips.append(item)
            put(item)  # type: ignore[arg-type]

    swift._tx = Counting()  # type: ignore[assignment]
    cursor = await swift.cursor().__aenter__()  # as SQLAlchemy does
    await cursor.execute("SELECT 1")
    assert await cursor.fetchall() == [(1,)]
    await cursor.close()
    swift._tx = queued
    assert len(trips) == 1


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
