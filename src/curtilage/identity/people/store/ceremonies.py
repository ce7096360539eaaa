"""Steps that wait for their end: rows and back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.clock import encode_instant, parse_instant
from curtilage.core.db.columns import insert_into
from curtilage.core.db.sweep import sweep
from curtilage.core.models import PrincipalId, TenantId
from curtilage.identity.people.models import Ceremony, CeremonyKind
from curtilage.identity.people.store.tables import CEREMONY


class SqlCeremonyStore:
    """Ceremonies, each for one end."""

    async def insert(
        self, connection: AsyncConnection, tenant: TenantId, ceremony: Ceremony
    ) -> None:
        await connection.execute(insert(CEREMONY).values(_write(tenant, ceremony)))

    async def find(
        self, connection: AsyncConnection, tenant: TenantId, digest: bytes
    ) -> Ceremony | None:
        rows = await connection.execute(select(CEREMONY).where(_is(tenant, digest)))
        row = rows.one_or_none()
        return None if row is None else _read(row)

    async def find_of_browser(
        self,
        connection: AsyncConnection,
        tenant: TenantId,
        kind: CeremonyKind,
        browser: bytes,
    ) -> Ceremony | None:
        """The newest of this kind that a browser began."""
        rows = await connection.execute(
            select(CEREMONY)
            .where(
                CEREMONY.c.tenant == tenant,
                CEREMONY.c.browser == browser,
                CEREMONY.c.kind == kind.value,
            )
            .order_by(CEREMONY.c.expires_at.desc())
            .limit(1)
        )
        row = rows.one_or_none()
        return None if row is None else _read(row)

    async def find_by_id(
        self, connection: AsyncConnection, tenant: TenantId, kind: CeremonyKind, id: str
    ) -> Ceremony | None:
        """One of a kind that is known by ids."""
        rows = await connection.execute(select(CEREMONY).where(_is_kind(tenant, kind, id=id)))
        row = rows.one_or_none()
        return None if row is None else _read(row)

    async def page(
        self,
        connection: AsyncConnection,
        tenant: TenantId,
        kind: CeremonyKind,
        *,
        at: datetime,
        before: str,
        limit: int,
    ) -> Sequence[Ceremony]:
        """Those of a kind that is known by ids and that are not over at `at`, the newest first;
        older than `before`, "" for all."""
        condition = and_(_is_kind(tenant, kind), CEREMONY.c.expires_at > encode_instant(at))
        if before:
            condition = and_(condition, CEREMONY.c.id < before)
        rows = await connection.execute(
            select(CEREMONY).where(condition).order_by(CEREMONY.c.id.desc()).limit(limit)
        )
        return [_read(row) for row in rows]

    async def spend(
        self, connection: AsyncConnection, tenant: TenantId, ceremony: Ceremony
    ) -> bool:
        """Note that something was used that had no row before. True for exactly one caller."""
        rows = await connection.execute(
            insert_into(connection, CEREMONY)
            .values(_write(tenant, ceremony))
            .on_conflict_do_nothing()
            .returning(CEREMONY.c.digest)
        )
        return rows.first() is not None

    async def end(self, connection: AsyncConnection, tenant: TenantId, digest: bytes) -> bool:
        """True for exactly one caller."""
        result = await connection.execute(delete(CEREMONY).where(_is(tenant, digest)))
        return result.rowcount == 1

    async def count_try(
        self, connection: AsyncConnection, tenant: TenantId, digest: bytes, *, most: int
    ) -> bool:
        """Count a wrong code, before it is looked at. False where there were too many."""
        result = await connection.execute(
            update(CEREMONY)
            .where(_is(tenant, digest), CEREMONY.c.tries < most)
            .values(tries=CEREMONY.c.tries + 1)
        )
        return result.rowcount == 1

    async def delete_of(
        self,
        connection: AsyncConnection,
        tenant: TenantId,
        person: PrincipalId,
        kind: CeremonyKind | None = None,
    ) -> None:
        """Those of a person: a new link makes the one before worthless."""
        condition = and_(CEREMONY.c.tenant == tenant, CEREMONY.c.person == person)
        if kind is not None:
            condition = and_(condition, CEREMONY.c.kind == kind.value)
        await connection.execute(delete(CEREMONY).where(condition))

    async def sweep(self, connection: AsyncConnection, tenant: TenantId, at: datetime) -> None:
        """Drop those that nothing can end any more."""
        await connection.execute(
            sweep(
                CEREMONY, CEREMONY.c.tenant == tenant, CEREMONY.c.expires_at <= encode_instant(at)
            )
        )


def _is(tenant: TenantId, digest: bytes) -> Any:
    return and_(CEREMONY.c.tenant == tenant, CEREMONY.c.digest == digest)


def _is_kind(tenant: TenantId, kind: CeremonyKind, *, id: str = "") -> Any:
    known = CEREMONY.c.id == id if id else CEREMONY.c.id.is_not(None)
    return and_(CEREMONY.c.tenant == tenant, CEREMONY.c.kind == kind.value, known)


def _write(tenant: TenantId, ceremony: Ceremony) -> dict[str, Any]:
    return {
        "tenant": tenant,
        "digest": ceremony.digest,
        "kind": ceremony.kind.value,
        "person": ceremony.person,
        "browser": ceremony.browser,
        "data": ceremony.data,
        "tries": ceremony.tries,
        "expires_at": encode_instant(ceremony.expires_at),
        "id": ceremony.id or None,
    }


def _read(row: Any) -> Ceremony:
    return Ceremony(
        tenant=TenantId(row.tenant),
        digest=bytes(row.digest),
        kind=CeremonyKind(row.kind),
        expires_at=parse_instant(row.expires_at),
        person=None if row.person is None else PrincipalId(row.person),
        browser=bytes(row.browser),
        data=bytes(row.data),
        tries=row.tries,
        id=row.id or "",
    )
