"""One at a time, for the length of a transaction."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from curtilage.core.db.engine import Database, open_database
from curtilage.core.db.errors import DatabaseLocked
from curtilage.core.db.turns import server_time, stand_alone

pytestmark = pytest.mark.postgres
LOCK = 0x74657374  # "test"


@pytest.fixture
async def database(postgres_url: str, data_dir: Path) -> AsyncIterator[Database]:
    database = open_database(postgres_url, data_dir)
    yield database
    await database.close()


async def test_of_many_who_ask_one_goes_at_a_time(database: Database) -> None:
    inside: list[int] = []

    async def go(number: int) -> int:
        async with database.begin() as connection:
            await stand_alone(connection, LOCK, wait_seconds=20)
            inside.append(number)
            together = len(inside)
            await asyncio.sleep(0.01)
            inside.remove(number)
        return together

    assert await asyncio.gather(*(go(number) for number in range(4))) == [1, 1, 1, 1]


async def test_who_waits_too_long_is_told(database: Database) -> None:
    async with database.begin() as first:
        await stand_alone(first, LOCK, wait_seconds=1)
        with pytest.raises(DatabaseLocked):
            async with database.begin() as second:
                await stand_alone(second, LOCK, wait_seconds=1)


async def test_the_time_of_the_server_goes_on_within_a_transaction(database: Database) -> None:
    async with database.read() as connection:
        first = (await connection.execute(select(server_time()))).scalar_one()
        assert (await connection.execute(select(server_time()))).scalar_one() > first
