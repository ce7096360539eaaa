"""How processes and nodes take turns: which way there is, and when to take which.

From the shortest turn to the longest:

- **A locked file or directory** (`lock.directory_lock`, `ledger.disk.lock_file`) keeps
  processes of one machine apart: while one makes files, or writes one log. The kernel
  gives it back when its process dies, so nothing has to end by a clock.
- **An advisory lock** (`stand_alone`, here) keeps nodes apart for one transaction of
  PostgreSQL: migrations, and making the first keys. `apart.are_one` uses one to see
  whether two addresses lead to one database. It ends with its connection.
- **A lease** (`leases`) lets one node do something for as long as it goes on renewing a
  row. It ends by the database's clock, so its holder may be mistaken; what is done under
  it names a number, the fence, and whoever stores it compares that.
- **Leadership** (`app.leadership`) is one lease, called `leader`: its node runs the jobs
  that are done once for all nodes, and signs the ledger.
- **A slot** (`ledger.adapters.postgresslots`) is the right to append to one commit log:
  a lease whose row also has the number of the next record, so that one statement compares
  the fence, moves that number on and stores the batch. Workers take it, without SQLAlchemy.

What nodes count together (`core.shared`, budgets) needs none of these: each change is one
transaction, or is tried again.
"""

from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Double, cast, extract, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.clock import Clock


async def stand_alone(connection: AsyncConnection, lock: int, *, wait_seconds: int) -> None:
    """Wait until nobody else has the advisory `lock`; have it until the transaction ends."""
    await connection.execute(text(f"SET LOCAL lock_timeout = '{wait_seconds}s'"))
    await connection.execute(select(func.pg_advisory_xact_lock(lock)))


def server_time() -> ColumnElement[float]:
    """Seconds since 1970 by PostgreSQL's clock, read when a row is, after any wait for it."""
    return cast(extract("epoch", func.clock_timestamp()), Double)


async def read_time(connection: AsyncConnection, clock: Clock) -> datetime:
    """The time that all who share this database have: PostgreSQL's, else this machine's."""
    if connection.dialect.name != "postgresql":
        return clock.now()
    seconds = (await connection.execute(select(server_time()))).scalar_one()
    return datetime.fromtimestamp(seconds, UTC)
