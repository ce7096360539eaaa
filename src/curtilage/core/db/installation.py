"""Whose store this is: one row that names the tenant, written at the first start.

Keys lie elsewhere, so a store may find itself beside another installation's, or beside
none yet: whoever opens both compares them first.
"""

from sqlalchemy import inspect, select

from curtilage.core.db.engine import Database
from curtilage.core.db.tables import INSTALLATION
from curtilage.core.models import TenantId

ONLY = 1  # the id of the one row


async def find_tenant(database: Database) -> TenantId | None:
    """Whose store it is; None before the first start, and before the migration to this row."""
    query = select(INSTALLATION.c.tenant).where(INSTALLATION.c.id == ONLY)
    if not await has_table(database, INSTALLATION.name):
        return None
    async with database.read() as connection:
        found = (await connection.execute(query)).scalar_one_or_none()
    return None if found is None else TenantId(found)


async def claim(database: Database, tenant: TenantId) -> TenantId:
    """Write down that the store is this tenant's, unless it is somebody's; gives whose it is."""
    row = database.insert(INSTALLATION).values(id=ONLY, tenant=tenant)
    async with database.begin() as connection:
        await connection.execute(row.on_conflict_do_nothing())
    return await find_tenant(database) or tenant


async def has_table(database: Database, name: str) -> bool:
    """Whether a table is there already; what looks before the migrations must ask."""
    async with database.read() as connection:
        return await connection.run_sync(lambda sync: inspect(sync).has_table(name))
