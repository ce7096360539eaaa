"""Tallies of what a second policy would have done, by hour, beside the rows of calls."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.consent.shadow import CALLS, LOOSER, PERMITTED, REFUSED, STRICTER, Tally
from curtilage.core.clock import encode_instant
from curtilage.core.db.engine import Database
from curtilage.core.models import Effect, Event, TenantId
from curtilage.gateway.store.tables import SHADOW

KEPT_FOR = timedelta(days=90)
HOUR = 13  # characters of an instant that name its hour


@dataclass(frozen=True, slots=True)
class ShadowStore:
    """Implements `consent`'s `Tallies`."""

    database: Database

    async def since(self, tenant: TenantId, at: datetime) -> Sequence[Tally]:
        """From the hour of `at` on, added up over the hours."""
        columns = (SHADOW.c.policy, SHADOW.c.purpose, SHADOW.c.kind, SHADOW.c.change)
        query = (
            select(*columns, func.sum(SHADOW.c.count).label("total"))
            .where(SHADOW.c.tenant == tenant, SHADOW.c.hour >= _hour(at))
            .group_by(*columns)
            .order_by(*columns)
        )
        async with self.database.read() as connection:
            rows = await connection.execute(query)
            return [
                Tally(row.policy, row.purpose, row.kind, row.change, int(row.total)) for row in rows
            ]


async def count_shadows(
    database: Database, connection: AsyncConnection, events: Sequence[Event]
) -> None:
    """Add what these endings say, in the caller's transaction; forget what is old."""
    counts: Counter[tuple[str, ...]] = Counter()
    for event in events:
        shadow = event.facts.get("shadow")
        if isinstance(shadow, dict) and event.kind.startswith("exchange."):
            _count(counts, event, shadow)
    if not counts:
        return
    names = ("tenant", "hour", "policy", "purpose", "kind", "change")
    rows = [dict(zip(names, key, strict=True), count=n) for key, n in counts.items()]
    insert = database.insert(SHADOW)
    added = {"count": SHADOW.c.count + insert.excluded.count}
    keys = [SHADOW.c[name] for name in names]
    await connection.execute(insert.on_conflict_do_update(index_elements=keys, set_=added), rows)
    oldest = _hour(max(event.at for event in events) - KEPT_FOR)
    await connection.execute(delete(SHADOW).where(SHADOW.c.hour < oldest))


def _count(counts: Counter[tuple[str, ...]], event: Event, shadow: dict[str, Any]) -> None:
    place = (event.tenant, _hour(event.at), str(shadow["policy"]), event.purpose)
    counts[*place, "", CALLS] += 1
    if "effect" in shadow:
        refuses = shadow["effect"] != Effect.PERMIT
        counts[*place, "", REFUSED if refuses else PERMITTED] += 1
    for change in (STRICTER, LOOSER):
        for kind, count in shadow.get(change, {}).items():
            counts[*place, kind, change] += count


def _hour(at: datetime) -> str:
    return encode_instant(at)[:HOUR]
