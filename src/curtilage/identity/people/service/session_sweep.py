"""Ends sessions that are over by their age, or because nobody was seen in them.

They open nothing from that moment on, whenever this comes by: what hangs on them has to hear of
it, and goes on until it does."""

from collections.abc import Sequence
from dataclasses import dataclass

from curtilage.core.clock import Clock
from curtilage.core.db.engine import Database
from curtilage.core.models import TenantId
from curtilage.identity.people.models import Session
from curtilage.identity.people.rules import (
    APPS_IDLE,
    SESSION_LIMIT,
    SHORTEST_IDLE,
    is_over_for_apps,
)
from curtilage.identity.people.service.session_endings import SessionEndings
from curtilage.identity.people.store_ports import SessionStore

BATCH = 200


@dataclass(frozen=True, slots=True)
class SessionSweep:
    """Reads what may be over in batches, and ends each in a transaction of its own.

    So nobody who signs in meanwhile waits longer than for one of them, and no two who sweep at
    once can hold what the other waits for."""

    database: Database
    store: SessionStore
    endings: SessionEndings
    tenant: TenantId
    clock: Clock
    batch: int = BATCH

    async def end_over(self) -> int:
        """End all that are over; gives how many."""
        ended, after = 0, b""
        while batch := await self._load(after):
            for each in await self._choose(batch):
                ended += await self.endings.end_quiet(each)
            after = batch[-1].digest
        return ended

    async def _load(self, after: bytes) -> Sequence[Session]:
        at = self.clock.now()
        async with self.database.read() as connection:
            return await self.store.page_quiet(
                connection,
                self.tenant,
                started_until=at - SESSION_LIMIT,
                seen_until=at - SHORTEST_IDLE,
                after=after,
                limit=self.batch,
            )

    async def _choose(self, batch: Sequence[Session]) -> Sequence[Session]:
        at, ids = self.clock.now(), [each.id for each in batch]
        used: frozenset[str] = frozenset()
        async with self.database.read() as connection:
            for each in self.endings.hearers:
                used |= await each.list_used(connection, self.tenant, ids, at - APPS_IDLE)
        return [each for each in batch if is_over_for_apps(each, at=at, is_used=each.id in used)]
