"""Opens the database and runs transactions on it.

SQLAlchemy Core, asynchronous: `sqlite+aiosqlite` on a file in the data
directory, or `postgresql+psycopg`. Statements are the same for both; where a
dialect must be known (insert … on conflict), `Database.insert` knows it.
"""

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Connection, Table, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, IntegrityError, NoSuchModuleError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from curtilage.core.db.errors import (
    ConstraintViolated,
    DatabaseLocked,
    DatabaseRefused,
    ValueUnstorable,
    postgres_problem,
    sqlite_problem,
)
from curtilage.core.db.lock import directory_lock
from curtilage.core.db.postgres import FOR_STATE, connect_arguments, driver_missing, is_postgres
from curtilage.core.db.sqlite_trips import (
    BUSY_SECONDS,
    READING,
    WRITING,
    SwiftConnection,
    connect_swiftly,
)
from curtilage.core.db.tables import BROADCAST
from curtilage.core.errors import CurtilageError

FILE_NAME = "curtilage.db"
READ_ONLY = "curtilage_read_only"  # execution options of a connection, read when it begins
WAIT = "curtilage_wait"
BUMPED = "curtilage_bumped"  # in a connection's `info`: the topics that its transaction bumps


class Turn:
    """Lets the writers of this process write one after the other, as they came.

    SQLite has whoever finds another writer sleep and look again, longer each time, and the
    luckiest goes first. Writers of other processes are still waited for in that way."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()

    async def __aenter__(self) -> None:
        if not self._lock.locked():
            await self._lock.acquire()
            return
        try:
            async with asyncio.timeout(BUSY_SECONDS):
                await self._lock.acquire()
        except TimeoutError:
            raise DatabaseLocked from None

    async def __aexit__(self, *_: object) -> None:
        self._lock.release()


@dataclass(frozen=True, slots=True)
class Database:
    """The open store. `begin` writes, `read` reads; both are transactions.

    `wakers` are called after each commit that bumped a topic of `broadcast`. Writers to SQLite
    take turns."""

    engine: AsyncEngine
    wakers: list[Callable[[], Awaitable[None]]] = field(default_factory=list, compare=False)
    turn: Turn | None = field(default=None, compare=False)

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self.engine.dialect.name

    @asynccontextmanager
    async def begin(self, *, may_be_lost: bool = False) -> AsyncIterator[AsyncConnection]:
        """A transaction that may write: committed at the end, undone by an exception.

        What `may_be_lost` outlives the process, and on SQLite not the power: it is committed
        before the disk has it, and the next that is not brings it along. The loop waits for
        the disk only where the log of writes starts over, some thousand pages later.

        On SQLite its first statement takes the write lock (BEGIN IMMEDIATE), be it one that
        reads: a transaction that read first and then finds another writer could only be
        thrown away."""
        async with self.turn or nullcontext(), _translated(), self.engine.begin() as connection:
            if may_be_lost and self.dialect == "sqlite":
                _driver_of(connection.sync_connection).begin(WRITING, may_be_lost=True)
            topics: set[str] = set()
            info = connection.info  # taken now: one that breaks meanwhile gives it no more
            info[BUMPED] = topics
            try:
                yield connection
            finally:
                info.pop(BUMPED, None)
            for topic in sorted(topics):
                await connection.execute(self._count_up(topic))
        if topics:
            for wake in self.wakers:
                await wake()

    @asynccontextmanager
    async def begin_alone(self, *, wait_seconds: int) -> AsyncIterator[AsyncConnection]:
        """As `begin`, waiting longer for other writers: for migrations."""
        async with _translated(), self.engine.connect() as connection:
            await connection.execution_options(**{WAIT: wait_seconds})
            async with connection.begin():
                yield connection
            await connection.invalidate()  # so that nobody else waits so long

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that only reads, beside any writer."""
        async with _translated(), self.engine.connect() as connection:
            await connection.execution_options(**{READ_ONLY: True})
            await connection.begin()
            yield connection

    @asynccontextmanager
    async def outside_transactions(self) -> AsyncIterator[AsyncConnection]:
        """A connection on which each statement stands alone: for those that need that."""
        async with _translated(), self.engine.connect() as connection:
            yield await connection.execution_options(isolation_level="AUTOCOMMIT")

    def insert(self, table: Table) -> Any:
        """An insert that understands `on_conflict_do_nothing` and `on_conflict_do_update`."""
        return postgresql.insert(table) if self.dialect == "postgresql" else sqlite.insert(table)

    def _count_up(self, topic: str) -> Any:
        so_far = BROADCAST.c.generation
        return (
            self.insert(BROADCAST)
            .values(topic=topic, generation=1)
            .on_conflict_do_update(index_elements=["topic"], set_={"generation": so_far + 1})
        )

    async def renew(self) -> None:
        """Drop all connections, for new ones: where one hangs, others of its age do too.

        One that is in use is closed when it comes back."""
        pool = self.engine.sync_engine.pool
        await self.engine.dispose()
        event.listen(pool, "checkin", _close_returned)  # not before: the new one takes it over

    async def close(self) -> None:
        """Close idle connections at once, and one that is in use when it comes back."""
        await self.renew()


