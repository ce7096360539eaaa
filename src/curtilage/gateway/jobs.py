"""Keeps the tables of the gateway up: with the ledger, and free of what is over."""

import asyncio
import logging
from dataclasses import dataclass

from curtilage.core.clock import Clock
from curtilage.core.errors import CurtilageError
from curtilage.gateway.ports import ExchangeWriter, LedgerSource, OldRows

BATCH = 2000
PAUSE = 0.3  # seconds between two looks when nothing is new
BACKOFF = 5.0
FORGET_EVERY = 3600.0
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ForgetOldRows:
    """A Job: deletes sealed rows that are kept no longer."""

    store: OldRows
    clock: Clock
    name: str = "forget-old-rows"

    async def run(self) -> None:
        while True:
            await self.store.forget_old(self.clock.now())
            await asyncio.sleep(FORGET_EVERY)


@dataclass
class ProjectExchanges:
    """A Job. A batch and how far it reaches are written together, so none is lost or doubled."""

    ledger: LedgerSource
    store: ExchangeWriter
    name: str = "project-exchanges"

    async def run(self) -> None:
        while True:
            try:
                moved = await self.step()
            except CurtilageError as error:
                log.error("projection waits", extra={"event": "projection", "code": error.code})
                await asyncio.sleep(BACKOFF)
                continue
            if moved < BATCH:
                await asyncio.sleep(PAUSE)

    async def step(self) -> int:
        """Take over one batch; how many records it held."""
        cursor = await self.store.cursor()
        records, reached = await asyncio.to_thread(self.ledger.read, cursor, limit=BATCH)
        if records:
            await self.store.add([record.event for record in records], reached)
        return len(records)
