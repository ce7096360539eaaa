"""Broadcast keeps one promise on SQLite and on PostgreSQL."""

import asyncio

import pytest

from curtilage.core.db.broadcast import bump, generations
from curtilage.core.db.engine import Database


async def bump_once(database: Database, topic: str) -> None:
    async with database.begin() as connection:
        await bump(connection, topic)


async def test_every_bump_counts_its_topic_up(database: Database) -> None:
    assert await generations(database) == {}
    for topic in ("keys", "policy", "keys"):
        await bump_once(database, topic)
    assert await generations(database) == {"keys": 2, "policy": 1}


async def test_concurrent_bumps_all_count(database: Database) -> None:
    await asyncio.gather(*(bump_once(database, "keys") for _ in range(10)))
    assert await generations(database) == {"keys": 10}


async def test_a_bump_that_is_undone_wakes_nobody(database: Database) -> None:
    async def bump_and_fail() -> None:
        async with database.begin() as connection:
            await bump(connection, "keys")
            raise LookupError

    with pytest.raises(LookupError):
        await bump_and_fail()
    assert await generations(database) == {}
