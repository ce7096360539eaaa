"""Over one store one node leads at a time, and another follows it."""

import asyncio
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass

from curtilage.app.leadership import Leadership, build_leadership
from curtilage.core.db.engine import Database
from curtilage.core.db.leases import Holding, Leases
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

    def __post_init__(self) -> None:
        self.job = Works()
        self.leadership = Leadership(
            Holding(Leases(self.database), "leader", self.name, time.monotonic)
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

        self.stack.push_async_callback(end)

    async def stop(self) -> None:
        await self.stack.aclose()


async def wait_for(node: Node) -> None:
    async with asyncio.timeout(20):
        while not node.job.is_working:
            await asyncio.sleep(0.02)


async def test_of_two_nodes_one_works_and_the_other_follows_it(database: Database) -> None:
    one, other = Node(database, "one"), Node(database, "other")
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


async def test_a_store_in_a_file_needs_no_lease(database: Database) -> None:
    made = build_leadership(database, holder="here", monotonic=time.monotonic)
    jobs: list[Job] = [Works()]
    assert (made.led(jobs) is jobs) == (database.dialect == "sqlite")
    await made.stand()
    assert made.is_leading
