"""Brings the tables up to date: forward only, all or nothing, one starter at a time.

The scripts are Alembic's and lie where the caller says (the composition root
keeps those of every slice in one line). There is no `env.py` and no `.ini`:
the running program gives the connection. Both databases undo DDL with the
transaction, so a migration that fails leaves the version before it.
"""

from pathlib import Path

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection

from curtilage.core.db.engine import Database
from curtilage.core.db.errors import DatabaseRefused
from curtilage.core.db.turns import stand_alone

WAIT_SECONDS = 60  # for another starter that migrates; the longest migration must take less
LOCK = 0x63757274  # "curt": the advisory lock of PostgreSQL that migrations share


async def migrate(database: Database, scripts: Path) -> str:
    """Apply what is missing; gives the version that the database now has.

    Looks before it asks for the lock: mostly nothing is missing, and who only
    starts need not wait for a writer.
    """
    directory = ScriptDirectory(str(scripts))
    async with database.read() as connection:
        if not _missing(directory, await connection.run_sync(_find_revision)):
            return directory.get_current_head() or ""
    async with database.begin_alone(wait_seconds=WAIT_SECONDS) as connection:
        if database.dialect == "postgresql":  # on SQLite, BEGIN IMMEDIATE is the lock
            await stand_alone(connection, LOCK, wait_seconds=WAIT_SECONDS)
        return await connection.run_sync(_upgrade, directory)


def _find_revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _upgrade(connection: Connection, directory: ScriptDirectory) -> str:
    context = MigrationContext.configure(connection)
    current = context.get_current_revision()
    for script in _missing(directory, current):
        with Operations.context(context):
            script.module.upgrade()
        context.stamp(directory, script.revision)
    return directory.get_current_head() or ""


def _missing(directory: ScriptDirectory, current: str | None) -> list[Script]:
    """The scripts after `current`, oldest first; refuses a version that we do not know."""
    head = directory.get_current_head() or "base"
    try:
        if current is not None:
            directory.get_revision(current)
        return list(directory.iterate_revisions(head, current or "base"))[::-1]
    except CommandError:
        raise DatabaseRefused(
            "The database was made by a newer version of Curtilage than this one.",
            hint="Start the version that made it, or restore a backup from before the upgrade.",
        ) from None