def open_database(url: str, data_dir: Path) -> Database:
    """The database of `store.url`: `sqlite`, or `postgresql://…`. Connects at first use.

    Raises a SetupError for an address that is not understood and a data
    directory that cannot be written; never quotes the address, which may hold
    a password."""
    if url == "sqlite":
        return Database(_open_sqlite(data_dir), turn=Turn())
    if is_postgres(url):
        return open_postgres(url, setting="store.url")
    raise DatabaseRefused(
        "The setting store.url is not understood; expected sqlite or postgresql://….",
    )


def open_postgres(url: str, *, setting: str) -> Database:
    """The PostgreSQL database at `url`, which stands in `setting`. Connects at first use.

    Raises a SetupError for an address that is not understood, and where the driver is
    missing; never quotes the address, which may hold a password."""
    return Database(_open_postgres(url, setting))


def _open_sqlite(data_dir: Path) -> AsyncEngine:
    path = _prepare_file(data_dir)
    engine = create_async_engine(
        URL.create("sqlite+aiosqlite", database=str(path)),
        connect_args={
            "isolation_level": None,
            "timeout": BUSY_SECONDS,
            "check_same_thread": False,  # one at a time: its own, or the loop's
            "async_creator_fn": connect_swiftly,
        },
        hide_parameters=True,
    )
    event.listen(engine.sync_engine, "connect", _configure_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    event.listen(engine.sync_engine, "invalidate", _roll_back_sqlite)
    return engine


def _prepare_file(data_dir: Path) -> Path:
    """Make directory and file private, and the file a WAL database, before anyone connects.

    Turning WAL on needs the file alone and does not wait for it
    (https://sqlite.org/wal.html), so starters take turns."""
    path = data_dir / FILE_NAME
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        with directory_lock(data_dir):
            if not path.exists():
                os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            if not os.access(path, os.R_OK | os.W_OK) or not os.access(data_dir, os.W_OK):
                raise PermissionError
            _turn_on_wal(path)
    except OSError:
        raise DatabaseRefused(
            "The data directory cannot be written.",
            hint="Give server.data_dir a directory that this user owns and that has room.",
        ) from None
    return path


def _turn_on_wal(path: Path) -> None:
    try:
        connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise sqlite_problem(error) from None


def _configure_sqlite(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
    cursor.execute("PRAGMA synchronous=FULL")  # WAL with NORMAL may lose the last commits
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA secure_delete=ON")  # deleted rows hold personal data
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if WAIT in options:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={options[WAIT] * 1000}")
    _driver_of(connection).begin(READING if options.get(READ_ONLY) else WRITING)


def _driver_of(connection: Connection | None) -> SwiftConnection:
    """The driver's own of an open connection to SQLite."""
    assert connection is not None
    return cast("SwiftConnection", connection.connection.driver_connection)


def _roll_back_sqlite(connection: Any, _record: Any, _problem: Any) -> None:
    """Give up the write lock of a connection that a cancelled request leaves behind.

    It is only closed then, and while somebody still refers to one of its cursors SQLite
    keeps the transaction of a closed connection open (sqlite3_close_v2): every writer
    would wait until Python's collector comes by. The rollback is queued before the closing
    that follows."""
    connection.driver_connection.abandon()


def _close_returned(_connection: Any, record: ConnectionPoolEntry) -> None:
    """Close a connection that outlived its pool: nobody would ask for it there, nor close it."""
    record.invalidate()


def _open_postgres(url: str, setting: str) -> AsyncEngine:
    try:
        from curtilage.core.db.silence import PatientConnection  # noqa: PLC0415 - an extra

        parsed = make_url(url).set(drivername="postgresql+psycopg")
        given = str(parsed.query.get("options", ""))
        return create_async_engine(
            parsed.difference_update_query(["options"]),
            connect_args={
                **connect_arguments(given, FOR_STATE),
                "async_creator_fn": PatientConnection.connect,
            },
            pool_pre_ping=True,
            hide_parameters=True,
        )
    except (ArgumentError, ValueError):
        raise DatabaseRefused(
            f"The setting {setting} is not a valid address; "
            "expected postgresql://user:password@host:port/name.",
        ) from None
    except (NoSuchModuleError, ModuleNotFoundError):
        raise driver_missing() from None


@asynccontextmanager
async def _translated() -> AsyncIterator[None]:
    """Turn what a driver raises into our errors, without its words."""
    try:
        yield
    except IntegrityError:
        raise ConstraintViolated from None
    except DataError:  # what was sent is no value; the database is well
        raise ValueUnstorable from None
    except DBAPIError as error:
        raise _problem(error) from None
    except PoolTimeout:
        raise DatabaseLocked("No connection to the database became free in time.") from None
    except sqlite3.IntegrityError:  # of a prepared statement, which nobody wraps
        raise ConstraintViolated from None
    except sqlite3.DataError:
        raise ValueUnstorable from None
    except sqlite3.Error as error:
        raise sqlite_problem(error) from None
    except OSError as error:
        raise postgres_problem(None) from error


def _problem(error: DBAPIError) -> CurtilageError:
    if isinstance(error.orig, sqlite3.Error):
        return sqlite_problem(error.orig)
    return postgres_problem(getattr(error.orig, "sqlstate", None))
