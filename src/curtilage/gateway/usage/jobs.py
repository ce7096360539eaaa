"""Keeps the sums of usage up with the ledger."""

import asyncio
import logging
from dataclasses import dataclass

from curtilage.core.errors import CurtilageError
from curtilage.gateway.usage.ports import UsageLedger, UsageWriter

BATCH = 2000
PAUSE = 0.5  # seconds between two looks when nothing is new
BACKOFF = 5.0
log = logging.getLogger(__name__)


@dataclass
class ProjectUsage:
    """A Job, and what a command does once before it reports."""

    ledger: UsageLedger
    store: UsageWriter
    backoff: float = BACKOFF
    name: str = "project-usage"

    async def run(self) -> None:
        while True:
            try:
                await self.catch_up()
            except CurtilageError as error:
                log.error("usage waits", extra={"event": "projection", "code": error.code})
                await asyncio.sleep(self.backoff)
            await asyncio.sleep(PAUSE)

    async def catch_up(self) -> None:
        """Count what is durable now; what comes meanwhile may wait for the next time."""
        while await self.step() >= BATCH:
            pass

    async def step(self) -> int:
        """Count one batch; how many records it held. One that somebody else counted counts as none
        of ours, and is looked for again."""
        before = await self.store.cursor()
        records, after = await asyncio.to_thread(self.ledger.read, before, limit=BATCH)
        if records:
            await self.store.add([record.event for record in records], before=before, after=after)
        return len(records)
