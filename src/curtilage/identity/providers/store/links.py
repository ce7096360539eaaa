"""Links of people to identities elsewhere: rows and back."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.clock import encode_instant, parse_instant
from curtilage.core.db.columns import encode_optional, insert_into, parse_optional
from curtilage.core.models import PrincipalId, TenantId
from curtilage.identity.providers.models import Link
from curtilage.identity.providers.store.tables import LINK


class SqlLinkStore:
    """Links, each identity at most once."""

    async def insert(self, connection: AsyncConnection, tenant: TenantId, link: Link) -> bool:
        """False where the identity is somebody's already: of two at once, one gets it."""
        rows = await connection.execute(
            insert_into(connection, LINK)
            .values(
                tenant=tenant,
                id=link.id,
                digest=link.digest,
                issuer=link.issuer,
                person=link.person,
                shown=link.shown,
                created_at=encode_instant(link.created_at),
                last_used_at=encode_optional(link.last_used_at),
            )
            .on_conflict_do_nothing()
            .returning(LINK.c.id)
        )
        return rows.first() is not None

    async def find(
        self, connection: AsyncConnection, tenant: TenantId, digest: bytes
    ) -> Link | None:
        rows = await connection.execute(
            select(LINK).where(LINK.c.tenant == tenant, LINK.c.digest == digest)
        )
        row = rows.one_or_none()
        return None if row is None else _read(row)

    async def load(
        self, connection: AsyncConnection, tenant: TenantId, person: PrincipalId
    ) -> Sequence[Link]:
        """All of a person, the oldest first."""
        rows = await connection.execute(
            select(LINK).where(_is_of(tenant, person)).order_by(LINK.c.created_at, LINK.c.id)
        )
        return [_read(row) for row in rows]

    async def count(
        self, connection: AsyncConnection, tenant: TenantId, person: PrincipalId
    ) -> int:
        """How many a person has: ways in that are no authenticators."""
        rows = await connection.execute(
            select(func.count()).select_from(LINK).where(_is_of(tenant, person))
        )
        return int(rows.scalar_one())

    async def use(
        self, connection: AsyncConnection, tenant: TenantId, id: str, at: datetime
    ) -> bool:
        """Note the use. False where the link went meanwhile."""
        result = await connection.execute(
            update(LINK)
            .where(LINK.c.tenant == tenant, LINK.c.id == id)
            .values(last_used_at=encode_instant(at))
        )
        return result.rowcount == 1

    async def delete(
        self, connection: AsyncConnection, tenant: TenantId, person: PrincipalId, id: str
    ) -> bool:
        """False where it is not there, or another's."""
        result = await connection.execute(
            delete(LINK).where(_is_of(tenant, person), LINK.c.id == id)
        )
        return result.rowcount == 1

    async def count_by_issuer(
        self, connection: AsyncConnection, tenant: TenantId
    ) -> Mapping[str, int]:
        """How many identities of each issuer are somebody's here."""
        rows = await connection.execute(
            select(LINK.c.issuer, func.count())
            .where(LINK.c.tenant == tenant)
            .group_by(LINK.c.issuer)
        )
        return {issuer: int(number) for issuer, number in rows}

    async def delete_of(
        self, connection: AsyncConnection, tenant: TenantId, person: PrincipalId
    ) -> int:
        """All of a person; gives how many there were."""
        result = await connection.execute(delete(LINK).where(_is_of(tenant, person)))
        return int(result.rowcount)

    async def erase(
        self, connection: AsyncConnection, tenant: TenantId, person: PrincipalId
    ) -> int:
        """The same, of somebody who is erased: `people.ports.Eraser`."""
        return await self.delete_of(connection, tenant, person)


def _is_of(tenant: TenantId, person: PrincipalId) -> Any:
    return and_(LINK.c.tenant == tenant, LINK.c.person == person)


def _read(row: Any) -> Link:
    return Link(
        tenant=TenantId(row.tenant),
        id=row.id,
        digest=bytes(row.digest),
        issuer=row.issuer,
        person=PrincipalId(row.person),
        created_at=parse_instant(row.created_at),
        shown=bytes(row.shown),
        last_used_at=parse_optional(row.last_used_at),
    )
