"""Runs jobs beside each other, and the roof's own jobs: looking, and draining the outbox."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from curtilage.app.changes import Changes
from curtilage.core.db import outbox
from curtilage.core.db.engine import Database
from curtilage.core.errors import CurtilageError
from curtilage.core.shared.ports import Broadcast
from curtilage.core.slice import Job
from curtilage.ledger.writer import LedgerWriter

POLL = 0.2  # seconds: a change made by another process is seen so soon, whoever wakes or not
BREATH = 0.02  # seconds between two looks, however often this process is woken
JOB_PAUSE = 1.0
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Watch:
    """A Job: keeps the view of what changed fresh."""

    changes: Changes
    broadcast: Broadcast
    name: str = "watch-changes"

    async def run(self) -> None:
        while True:
            await self.broadcast.wait(POLL)
            await self.changes.poll()
            await asyncio.sleep(BREATH)


@dataclass(frozen=True, slots=True)
class DrainOutbox:
    """A Job: moves Events that were committed with state into the ledger."""

    database: Database
    writer: LedgerWriter
    name: str = "drain-outbox"

    async def run(self) -> None:
        while True:
            moved = await outbox.drain(self.database, self.writer.append)
            if not moved:
                await asyncio.sleep(POLL)


async def keep_running(job: Job) -> None:
    """Run a job; after a failure that is not a bug, again, a little later."""
    while True:
        try:
            await job.run()
        except CurtilageError as error:
            log.error(
                "job failed", extra={"event": "job.failed", "role": job.name, "code": error.code}
            )
        except Exception:  # a bug in one job must not stop the others; its log says where
            log.error("job failed", extra={"event": "bug", "role": job.name}, exc_info=True)
        await asyncio.sleep(JOB_PAUSE)


@contextlib.asynccontextmanager
async def running(jobs: Sequence[Job]) -> AsyncIterator[None]:
    """The jobs run inside the block."""
    tasks = [asyncio.create_task(keep_running(job), name=job.name) for job in jobs]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
