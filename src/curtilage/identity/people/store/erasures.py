"""Whose key is still to be destroyed: rows and back."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.clock import encode_instant
from curtilage.core.models import PrincipalId, TenantId
from curtilage.identity.people.store.tables import ERASURE


class SqlErasureStore:
    """Implements `store_ports.ErasureStore`."""

    async def insert(
        self, connection: AsyncConnection, tenant: TenantId, person: PrincipalId, at: datetime
    ) -> None:
        row = {"tenant": tenant, "person": person, "at": encode_instant(at)}
        await connection.execute(insert(ERASURE).values(row))

    async def load(self, connection: AsyncConnection, tenant: TenantId) -> Sequence[PrincipalId]:
        rows = await connection.execute(select(ERASURE).where(ERASURE.c.tenant == tenant))
        return [PrincipalId(row.person) for row in rows]

    async def delete(
        self, connection: AsyncConnection, tenant: TenantId, person: PrincipalId
    ) -> None:
        await connection.execute(
            delete(ERASURE).where(ERASURE.c.tenant == tenant, ERASURE.c.person == person)
        )
