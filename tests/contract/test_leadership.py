"""Over one store one node leads at a time, and another follows it."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from curtilage.app.leadership import build_leadership
from curtilage.app.migrations import SCRIPTS
from curtilage.core.db.engine import Database, open_database
from curtilage.core.db.migrate import migrate
from curtilage.core.slice import Job


@dataclass
class Works:
    """A job that tells whether it works now."""

    name: str = "works"
    is_working: bool = False

    async def run(self) -> None:
        self.is_working = True
        try:
            await asyncio.Event().wait()
        finally:
            self.is_working = False


@dataclass
class Node:
    """A node with one job; `start` and `stop` as a control process does."""

    database: Database
    name: str
    is_fit: bool = True

    def __post_init__(self) -> None:
        self.job = Works()
        self.leadership = build_leadership(
            self.database,
            holder=self.name,
            monotonic=time.monotonic,
            may_lead=lambda: self.is_fit,
        )
        self.stack = AsyncExitStack()

    async def start(self) -> None:
        await self.leadership.stand()
        jobs = self.leadership.led([self.job])
        tasks = [asyncio.create_task(job.run()) for job in jobs]

        async def end() -> None:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self.leadership.resign()

        self.stack.push_async_callback(end)

    async def stop(self) -> None:
        await self.stack.aclose()


async def wait_for(node: Node) -> None:
    async with asyncio.timeout(20):
        while not node.job.is_working:
            await asyncio.sleep(0.02)


@pytest.fixture
async def shared(postgres_url: str, data_dir: Path) -> AsyncIterator[Database]:
    """A store that nodes share."""
    database = open_database(postgres_url, data_dir)
    await migrate(database, SCRIPTS)
    yield database
    await database.close()


@pytest.mark.postgres
async def test_of_two_nodes_one_works_and_the_other_follows_it(shared: Database) -> None:
    one, other = Node(shared, "one"), Node(shared, "other")
    await one.start()
    await other.start()
    try:
        await wait_for(one)
        assert one.leadership.is_leading
        assert not other.leadership.is_leading
        assert not other.job.is_working
        await one.stop()
        await wait_for(other)
        assert not one.job.is_working
    finally:
        await one.stop()
        await other.stop()


@pytest.mark.postgres
async def test_a_node_that_may_lead_no_more_is_followed_while_it_runs(shared: Database) -> None:
    one, other = Node(shared, "one"), Node(shared, "other")
    await one.start()
    await other.start()
    try:
        await wait_for(one)
        one.is_fit = False
        await wait_for(other)
        assert not one.job.is_working
        assert not one.leadership.is_leading
    finally:
        await one.stop()
        await other.stop()


async def test_a_store_in_a_file_needs_no_lease(database: Database) -> None:
    made = build_leadership(database, holder="here", monotonic=time.monotonic)
    jobs: list[Job] = [Works()]
    assert (made.led(jobs) is jobs) == (database.dialect == "sqlite")
    await made.stand()
    assert made.is_leading
