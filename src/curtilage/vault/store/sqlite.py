"""The key table: an SQLite database of its own, `key_dir/keys.db`.

Apart from the data, so that its backups can be short-lived. One connection in
one thread; other processes share the file. The journal is truncated at every
commit and deleted content is overwritten, because a deleted row is not yet a
destroyed key: what SQLite leaves behind when it moves rows between pages is
searched for, and driven out by rewriting the file.
"""

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from curtilage.core.clock import encode_instant, parse_instant
from curtilage.core.db.errors import sqlite_problem
from curtilage.core.models import TenantId
from curtilage.vault.errors import KeyTableDamaged, StaleVersion
from curtilage.vault.models import NamedRow, OwnerRow, ScopeRow, TenantRow
from curtilage.vault.ports import Rewrap
from curtilage.vault.store.rows import REWRAP, read_owner, too_new
from curtilage.vault.store.sqlite_commits import Write, take, transact, write_together
from curtilage.vault.store.sqlite_schema import PRAGMAS, SCHEMA, VERSION
from curtilage.vault.traces import find_traces

FILE_NAME = "keys.db"

MARK_UNCLEAN = "INSERT INTO meta VALUES ('unclean', '1') ON CONFLICT DO NOTHING"
MARK_CLEAN = "DELETE FROM meta WHERE name = 'unclean'"
IS_UNCLEAN = "SELECT 1 FROM meta WHERE name = 'unclean'"

T = TypeVar("T")


