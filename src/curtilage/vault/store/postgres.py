"""The key table on PostgreSQL, for several nodes: a database of its own, `vault.url`.

Each method is one transaction. Where one reads and then writes, it locks the row
that others would change under it: `meta` for the root key, the owner for its scopes.

PostgreSQL overwrites nothing. A deleted row lies in the file until a vacuum frees its
place and another row takes it, and in the write-ahead log and in backups as long as those
are kept: `drive_out` vacuums, and can promise no more.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Text, cast, delete, exists, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as insert_or_leave
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.base import Executable

from curtilage.core.clock import encode_instant, parse_instant
from curtilage.core.db.engine import Database
from curtilage.core.db.turns import stand_alone
from curtilage.core.models import TenantId
from curtilage.vault.errors import KeyTableDamaged, StaleVersion
from curtilage.vault.models import NamedRow, OwnerRow, ScopeRow, TenantRow
from curtilage.vault.ports import Rewrap
from curtilage.vault.store.postgres_schema import (
    META,
    METADATA,
    NAMED_KEY,
    OWNER_KEY,
    SCOPE_KEY,
    TENANT_KEY,
    VERSION,
)
from curtilage.vault.store.rows import REWRAP, read_owner, too_new

LOCK = 0x6B657973  # "keys": the advisory lock that starting nodes share
WAIT_SECONDS = 60  # for another node that starts
FOREIGN_KEY_VIOLATION = "23503"  # https://www.postgresql.org/docs/current/errcodes-appendix.html


class PostgresKeyTable:
    """Implements `ports.KeyTable`. `prepare` makes the tables where they are missing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @asynccontextmanager
    async def starting(self) -> AsyncIterator[None]:
        """Keep other nodes from starting meanwhile: of two first starts one makes the keys."""
        async with self._database.begin() as connection:
            await stand_alone(connection, LOCK, wait_seconds=WAIT_SECONDS)
            yield

    async def prepare(self) -> None:
        """Make the tables where there are none, or only older ones. Inside `starting`.

        Raises a SetupError where a newer version made them."""
        version = insert_or_leave(META).values(name="schema", value=str(VERSION))
        async with self._database.begin() as connection:
            await connection.run_sync(lambda sync: META.create(sync, checkfirst=True))
            known = await _find_version(connection)
            if known > VERSION:
                raise too_new()
            if known < VERSION:
                await connection.run_sync(METADATA.create_all)
                await connection.execute(
                    version.on_conflict_do_update(
                        index_elements=[META.c.name], set_={"value": str(VERSION)}
                    )
                )

    async def find_root_id(self) -> str | None:
        """The id of the root key; None before the first start."""
        return await self._find_meta("root")

    async def install(self, first: TenantRow, lookup: NamedRow, root_id: str) -> None:
        values = {"tenant": first.tenant, "root": root_id, "generation": "0"}
        rows = [{"name": name, "value": value} for name, value in values.items()]
        async with self._database.begin() as connection:
            add = insert_or_leave(META).on_conflict_do_nothing().returning(META.c.name)
            if (await connection.execute(add.values(rows[0]))).first() is None:
                return
            await connection.execute(insert(META), rows[1:])
            await connection.execute(insert(TENANT_KEY).values(**_tenant_values(first)))
            await connection.execute(insert(NAMED_KEY).values(**_named_values(lookup)))

    async def find_tenant(self) -> TenantId | None:
        """As the port has it; before `prepare` too, where there may be no tables."""
        is_there = await self._read(select(func.to_regclass(TENANT_KEY.name)))
        found = await self._find_meta("tenant") if is_there[0][0] else None
        return None if found is None else TenantId(found)

    async def root_id(self) -> str:
        return await self._meta("root")

    async def generation(self) -> int:
        return int(await self._meta("generation"))

    async def _meta(self, name: str) -> str:
        value = await self._find_meta(name)
        if value is None:
            raise KeyTableDamaged
        return value

    async def _find_meta(self, name: str) -> str | None:
        rows = await self._read(select(META.c.value).where(META.c.name == name))
        return str(rows[0][0]) if rows else None

    async def tenant_keys(self, tenant: TenantId) -> tuple[str, Sequence[TenantRow]]:
        root = select(META.c.value).where(META.c.name == "root").scalar_subquery()
        rows = await self._read(
            select(root, TENANT_KEY.c.version, TENANT_KEY.c.wrapped)
            .where(TENANT_KEY.c.tenant == tenant)
            .order_by(TENANT_KEY.c.version.desc())
        )
        if not rows:
            raise KeyTableDamaged
        return rows[0][0], [TenantRow(tenant, *row[1:]) for row in rows]

    async def find_named(self, tenant: TenantId, name: str) -> NamedRow | None:
        rows = await self._read(
            select(NAMED_KEY.c.version, NAMED_KEY.c.wrapped).where(
                NAMED_KEY.c.tenant == tenant, NAMED_KEY.c.name == name
            )
        )
        return NamedRow(tenant, name, *rows[0]) if rows else None

    async def add_named(self, row: NamedRow) -> None:
        add = insert_or_leave(NAMED_KEY).values(**_named_values(row))
        await self._add_under_version(add.on_conflict_do_nothing())

    async def find_owner(self, tenant: TenantId, lookup: bytes) -> OwnerRow | None:
        rows = await self._read(_select_owner(tenant, lookup))
        return read_owner(tenant, lookup, *rows[0]) if rows else None

    async def add_owner(self, row: OwnerRow, at: datetime) -> None:
        add = insert_or_leave(OWNER_KEY).values(
            tenant=row.tenant,
            lookup=row.lookup,
            version=row.version,
            wrapped=row.wrapped,
            created_at=encode_instant(at),
        )
        await self._add_under_version(add.on_conflict_do_nothing())

    async def destroy_owner(self, tenant: TenantId, lookup: bytes, at: datetime) -> OwnerRow | None:
        now = encode_instant(at)
        values = {"tenant": tenant, "lookup": lookup, "created_at": now, "destroyed_at": now}
        leave = insert_or_leave(OWNER_KEY).values(**values).on_conflict_do_nothing()
        mark = leave.returning(OWNER_KEY.c.lookup)
        async with self._database.begin() as connection:
            is_new = (await connection.execute(mark)).first() is not None
            before = None if is_new else await _lock_owner(connection, tenant, lookup)
            if before is not None and before.wrapped is None:
                return before
            await connection.execute(
                delete(SCOPE_KEY).where(SCOPE_KEY.c.tenant == tenant, SCOPE_KEY.c.owner == lookup)
            )
            await connection.execute(
                update(OWNER_KEY)
                .where(OWNER_KEY.c.tenant == tenant, OWNER_KEY.c.lookup == lookup)
                .values(version=None, wrapped=None, destroyed_at=now)
            )
            await connection.execute(
                update(META)
                .where(META.c.name == "generation")
                .values(value=cast(cast(META.c.value, BigInteger) + 1, Text))
            )
        return before

    async def drive_out(self, destroyed: bytes | None) -> Sequence[str]:
        """Let the places of deleted rows be used again; nobody can say when they are."""
        names = ", ".join(table.name for table in (OWNER_KEY, SCOPE_KEY))
        async with self._database.outside_transactions() as connection:
            await connection.execute(text(f"VACUUM {names}"))
        return []

    async def find_scopes(
        self, tenant: TenantId, owner: bytes, lookup: bytes
    ) -> Sequence[ScopeRow]:
        columns = SCOPE_KEY.c
        rows = await self._read(
            select(columns.epoch, columns.id, columns.wrapped, columns.created_at)
            .where(*_is_scope(tenant, owner, lookup))
            .order_by(columns.epoch.desc())
        )
        return [
            ScopeRow(tenant, owner, lookup, epoch, id, wrapped, parse_instant(made))
            for epoch, id, wrapped, made in rows
        ]

    async def find_scope_by_id(self, tenant: TenantId, id: bytes) -> ScopeRow | None:
        columns = SCOPE_KEY.c
        rows = await self._read(
            select(columns.owner, columns.lookup, columns.epoch, columns.wrapped).where(
                columns.tenant == tenant, columns.id == id
            )
        )
        if not rows:
            return None
        owner, lookup, epoch, wrapped = rows[0]
        return ScopeRow(tenant, owner, lookup, epoch, id, wrapped)

    async def add_scope(self, row: ScopeRow, at: datetime, *, only: bool) -> None:
        add = insert_or_leave(SCOPE_KEY).values(
            tenant=row.tenant,
            owner=row.owner,
            lookup=row.lookup,
            epoch=row.epoch,
            id=row.id,
            wrapped=row.wrapped,
            created_at=encode_instant(at),
        )
        async with self._database.begin() as connection:
            owner = await _lock_owner(connection, row.tenant, row.owner)
            if owner is None or owner.destroyed_at is not None:
                return
            is_there = select(exists().where(*_is_scope(row.tenant, row.owner, row.lookup)))
            if only and (await connection.execute(is_there)).scalar_one():
                return
            await connection.execute(add.on_conflict_do_nothing())

    async def add_tenant_key(self, row: TenantRow, root_id: str) -> None:
        add = insert_or_leave(TENANT_KEY).values(**_tenant_values(row))
        root = select(META.c.value).where(META.c.name == "root").with_for_update()
        async with self._database.begin() as connection:
            if (await connection.execute(root)).scalar() == root_id:
                await connection.execute(add.on_conflict_do_nothing())

    async def rewrap(self, tenant: TenantId, version: int, limit: int, rewrap: Rewrap) -> int:
        async with self._database.begin() as connection:
            return sum(
                [
                    await _rewrap_table(
                        connection, name, tenant, version=version, limit=limit, rewrap=rewrap
                    )
                    for name in REWRAP
                ]
            )

    async def retire(self, tenant: TenantId, version: int) -> bool:
        before = delete(TENANT_KEY).where(
            TENANT_KEY.c.tenant == tenant, TENANT_KEY.c.version < version
        )
        try:
            await self._add_under_version(before)
        except StaleVersion:
            return False
        return True

    async def change_root(
        self, from_id: str, to_id: str, rewrap: Callable[[TenantRow], bytes]
    ) -> int:
        change = update(META).where(META.c.name == "root", META.c.value == from_id)
        columns = TENANT_KEY.c
        async with self._database.begin() as connection:
            if (await connection.execute(change.values(value=to_id))).rowcount != 1:
                raise StaleVersion
            rows = (await connection.execute(select(*columns))).all()
            for tenant, version, wrapped in rows:
                anew = rewrap(TenantRow(TenantId(tenant), version, wrapped))
                of_row = (columns.tenant == tenant, columns.version == version)
                await connection.execute(update(TENANT_KEY).where(*of_row).values(wrapped=anew))
            return len(rows)

    async def counts(self, tenant: TenantId) -> tuple[int, int, int]:
        of_tenant = OWNER_KEY.c.tenant == tenant
        has_key = OWNER_KEY.c.wrapped.is_not(None)
        counting = func.count().filter
        owners = await self._read(
            select(counting(has_key), counting(~has_key)).select_from(OWNER_KEY).where(of_tenant)
        )
        scopes = await self._read(
            select(func.count()).select_from(SCOPE_KEY).where(SCOPE_KEY.c.tenant == tenant)
        )
        return owners[0][0], owners[0][1], scopes[0][0]

    async def renew(self) -> None:
        await self._database.renew()

    async def close(self) -> None:
        await self._database.close()

    async def _add_under_version(self, statement: Executable) -> None:
        """Write a row that names a tenant key's version, which may just have been retired."""
        async with self._database.begin() as connection:
            try:
                await connection.execute(statement)
            except IntegrityError as error:
                if getattr(error.orig, "sqlstate", None) == FOREIGN_KEY_VIOLATION:
                    raise StaleVersion from None
                raise

    async def _read(self, statement: Executable) -> Sequence[Any]:
        async with self._database.read() as connection:
            return (await connection.execute(statement)).all()


