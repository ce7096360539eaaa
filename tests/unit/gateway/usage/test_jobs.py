"""The job that keeps the sums up with the ledger."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from curtilage.core.db.engine import open_database
from curtilage.core.errors import UnavailableError
from curtilage.gateway.usage.jobs import ProjectUsage
from curtilage.gateway.usage.store import USAGE, UsageStore
from curtilage.ledger.models import Cursor, Position, Record
from tests.unit.gateway.usage.calls import PRICED, FakeLedger, a_call, used


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[UsageStore]:
    database = open_database("sqlite", tmp_path)
    async with database.begin() as connection:
        await connection.run_sync(USAGE.create_all)
    yield UsageStore(database)
    await database.close()


async def test_everything_is_counted_once_by_however_many_count(store: UsageStore) -> None:
    ledger = FakeLedger(*(event for number in range(20) for event in a_call(number)))
    jobs = [ProjectUsage(ledger, store) for _ in range(3)]
    await asyncio.gather(*(job.catch_up() for job in jobs))
    ledger.events += a_call(20)
    await jobs[0].catch_up()
    assert await store.everything() == ({PRICED: used(21)}, {"gw-0": Position(0, 42)})


class Flaky(FakeLedger):
    """Cannot be read the first time."""

    fails = True

    def read(self, cursor: Cursor, *, limit: int) -> tuple[list[Record], Cursor]:
        if self.fails:
            self.fails = False
            raise UnavailableError
        return super().read(cursor, limit=limit)


async def test_what_cannot_be_read_is_read_later(store: UsageStore) -> None:
    job = ProjectUsage(Flaky(*a_call(1)), store, backoff=0.01)
    running = asyncio.ensure_future(job.run())
    while (await store.everything())[0] != {PRICED: used()}:
        await asyncio.sleep(0.02)
    running.cancel()
    assert await asyncio.gather(running, return_exceptions=True) and running.cancelled()
