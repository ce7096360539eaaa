"""A store is one tenant's, on SQLite and on PostgreSQL: whoever began in it first."""

import asyncio

from curtilage.core.db.engine import Database
from curtilage.core.db.installation import claim, find_tenant
from curtilage.core.models import TenantId


async def test_of_many_who_begin_at_once_all_learn_whose_it_is(database: Database) -> None:
    assert await find_tenant(database) is None
    asked = [TenantId(f"tenant-{number}") for number in range(6)]
    told = set(await asyncio.gather(*(claim(database, tenant) for tenant in asked)))
    assert len(told) == 1
    assert told == {await find_tenant(database)}
    assert await claim(database, TenantId("late")) in told
