"""Counters as rows of PostgreSQL: what was counted survives whatever stops.

A change is one transaction that holds its row from the first statement on, so
two nodes take turns, and the time is read after the wait, from the server.
SQLite has no counters here: its one control process counts in memory.
"""

import asyncio
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert

from curtilage.core.db.engine import Database
from curtilage.core.db.tables import SHARED_COUNTER
from curtilage.core.db.turns import server_time
from curtilage.core.shared.errors import SharedUnreachable
from curtilage.core.shared.ports import Rule, T

ANSWER_WITHIN = 2.0  # seconds; a worker waits five for its control process


@dataclass(frozen=True, slots=True)
class SqlCounters:
    """Counts for all nodes of one PostgreSQL database."""

    database: Database

    async def change(self, name: str, rule: Rule[T]) -> T:
        try:
            async with asyncio.timeout(ANSWER_WITHIN), self.database.begin() as connection:
                state, until, at = (await connection.execute(_hold(name))).one()
                change = rule(state if at < until else None, at)
                await connection.execute(
                    update(SHARED_COUNTER)
                    .where(SHARED_COUNTER.c.name == name)
                    .values(state=change.state, ends_at=at + change.seconds)
                )
        except TimeoutError:
            raise SharedUnreachable from None
        return change.result

    async def forget_idle(self) -> None:
        """Delete what matters no longer; any node may, at any time."""
        async with self.database.begin() as connection:
            await connection.execute(
                delete(SHARED_COUNTER).where(SHARED_COUNTER.c.ends_at <= server_time())
            )


def _hold(name: str) -> Any:
    """The row called `name`, made where it is not there, held until the transaction ends.

    Updating it to what it is takes the lock and reads it in one statement; what
    RETURNING computes is computed after that (clock_timestamp, not now)."""
    made = insert(SHARED_COUNTER).values(name=name, state=b"", ends_at=0.0)
    held = made.on_conflict_do_update(
        index_elements=[SHARED_COUNTER.c.name], set_={"name": made.excluded.name}
    )
    return held.returning(SHARED_COUNTER.c.state, SHARED_COUNTER.c.ends_at, server_time())
