"""A copy of an SQLite database as of one instant, beside whoever uses it."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from curtilage.core.db.errors import DatabaseCorrupt, sqlite_problem

WAIT_SECONDS = 10  # for a writer of the key table, which has no WAL


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy the database into a new file of this user's, and check what came out.

    All pages in one step: a step holds a read lock, under which a WAL database
    is written on, and copying page by page would begin anew with every commit
    (https://sqlite.org/c3ref/backup_finish.html). The copy is one file, without
    a WAL beside it. Raises UnavailableError."""
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        with (
            closing(_connect(source)) as origin,
            closing(_connect(target)) as copy,
        ):
            origin.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
            _check(copy)
    except sqlite3.Error as error:
        raise sqlite_problem(error) from None


def check_sqlite(path: Path) -> None:
    """Raise DatabaseCorrupt unless the file is a sound database."""
    try:
        with closing(_connect(path)) as opened:
            _check(opened)
    except sqlite3.Error as error:
        raise sqlite_problem(error) from None


def _connect(path: Path) -> sqlite3.Connection:
    """One that is there: opening makes none."""
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=WAIT_SECONDS, isolation_level=None
    )


def _check(connection: sqlite3.Connection) -> None:
    if connection.execute("PRAGMA integrity_check(1)").fetchone() != ("ok",):
        raise DatabaseCorrupt
