"""Transactions keep one promise on SQLite and on PostgreSQL."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import IntegrityError

from curtilage.core.db.engine import Database, open_database
from curtilage.core.db.errors import ConstraintViolated, DatabaseLocked, ValueUnstorable
from curtilage.core.db.tables import BROADCAST
from curtilage.core.errors import CurtilageError

ROW = {"topic": "keys", "generation": 1}


async def topics(database: Database) -> list[str]:
    async with database.read() as connection:
        return list((await connection.execute(select(BROADCAST.c.topic))).scalars())


async def test_what_a_transaction_wrote_is_there_afterwards(database: Database) -> None:
    async with database.begin() as connection:
        await connection.execute(insert(BROADCAST).values(ROW))
    assert await topics(database) == ["keys"]


async def test_an_exception_undoes_the_transaction(database: Database) -> None:
    async def insert_and_fail() -> None:
        async with database.begin() as connection:
            await connection.execute(insert(BROADCAST).values(ROW))
            raise LookupError

    with pytest.raises(LookupError):
        await insert_and_fail()
    assert await topics(database) == []


async def test_what_may_be_lost_is_there_afterwards_as_well(database: Database) -> None:
    async with database.begin(may_be_lost=True) as connection:
        await connection.execute(insert(BROADCAST).values(ROW))
    assert await topics(database) == ["keys"]


async def test_a_violated_constraint_is_a_conflict_that_quotes_nothing(database: Database) -> None:
    async def insert_twice() -> None:
        async with database.begin() as connection:
            await connection.execute(insert(BROADCAST).values(ROW))
            await connection.execute(insert(BROADCAST).values(ROW))

    with pytest.raises(ConstraintViolated) as caught:
        await insert_twice()
    assert "keys" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


async def test_a_store_may_catch_the_violation_itself(database: Database) -> None:
    async with database.begin() as connection:
        await connection.execute(insert(BROADCAST).values(ROW))
        with pytest.raises(IntegrityError):
            async with connection.begin_nested():
                await connection.execute(insert(BROADCAST).values(ROW))
    assert await topics(database) == ["keys"]


async def test_insert_leaves_what_is_there_when_asked(database: Database) -> None:
    statement = database.insert(BROADCAST).values(ROW).on_conflict_do_nothing()
    for _ in range(2):
        async with database.begin() as connection:
            await connection.execute(statement)
    assert await topics(database) == ["keys"]


async def test_concurrent_writers_lose_no_update(database: Database) -> None:
    async def count_up() -> None:
        async with database.begin() as connection:
            await connection.execute(text("UPDATE broadcast SET generation = generation + 1"))

    async with database.begin() as connection:
        await connection.execute(insert(BROADCAST).values(ROW))
    await asyncio.gather(*(count_up() for _ in range(12)))
    async with database.read() as connection:
        assert (await connection.execute(select(BROADCAST.c.generation))).scalar_one() == 13


async def test_a_wrong_statement_is_an_error_of_ours(database: Database) -> None:
    with pytest.raises(CurtilageError) as caught:
        async with database.read() as connection:
            await connection.execute(text("SELECT * FROM not_there"))
    assert "not_there" not in str(caught.value)


async def test_a_writer_that_waits_too_long_is_told_that_it_is_locked(
    database: Database, database_url: str, data_dir: Path
) -> None:
    other = open_database(database_url, data_dir)

    async def insert_without_patience() -> None:
        async with other.begin_alone(wait_seconds=0) as connection:
            if other.dialect == "postgresql":
                await connection.execute(text("SET LOCAL lock_timeout = '10ms'"))
            await connection.execute(insert(BROADCAST).values(ROW))

    async with database.begin() as holder:
        await holder.execute(insert(BROADCAST).values(ROW))
        with pytest.raises(DatabaseLocked):
            await insert_without_patience()
    await other.close()


async def test_a_text_that_a_database_cannot_hold_is_no_failure_of_the_database(
    database: Database,
) -> None:
    """PostgreSQL has no NUL in texts: whoever sends one must not look like an outage."""

    async def look() -> list[str]:
        async with database.read() as connection:
            asked = select(BROADCAST.c.topic).where(BROADCAST.c.topic == "keys\0")
            return list((await connection.execute(asked)).scalars())

    if database.dialect == "sqlite":
        assert await look() == []
        return
    with pytest.raises(ValueUnstorable) as caught:
        await look()
    assert (caught.value.status, caught.value.__cause__) == (422, None)
    assert "keys" not in str(caught.value)


@pytest.mark.parametrize("drop", [Database.renew, Database.close])
async def test_a_connection_in_use_while_all_are_dropped_is_closed_when_it_comes_back(
    database: Database, drop: Callable[[Database], Awaitable[None]]
) -> None:
    async with database.begin() as connection:
        await connection.execute(insert(BROADCAST).values(ROW))
        driver = (await connection.get_raw_connection()).driver_connection
        await drop(database)
        await connection.execute(select(BROADCAST.c.topic))
    with pytest.raises((ValueError, psycopg.OperationalError)):  # as the drivers say "closed"
        await driver.execute("SELECT 1")  # type: ignore[union-attr]
    assert await topics(database) == ["keys"]


async def test_after_all_were_dropped_new_ones_are_kept_as_ever(database: Database) -> None:
    await database.renew()
    drivers = []
    for _ in range(2):
        async with database.read() as connection:
            drivers.append((await connection.get_raw_connection()).driver_connection)
    assert drivers[0] is drivers[1]
