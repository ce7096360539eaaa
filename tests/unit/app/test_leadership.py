"""One of all nodes does what is done once, and stops when it may no longer."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import chain, repeat

import pytest

from curtilage.app.leadership import AtTakeover, Leadership, LedJob
from curtilage.core.db.errors import DatabaseUnreachable
from curtilage.core.db.leases import Lease
from curtilage.core.slice import Job

LEASE = Lease("leader", "here", 1)


@dataclass
class Hand:
    """A lease that a test gives and takes."""

    current: Lease | None = None
    name: str = "hold"

    async def run(self) -> None:
        await asyncio.Event().wait()

    async def step(self) -> None:
        raise DatabaseUnreachable

    async def give_back(self) -> None:
        self.current = None
        raise DatabaseUnreachable


@dataclass
class Works:
    """A job that counts how often it began, and whether it works now."""

    name: str = "works"
    begun: int = 0
    is_working: bool = False
    fails: bool = False

    async def run(self) -> None:
        self.begun += 1
        self.is_working = True
        try:
            if self.fails:
                raise LookupError
            await asyncio.Event().wait()
        finally:
            self.is_working = False


async def until(what: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not what():
            await asyncio.sleep(0.01)


@asynccontextmanager
async def running(*jobs: Job) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(job.run()) for job in jobs]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_job_works_while_its_node_leads_and_not_else() -> None:
    hand, job = Hand(), Works()
    async with running(*Leadership(hand).led([job])):
        await asyncio.sleep(0)
        assert job.begun == 0
        hand.current = LEASE
        await until(lambda: job.is_working)
        hand.current = None
        await until(lambda: not job.is_working)
        hand.current = LEASE
        await until(lambda: job.begun == 2)
    assert not job.is_working


async def test_what_ends_a_job_is_told_to_who_runs_it() -> None:
    led = LedJob(Works(fails=True), lambda: True)
    with pytest.raises(LookupError):
        await led.run()


async def test_where_there_is_one_node_jobs_run_as_they_are() -> None:
    job = Works()
    assert Leadership().is_leading
    assert Leadership().led([job]) == [job]
    await Leadership().stand()
    await Leadership().resign()


async def test_who_resigns_leads_no_more_whether_the_store_answers_or_not() -> None:
    leadership = Leadership(Hand(LEASE))
    await leadership.resign()
    assert not leadership.is_leading


async def test_a_store_that_does_not_answer_stops_no_start() -> None:
    leadership = Leadership(Hand())
    await leadership.stand()
    assert not leadership.is_leading


async def test_what_is_done_at_takeovers_is_done_once_at_each() -> None:
    calls = []
    leads = chain([False, True, True, False, True], repeat(True))  # taken, lost, taken again

    async def act() -> None:
        calls.append("acted")

    async with running(LedJob(AtTakeover("act", act), lambda: next(leads))):
        await until(lambda: len(calls) == 2)
    assert len(calls) == 2
