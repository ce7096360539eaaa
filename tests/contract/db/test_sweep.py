"""A sweep deletes what is over, and waits for nobody who holds some of it."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table, select

from curtilage.core.db.engine import Database
from curtilage.core.db.sweep import sweep

ROW = Table(
    "swept",
    MetaData(),
    Column("tenant", String(8), primary_key=True),
    Column("n", Integer, primary_key=True),
)


@pytest.fixture
async def rows(database: Database) -> AsyncIterator[Database]:
    async with database.begin() as connection:
        await connection.run_sync(ROW.create)
        await connection.execute(ROW.insert(), [{"tenant": "ours", "n": n} for n in range(4)])
    yield database
    async with database.begin() as connection:
        await connection.run_sync(ROW.drop)


async def left(database: Database) -> list[int]:
    async with database.read() as connection:
        return list(await connection.scalars(select(ROW.c.n).order_by(ROW.c.n)))


async def test_what_is_over_goes_and_the_rest_stays(rows: Database) -> None:
    async with rows.begin() as connection:
        gone = await connection.execute(sweep(ROW, ROW.c.tenant == "ours", ROW.c.n < 2))
    assert (gone.rowcount, await left(rows)) == (2, [2, 3])


async def test_what_somebody_holds_is_passed_over_and_goes_the_next_time(rows: Database) -> None:
    if rows.dialect == "sqlite":
        pytest.skip("one writer: nobody else holds a row")
    async with rows.begin() as holding:
        await holding.execute(select(ROW).where(ROW.c.n == 0).with_for_update())
        async with asyncio.timeout(5), rows.begin() as connection:
            await connection.execute(sweep(ROW, ROW.c.n < 2))
    assert await left(rows) == [0, 2, 3]
    async with rows.begin() as connection:
        await connection.execute(sweep(ROW, ROW.c.n < 2))
    assert await left(rows) == [2, 3]
