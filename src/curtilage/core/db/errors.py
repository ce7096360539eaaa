"""What may be wrong with a database, in words that say what to do.

Messages of drivers quote values (`Key (email)=(…) already exists`), so none of
them is passed on, and none is kept as a cause.
"""

import sqlite3

from curtilage.core.errors import (
    ConflictError,
    InputError,
    SetupError,
    TamperError,
    UnavailableError,
)


class DatabaseUnreachable(UnavailableError):
    code = "db.unreachable"
    title = "The database does not answer"
    hint = "Check that the servers of store.url and vault.url run and accept this service."


class DatabaseLocked(UnavailableError):
    code = "db.locked"
    title = "The database is held by another process"
    hint = "Try again; if it lasts, look for a backup or a shell that holds a transaction open."


class DatabaseFull(UnavailableError):
    code = "db.full"
    title = "The database has no room to write"
    hint = "Free space on the disk that holds it."


class DatabaseCorrupt(UnavailableError):
    code = "db.corrupt"
    title = "The database file is damaged or is not a database"
    hint = "Stop the service and put the file back from a copy that was made while it stood still."


class DatabaseUnusable(UnavailableError):
    """The rest: input or output failed, the file became read-only, the server gave up."""

    code = "db.unusable"
    title = "The database could not do what was asked"
    hint = "Check the disk and the rights of the data directory, or the server's own log."


class ConstraintViolated(ConflictError):
    code = "db.constraint"
    title = "It contradicts what is stored"
    hint = (
        "Somebody else was first, or what it belongs to is gone. Read it again, then try once more."
    )


class ValueUnstorable(InputError):
    """What was sent is no value of this database.

    PostgreSQL has no NUL in texts: whoever sends one is wrong, the server is well."""

    code = "db.unstorable"
    title = "The database cannot hold such a value"
    hint = "Take control characters such as NUL out of the text, then send it again."


class OutboxUnreadable(TamperError):
    code = "db.outbox-unreadable"
    title = "An Event in the outbox is not one that was written there"
    hint = "Stop the service and look who else writes to its database."


class DatabaseRefused(SetupError):
    code = "db.refused"
    title = "The database cannot be used like this"
    hint = "Correct the setting, then start again."


# Primary result codes, https://sqlite.org/rescode.html; extended ones carry them in the low byte.
_BY_SQLITE_CODE: dict[int, type[UnavailableError]] = {
    sqlite3.SQLITE_BUSY: DatabaseLocked,
    sqlite3.SQLITE_LOCKED: DatabaseLocked,
    sqlite3.SQLITE_FULL: DatabaseFull,
    sqlite3.SQLITE_CORRUPT: DatabaseCorrupt,
    sqlite3.SQLITE_NOTADB: DatabaseCorrupt,
    sqlite3.SQLITE_CANTOPEN: DatabaseUnreachable,
}

# Classes and codes of SQLSTATE, https://www.postgresql.org/docs/current/errcodes-appendix.html
_BY_SQLSTATE: tuple[tuple[str, type[UnavailableError]], ...] = (
    ("53100", DatabaseFull),
    ("55P03", DatabaseLocked),
    ("40", DatabaseLocked),
    ("57014", DatabaseLocked),
    ("08", DatabaseUnreachable),
    ("28", DatabaseUnreachable),
    ("3D", DatabaseUnreachable),
    ("53", DatabaseUnreachable),
    ("57P", DatabaseUnreachable),
    ("XX001", DatabaseCorrupt),
    ("XX002", DatabaseCorrupt),
)


def sqlite_problem(error: BaseException) -> UnavailableError | ConstraintViolated:
    """What an error of the `sqlite3` module means to us."""
    if isinstance(error, sqlite3.IntegrityError):
        return ConstraintViolated()
    code = getattr(error, "sqlite_errorcode", None) or 0
    return _BY_SQLITE_CODE.get(code & 0xFF, DatabaseUnusable)()


def postgres_problem(sqlstate: str | None) -> UnavailableError:
    """What a SQLSTATE means to us; None is a connection that was never made or broke."""
    if sqlstate is None:
        return DatabaseUnreachable()
    for prefix, kind in _BY_SQLSTATE:
        if sqlstate.startswith(prefix):
            return kind()
    return DatabaseUnusable()