async def _find_version(connection: AsyncConnection) -> int:
    """Of the tables as they are; 0 where there are none."""
    known = await connection.execute(select(META.c.value).where(META.c.name == "schema"))
    return int(known.scalar() or 0)


def _tenant_values(row: TenantRow) -> dict[str, Any]:
    return {"tenant": row.tenant, "version": row.version, "wrapped": row.wrapped}


def _named_values(row: NamedRow) -> dict[str, Any]:
    values = {"tenant": row.tenant, "name": row.name}
    return {**values, "version": row.version, "wrapped": row.wrapped}


def _is_scope(tenant: TenantId, owner: bytes, lookup: bytes) -> tuple[Any, ...]:
    columns = SCOPE_KEY.c
    return columns.tenant == tenant, columns.owner == owner, columns.lookup == lookup


def _select_owner(tenant: TenantId, lookup: bytes) -> Any:
    columns = OWNER_KEY.c
    return select(columns.version, columns.wrapped, columns.destroyed_at).where(
        columns.tenant == tenant, columns.lookup == lookup
    )


async def _lock_owner(
    connection: AsyncConnection, tenant: TenantId, lookup: bytes
) -> OwnerRow | None:
    """The owner as it is now, unchanged by others until the transaction ends."""
    found = await connection.execute(_select_owner(tenant, lookup).with_for_update())
    row = found.first()
    return None if row is None else read_owner(tenant, lookup, *row)


async def _rewrap_table(
    connection: AsyncConnection,
    name: str,
    tenant: TenantId,
    *,
    version: int,
    limit: int,
    rewrap: Rewrap,
) -> int:
    """Locked in one order, so that two rotations wait for each other and no more."""
    table, (key_name, context_of) = METADATA.tables[name], REWRAP[name]
    key = table.c[key_name]
    rows = await connection.execute(
        select(key, table.c.version, table.c.wrapped)
        .where(table.c.tenant == tenant, table.c.version < version)
        .order_by(key)
        .limit(limit)
        .with_for_update()
    )
    found = rows.all()
    for value, old, wrapped in found:
        anew = rewrap(context_of(tenant, value), old, wrapped)
        of_row = (table.c.tenant == tenant, key == value)
        await connection.execute(update(table).where(*of_row).values(version=version, wrapped=anew))
    return len(found)
