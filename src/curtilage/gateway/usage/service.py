"""Reports what was used, and recounts it from the ledger."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from curtilage.core.authority import Authority
from curtilage.core.models import Event, Principal
from curtilage.gateway.usage.labels import Labels
from curtilage.gateway.usage.models import (
    By,
    Counts,
    Difference,
    OpenCall,
    Period,
    UsageKey,
    UsageRow,
    UsageView,
)
from curtilage.gateway.usage.ports import UsageLedger, UsageReader
from curtilage.gateway.usage.rules import compare, fold
from curtilage.ledger.models import Cursor

READ = "usage:read"
BATCH = 5000


@dataclass(frozen=True, slots=True)
class UsageService:
    """The use cases of usage."""

    store: UsageReader
    ledger: UsageLedger
    authority: Authority
    labels: Labels

    async def report(self, actor: Principal, by: By, period: Period) -> Sequence[UsageRow]:
        """What was used in a period, the dearest first; by day, the newest first.

        People are ids here: for commands, and to be named."""
        self.authority.require(actor, READ, tenant=actor.tenant)
        totals = await self.store.totals(actor.tenant, by, period)
        rows = await self.labels.label(by, totals, self.authority.list_held(actor))
        if by is By.DAY:
            return sorted(rows, key=lambda row: row.label, reverse=True)
        return sorted(rows, key=_dearness)

    async def sheet(self, actor: Principal, by: By, period: Period) -> Sequence[UsageRow]:
        """All lines of a report, each called what the page calls it for the same reader."""
        return await self._name(actor, by, await self.report(actor, by, period))

    async def overview(self, actor: Principal, by: By, period: Period, *, limit: int) -> UsageView:
        """The first lines of a report with names of people, and beside it the days."""
        rows = await self.report(actor, by, period)
        days = rows if by is By.DAY else await self.report(actor, By.DAY, period)
        shown = await self._name(actor, by, rows[:limit])
        return UsageView(shown, days, len(rows) - len(shown))

    async def reconcile(self, actor: Principal) -> Sequence[Difference]:
        """Count again from the ledger, up to where the sums reach; what differs."""
        self.authority.require(actor, READ, tenant=actor.tenant)
        kept, cursor = await self.store.everything()
        recounted = await asyncio.to_thread(recount, self.ledger, cursor)
        return [each for each in compare(kept, recounted) if each.key.tenant == actor.tenant]

    async def _name(self, actor: Principal, by: By, rows: Sequence[UsageRow]) -> Sequence[UsageRow]:
        if by is not By.PERSON:
            return rows
        return await self.labels.name_people(rows, self.authority.list_held(actor))


def recount(ledger: UsageLedger, cursor: Cursor) -> dict[UsageKey, Counts]:
    """The sums as the ledger says them, up to `cursor`, in the calling thread."""
    sums: dict[UsageKey, Counts] = {}
    known: dict[tuple[str, str], OpenCall] = {}
    batch: list[Event] = []

    def count() -> None:
        folded = fold(batch, known)
        for key, counts in folded.sums.items():
            sums[key] = sums.get(key, Counts()).plus(counts)
        for intent in folded.closed:
            del known[intent]
        known.update(folded.opened)
        batch.clear()

    for record in ledger.iterate_until(cursor):
        batch.append(record.event)
        if len(batch) >= BATCH:
            count()
    count()
    return sums


def _dearness(row: UsageRow) -> tuple[int, int, str]:
    counts = row.counts
    return -counts.cost, -(counts.tokens_in + counts.tokens_out), row.label
