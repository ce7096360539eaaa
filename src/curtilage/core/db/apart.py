"""Whether two addresses lead to one PostgreSQL database, whatever names they use for it."""

from sqlalchemy import func, select

from curtilage.core.db.engine import Database


async def are_one(first: Database, second: Database, *, key: int) -> bool:
    """Take the advisory lock `key`, drawn at random, at both: a database gives it once.

    Needs no right but to connect, and sees through names of hosts and poolers of
    connections, which comparing addresses does not."""
    lock = select(func.pg_try_advisory_xact_lock(key))
    async with first.read() as one, second.read() as other:
        await one.execute(lock)
        return not (await other.execute(lock)).scalar_one()