class SQLiteKeyTable:
    """Implements `ports.KeyTable`. Open it with `open_key_table`."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path
        self._waiting: deque[Write[Any]] = deque()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="curtilage-keys")

    async def install(self, first: TenantRow, lookup: NamedRow, root_id: str) -> None:
        def run(c: sqlite3.Connection) -> None:
            if c.execute("SELECT 1 FROM meta WHERE name = 'tenant'").fetchone():
                return
            values = [("tenant", first.tenant), ("root", root_id), ("generation", "0")]
            c.executemany("INSERT INTO meta VALUES (?, ?)", values)
            c.execute(*_insert_tenant(first))
            c.execute(*_insert_named(lookup))

        await self._write(run)

    async def find_tenant(self) -> TenantId | None:
        rows = await self._read("SELECT value FROM meta WHERE name = 'tenant'")
        return TenantId(str(rows[0][0])) if rows else None

    async def root_id(self) -> str:
        return await self._meta("root")

    async def generation(self) -> int:
        return int(await self._meta("generation"))

    async def _meta(self, name: str) -> str:
        rows = await self._read("SELECT value FROM meta WHERE name = ?", name)
        if not rows:
            raise KeyTableDamaged
        return str(rows[0][0])

    async def tenant_keys(self, tenant: TenantId) -> tuple[str, Sequence[TenantRow]]:
        sql = """SELECT (SELECT value FROM meta WHERE name = 'root'), version, wrapped
            FROM tenant_key WHERE tenant = ? ORDER BY version DESC"""
        rows = await self._read(sql, tenant)
        if not rows:
            raise KeyTableDamaged
        return rows[0][0], [TenantRow(tenant, *row[1:]) for row in rows]

    async def find_named(self, tenant: TenantId, name: str) -> NamedRow | None:
        sql = "SELECT version, wrapped FROM named_key WHERE tenant = ? AND name = ?"
        rows = await self._read(sql, tenant, name)
        return NamedRow(tenant, name, *rows[0]) if rows else None

    async def add_named(self, row: NamedRow) -> None:
        await self._add_under_version(*_insert_named(row))

    async def find_owner(self, tenant: TenantId, lookup: bytes) -> OwnerRow | None:
        return await self._run(lambda: _select_owner(self._connection, tenant, lookup))

    async def add_owner(self, row: OwnerRow, at: datetime) -> None:
        sql = "INSERT INTO owner_key VALUES (?, ?, ?, ?, ?, NULL) ON CONFLICT DO NOTHING"
        values = (row.tenant, row.lookup, row.version, row.wrapped, encode_instant(at))
        await self._add_under_version(sql, values)

    async def destroy_owner(self, tenant: TenantId, lookup: bytes, at: datetime) -> OwnerRow | None:
        def run(c: sqlite3.Connection) -> OwnerRow | None:
            before = _select_owner(c, tenant, lookup)
            if before is not None and before.wrapped is None:
                return before
            c.execute("DELETE FROM scope_key WHERE tenant = ? AND owner = ?", (tenant, lookup))
            c.execute(
                """INSERT INTO owner_key VALUES (?, ?, NULL, NULL, ?, ?)
                ON CONFLICT DO UPDATE SET version = NULL, wrapped = NULL,
                destroyed_at = excluded.destroyed_at""",
                (tenant, lookup, encode_instant(at), encode_instant(at)),
            )
            c.execute("UPDATE meta SET value = value + 1 WHERE name = 'generation'")
            c.execute(MARK_UNCLEAN)
            return before

        return await self._write(run)

    async def drive_out(self, destroyed: bytes | None) -> Sequence[str]:
        return await self._run(lambda: _drive_out(self._connection, self._path, destroyed))

    async def find_scopes(
        self, tenant: TenantId, owner: bytes, lookup: bytes
    ) -> Sequence[ScopeRow]:
        sql = """SELECT epoch, id, wrapped, created_at FROM scope_key
            WHERE tenant = ? AND owner = ? AND lookup = ? ORDER BY epoch DESC"""
        rows = await self._read(sql, tenant, owner, lookup)
        return [
            ScopeRow(tenant, owner, lookup, epoch, id, wrapped, parse_instant(made))
            for epoch, id, wrapped, made in rows
        ]

    async def find_scope_by_id(self, tenant: TenantId, id: bytes) -> ScopeRow | None:
        sql = """SELECT tenant, owner, lookup, epoch, id, wrapped FROM scope_key
            WHERE tenant = ? AND id = ?"""
        rows = await self._read(sql, tenant, id)
        return ScopeRow(*rows[0]) if rows else None

    async def add_scope(self, row: ScopeRow, at: datetime, *, only: bool) -> None:
        sql = """INSERT INTO scope_key SELECT ?, ?, ?, ?, ?, ?, ?
            WHERE EXISTS (SELECT 1 FROM owner_key
                WHERE tenant = ?1 AND lookup = ?2 AND destroyed_at IS NULL)
            AND NOT (?8 AND EXISTS (SELECT 1 FROM scope_key
                WHERE tenant = ?1 AND owner = ?2 AND lookup = ?3))
            ON CONFLICT DO NOTHING"""
        values = (row.tenant, row.owner, row.lookup, row.epoch, row.id, row.wrapped)
        await self._write(lambda c: c.execute(sql, (*values, encode_instant(at), only)))

    async def add_tenant_key(self, row: TenantRow, root_id: str) -> None:
        sql = """INSERT INTO tenant_key SELECT ?, ?, ?
            WHERE EXISTS (SELECT 1 FROM meta WHERE name = 'root' AND value = ?)
            ON CONFLICT DO NOTHING"""
        values = (row.tenant, row.version, row.wrapped, root_id)
        await self._write(lambda c: c.execute(sql, values))

    async def rewrap(self, tenant: TenantId, version: int, limit: int, rewrap: Rewrap) -> int:
        def run(c: sqlite3.Connection) -> int:
            return sum(
                _rewrap_table(c, table, tenant, version=version, limit=limit, rewrap=rewrap)
                for table in REWRAP
            )

        return await self._write(run)

    async def retire(self, tenant: TenantId, version: int) -> bool:
        sql = "DELETE FROM tenant_key WHERE tenant = ? AND version < ?"
        try:
            await self._add_under_version(sql, (tenant, version))
        except StaleVersion:
            return False
        return True

    async def change_root(
        self, from_id: str, to_id: str, rewrap: Callable[[TenantRow], bytes]
    ) -> int:
        def run(c: sqlite3.Connection) -> int:
            sql = "UPDATE meta SET value = ? WHERE name = 'root' AND value = ?"
            if c.execute(sql, (to_id, from_id)).rowcount != 1:
                raise StaleVersion
            rows = c.execute("SELECT tenant, version, wrapped FROM tenant_key").fetchall()
            update = "UPDATE tenant_key SET wrapped = ? WHERE tenant = ? AND version = ?"
            for row in rows:
                c.execute(update, (rewrap(TenantRow(*row)), row[0], row[1]))
            return len(rows)

        return await self._write(run)

    async def counts(self, tenant: TenantId) -> tuple[int, int, int]:
        sql = """SELECT
            (SELECT count(*) FROM owner_key WHERE tenant = ?1 AND wrapped IS NOT NULL),
            (SELECT count(*) FROM owner_key WHERE tenant = ?1 AND wrapped IS NULL),
            (SELECT count(*) FROM scope_key WHERE tenant = ?1)"""
        owners, destroyed, scopes = (await self._read(sql, tenant))[0]
        return owners, destroyed, scopes

    async def renew(self) -> None:
        """Nothing: between this process and its file there is no connection that could hang."""

    async def close(self) -> None:
        await self._run(self._connection.close)
        self._thread.shutdown()

    async def _add_under_version(self, sql: str, values: Sequence[object]) -> None:
        """Write a row that names a tenant key's version, which may just have been retired."""

        def run(c: sqlite3.Connection) -> None:
            try:
                c.execute(sql, values)
            except sqlite3.IntegrityError as error:
                if error.sqlite_errorcode == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
                    raise StaleVersion from None
                raise

        await self._write(run)

    async def _read(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        return await self._run(lambda: self._connection.execute(sql, values).fetchall())

    async def _write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do `work` in a transaction; what waits at the same time shares its commit.

        A commit costs a few syncs of the disk however much it holds, and a busy
        gateway opens many sessions at once. Each work has a savepoint of its own:
        one that fails takes nobody with it."""
        write: Write[T] = Write(work)
        self._waiting.append(write)
        await self._run(lambda: write_together(self._connection, take(self._waiting)))
        try:
            return write.result()
        except sqlite3.Error as error:
            raise sqlite_problem(error) from None

    async def _run(self, work: Callable[[], T]) -> T:
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._thread, work)
        except sqlite3.Error as error:
            raise sqlite_problem(error) from None


def open_key_table(path: Path) -> SQLiteKeyTable:
    """Open or create the table. The caller holds the key directory's lock.

    Raises a SetupError where a newer version made it, an UnavailableError where
    it is locked or damaged."""
    try:
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        try:
            for pragma in PRAGMAS:
                connection.execute(pragma).close()
            transact(connection, _create_schema)
            if connection.execute(IS_UNCLEAN).fetchone():
                _drive_out(connection, path, None)
        except BaseException:  # whatever ended it, the key table is not left open
            connection.close()
            raise
    except sqlite3.Error as error:
        raise sqlite_problem(error) from None
    return SQLiteKeyTable(connection, path)


def _create_schema(connection: sqlite3.Connection) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > VERSION:
        raise too_new()
    if version < VERSION:
        for statement in SCHEMA:
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version={VERSION}")


def _drive_out(c: sqlite3.Connection, path: Path, destroyed: bytes | None) -> list[str]:
    """Rewrite the file where pieces of a destroyed key lie, or may lie: then None is given.

    The mark is there until this is done, so that a crash does not end it."""
    if not c.execute(IS_UNCLEAN).fetchone():
        return []
    if destroyed is None or path.name in find_traces(path.parent, destroyed):
        c.execute("VACUUM")
    traces = [] if destroyed is None else find_traces(path.parent, destroyed)
    if path.name not in traces:
        transact(c, lambda inner: inner.execute(MARK_CLEAN))
    return traces


def _insert_tenant(row: TenantRow) -> tuple[str, tuple[object, ...]]:
    sql = "INSERT INTO tenant_key VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
    return sql, (row.tenant, row.version, row.wrapped)


def _insert_named(row: NamedRow) -> tuple[str, tuple[object, ...]]:
    sql = "INSERT INTO named_key VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
    return sql, (row.tenant, row.name, row.version, row.wrapped)


def _select_owner(c: sqlite3.Connection, tenant: TenantId, lookup: bytes) -> OwnerRow | None:
    sql = "SELECT version, wrapped, destroyed_at FROM owner_key WHERE tenant = ? AND lookup = ?"
    with closing(c.execute(sql, (tenant, lookup))) as rows:
        row = rows.fetchone()
    return None if row is None else read_owner(tenant, lookup, *row)


def _rewrap_table(
    c: sqlite3.Connection,
    table: str,
    tenant: TenantId,
    *,
    version: int,
    limit: int,
    rewrap: Rewrap,
) -> int:
    column, context_of = REWRAP[table]
    select = f"""SELECT {column}, version, wrapped FROM {table}
        WHERE tenant = ? AND version < ? LIMIT ?"""  # noqa: S608 - both names are ours
    update = f"UPDATE {table} SET version = ?, wrapped = ? WHERE tenant = ? AND {column} = ?"  # noqa: S608
    rows = c.execute(select, (tenant, version, limit)).fetchall()
    for key, old, wrapped in rows:
        anew = rewrap(context_of(tenant, key), old, wrapped)
        c.execute(update, (version, anew, tenant, key))
    return len(rows)
