"""Tells other processes that something changed: a counter a topic.

Whoever changes shared state bumps its topic in the same transaction; readers
poll all counters at once (every 250 ms or more often) and reload what moved.
It only wakes: what is lost between two polls is a second bump of one topic.
One row a topic is what everybody writes, so it is held for as short as can be: `bump` only
says which topics, and `Database.begin` counts them up last, in one order, whatever rows the
transaction holds by then. Nobody who holds a topic waits for any other row.
The process that made the change need not wait for its next poll: when the
transaction has committed, `Database.begin` calls its wakers (`core.shared`).
"""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.db.engine import BUMPED, Database
from curtilage.core.db.prepared import Prepared
from curtilage.core.db.tables import BROADCAST

_ALL = Prepared(select(BROADCAST.c.topic, BROADCAST.c.generation))


async def bump(connection: AsyncConnection, topic: str) -> None:
    """Count `topic` up, seen by others when the caller's transaction commits.

    Raises KeyError in a transaction that `Database.begin` did not begin: it would be lost."""
    connection.info[BUMPED].add(topic)


async def generations(database: Database) -> Mapping[str, int]:
    """Every topic's counter; a topic that was never bumped is absent, which is 0."""
    async with database.read() as connection:
        found = await _ALL.run(connection, {})
        return {row.topic: row.generation for row in found.rows}
