"""Brings the tables up to date: forward only, all or nothing, one starter at a time.

The scripts are Alembic's and lie where the caller says (the composition root
keeps those of every slice in one line). Both databases undo DDL with the
transaction, so a migration that fails leaves the version before it.
"""

from pathlib import Path

from sqlalchemy import column, select, table
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.db.engine import Database
from curtilage.core.db.turns import stand_alone

WAIT_SECONDS = 60  # for another starter that migrates; the longest migration must take less
LOCK = 0x63757274  # "curt": the advisory lock of PostgreSQL that migrations share
NOTED = table("alembic_version", column("version_num"))


async def migrate(database: Database, scripts: Path) -> str:
    """Apply what is missing; gives the version that the database now has.

    Looks before it asks for the lock: mostly nothing is missing, and who only
    starts need not wait for a writer, nor load Alembic and all scripts. A script
    is named after its version, and they sort by their numbers.
    """
    newest = max(path.stem for path in (scripts / "versions").glob("[0-9]*.py"))
    async with database.read() as connection:
        if await _find_version(connection) == newest:
            return newest
    from curtilage.core.db.upgrade import upgrade  # noqa: PLC0415 - as said above

    async with database.begin_alone(wait_seconds=WAIT_SECONDS) as connection:
        if database.dialect == "postgresql":  # on SQLite, BEGIN IMMEDIATE is the lock
            await stand_alone(connection, LOCK, wait_seconds=WAIT_SECONDS)
        return await connection.run_sync(upgrade, scripts)


async def _find_version(connection: AsyncConnection) -> str | None:
    """None too where there are no tables yet."""
    try:
        found: str | None = (await connection.execute(select(NOTED))).scalar_one_or_none()
    except DBAPIError:
        return None
    return found
