"""One trip to SQLite's thread for each statement, where the driver makes four.

aiosqlite goes to its thread to make a cursor, to run the statement, to fetch the rows and to
close the cursor; each way there and back takes longer than a small statement does. Here all of
it is done in one, and what begins a transaction goes along with its first statement; what is
prepared (`prepared.py`) makes none. SQLAlchemy takes the connection by `async_creator_fn`
(dialects/sqlite, "aiosqlite"); the rest of the driver is used as it is. Results are read whole:
what streams rows needs the driver's own cursor, and nothing here does.
"""

import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Self

import aiosqlite

Rows = list[tuple[Any, ...]]
BUSY_SECONDS = 5  # a writer waits so long for another; group commits and migrations take less
CHECKPOINT_PAGES = 1000  # SQLite's own measure
WRITING, READING = "BEGIN IMMEDIATE", "BEGIN"


class SwiftConnection(aiosqlite.Connection):
    """A connection whose cursors run a statement and bring its rows in one trip."""

    _opening = ""  # what begins a transaction, until its first statement takes it along
    _reads = False
    _may_be_lost = False  # whether the transaction that is to begin asks for no disk
    _waits_for_disk = True

    def begin(self, opening: str, *, may_be_lost: bool = False) -> None:
        """Begin a transaction by `opening` right before the next statement, in the same trip.

        One that `may_be_lost` waits for no disk where nothing else makes it wait: see
        `Database.begin`."""
        self._opening, self._may_be_lost = opening, may_be_lost
        self._reads = opening == READING

    async def commit(self) -> None:
        if not self._has_begun():
            return
        if self._waits_for_disk:
            await super().commit()
        else:
            self._conn.commit()  # mostly a write to the system's memory: see `Database.begin`
            self._wait_for_disk(True)

    async def rollback(self) -> None:
        if self._has_begun():
            if self._reads:
                self._conn.rollback()  # nothing to undo, so no trip
            else:
                await super().rollback()
        self._wait_for_disk(True)

    def abandon(self) -> None:
        """Queue a rollback that nobody waits for, behind a statement that nobody waits for."""
        self._opening = ""
        rolling_back = super().rollback()
        with suppress(StopIteration, RuntimeError, ValueError, sqlite3.Error):
            rolling_back.send(None)
        rolling_back.close()

    def _has_begun(self) -> bool:
        """Whether there is anything to end. All statements were waited for, or SQLAlchemy has
        given the connection up by now: see `abandon`."""
        self._opening = ""
        return self.in_transaction

    def cursor(self) -> "SwiftCursor":  # type: ignore[override]  # no trip, so nothing to await
        return SwiftCursor(self)

    async def run(self, statement: str, values: Any, *, many: bool) -> "Outcome":
        """What the statement gave, run in the thread of this connection.

        Where the transaction could not be begun, the next statement tries it again: whoever
        goes on after an error must not write outside of it."""
        opening, self._opening = self._opening, ""
        work = self._execute(_run, self._conn, opening, statement, values, many)  # type: ignore[no-untyped-call]
        try:
            outcome: Outcome = await work
        except sqlite3.Error:
            self._begin_again(opening)
            raise
        return outcome

    async def run_at_once(self, statement: str, values: Any, *, many: bool) -> "Outcome":
        """The same without a trip, where nothing makes the statement wait.

        Once a transaction has begun nothing does: a writer has the lock, and readers of a
        WAL database wait for nobody (https://sqlite.org/wal.html). While another process
        writes, a trip is made after all, and waits there."""
        opening = self._opening
        if opening == WRITING and not self._has_lock():
            self._wait_for_disk(True)
            return await self.run(statement, values, many=many)
        self._opening = ""
        begin = "" if opening == WRITING else opening
        try:
            return _run(self._conn, begin, statement, values, many)
        except sqlite3.Error:
            self._begin_again(opening)
            raise

    def _has_lock(self) -> bool:
        """Begin a transaction that writes, unless that would take any time."""
        self._wait_for_disk(not self._may_be_lost)
        self._conn.execute("PRAGMA busy_timeout=0")
        try:
            self._conn.execute(WRITING)
        except sqlite3.OperationalError:
            return False
        finally:
            self._conn.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
        return True

    def _wait_for_disk(self, wait: bool) -> None:
        """Whether the next transaction does. Without, it copies nothing into the database
        either: the next that waits does that (https://sqlite.org/pragma.html, synchronous
        and wal_autocheckpoint)."""
        if wait is not self._waits_for_disk:
            self._conn.execute(f"PRAGMA synchronous={'FULL' if wait else 'NORMAL'}")
            self._conn.execute(f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES if wait else 0}")
            self._waits_for_disk = wait

    def _begin_again(self, opening: str) -> None:
        """Keep what begins the transaction for the next statement, where it did not begin or
        SQLite ended it, as it does where the disk is full."""
        self._opening = "" if self.in_transaction else opening


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one statement left behind; its cursor is closed already."""

    rows: Rows = field(default_factory=list, repr=False)
    description: Any = None
    rowcount: int = -1
    lastrowid: int | None = None


@dataclass(slots=True)
class SwiftCursor:
    """What SQLAlchemy asks of an asynchronous cursor (PEP 249 §Cursor), and no more."""

    connection: SwiftConnection
    outcome: Outcome = field(default_factory=Outcome)
    arraysize: int = 1

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, statement: str, values: Sequence[Any] = ()) -> Self:
        """Run it once."""
        self.outcome = await self.connection.run(statement, values, many=False)
        return self

    async def executemany(self, statement: str, values: Sequence[Sequence[Any]]) -> Self:
        """Run it for each of `values`."""
        self.outcome = await self.connection.run(statement, values, many=True)
        return self

    async def fetchall(self) -> Rows:
        return self.outcome.rows

    async def close(self) -> None:
        """Nothing is left to close."""

    @property
    def description(self) -> Any:
        return self.outcome.description

    @property
    def rowcount(self) -> int:
        return self.outcome.rowcount

    @property
    def lastrowid(self) -> int | None:
        return self.outcome.lastrowid


def connect_swiftly(database: str, **options: Any) -> SwiftConnection:
    """A connection to await; `options` are those of `sqlite3.connect`."""
    connection = SwiftConnection(partial(sqlite3.connect, database, **options), 64)
    connection._thread.daemon = True  # noqa: SLF001 -- as SQLAlchemy does for its own
    return connection


def _run(
    connection: sqlite3.Connection, opening: str, statement: str, values: Any, many: bool
) -> Outcome:
    with closing(connection.cursor()) as cursor:
        if opening:
            cursor.execute(opening)
        (cursor.executemany if many else cursor.execute)(statement, values)
        description = cursor.description
        rows = cursor.fetchall() if description else []
        return Outcome(rows, description, cursor.rowcount, cursor.lastrowid)
