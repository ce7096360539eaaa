"""Applies migrations by Alembic.

There is no `env.py` and no `.ini`: the running program gives the connection. `migrate` loads
this where something is missing, which is seldom.
"""

from pathlib import Path

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection

from curtilage.core.db.errors import DatabaseRefused


def upgrade(connection: Connection, scripts: Path) -> str:
    """Apply what is missing in the transaction of `connection`; gives the version after it.

    Raises `DatabaseRefused` for a version that is not among `scripts`."""
    directory = ScriptDirectory(str(scripts))
    context = MigrationContext.configure(connection)
    for script in _missing(directory, context.get_current_revision()):
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
