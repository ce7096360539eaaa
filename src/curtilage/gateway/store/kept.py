"""Sealed rows (`gateway.sealed`): of kept replies, of files, of stored ids.

Nobody who reads this table learns what a row is about or whose it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from curtilage.core.clock import encode_instant
from curtilage.core.db.engine import Database
from curtilage.core.models import TenantId
from curtilage.gateway.store.tables import KEPT

MOST_ROWS = 4096  # of one id: a conversation has one for each turn that brought something new


@dataclass(frozen=True, slots=True)
class KeptStore:
    """Keeps, finds and forgets. The same row twice is one."""

    database: Database

    async def keep_row(
        self, tenant: TenantId, lookup: str, *, id: str, sealed: bytes, until: datetime
    ) -> None:
        row = {
            "tenant": tenant,
            "lookup": lookup,
            "id": id,
            "until": encode_instant(until),
            "sealed": sealed,
        }
        insert = self.database.insert(KEPT).values(**row)
        async with self.database.begin() as connection:
            await connection.execute(
                insert.on_conflict_do_update(
                    index_elements=[KEPT.c.tenant, KEPT.c.lookup, KEPT.c.id],
                    set_={"sealed": sealed, "until": row["until"]},
                )
            )

    async def find_kept(self, tenant: TenantId, lookup: str) -> Sequence[bytes]:
        """What was kept under a look-up, the oldest first."""
        query = (
            select(KEPT.c.sealed)
            .where(KEPT.c.tenant == tenant, KEPT.c.lookup == lookup)
            .order_by(KEPT.c.id)
            .limit(MOST_ROWS)
        )
        async with self.database.read() as connection:
            return [row.sealed for row in await connection.execute(query)]

    async def page_kept(
        self, tenant: TenantId, lookup: str, *, after: str, newest_first: bool, limit: int
    ) -> Sequence[bytes]:
        """At most `limit` rows of a look-up behind the row `after`, in the order of their ids."""
        query = select(KEPT.c.sealed).where(KEPT.c.tenant == tenant, KEPT.c.lookup == lookup)
        if after:
            query = query.where(KEPT.c.id < after if newest_first else KEPT.c.id > after)
        ordered = query.order_by(KEPT.c.id.desc() if newest_first else KEPT.c.id)
        async with self.database.read() as connection:
            return [row.sealed for row in await connection.execute(ordered.limit(limit))]

    async def forget_kept(self, tenant: TenantId, lookup: str, *, id: str = "") -> None:
        """Delete what is kept under a look-up, or the row `id` of it."""
        gone = delete(KEPT).where(KEPT.c.tenant == tenant, KEPT.c.lookup == lookup)
        async with self.database.begin() as connection:
            await connection.execute(gone.where(KEPT.c.id == id) if id else gone)

    async def forget_old(self, now: datetime) -> int:
        """Delete what is kept no longer; how many rows."""
        async with self.database.begin() as connection:
            result = await connection.execute(
                delete(KEPT).where(KEPT.c.until < encode_instant(now))
            )
            return int(result.rowcount)
