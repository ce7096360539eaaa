"""Whose rights changed while tokens from before may still be about: rows and back."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.clock import encode_instant
from curtilage.core.db import broadcast
from curtilage.core.models import PrincipalId, TenantId
from curtilage.identity.oauth.models.grants import STANDING
from curtilage.identity.oauth.models.standing import ChangedKind
from curtilage.identity.oauth.store.rows import insert_into
from curtilage.identity.oauth.store.tables import CHANGED, GRANT


class SqlChangedStore:
    """People and clients to be judged anew. Rows go with all that expires."""

    async def note(
        self,
        connection: AsyncConnection,
        tenant: TenantId,
        kind: ChangedKind,
        holder: str,
        until: datetime,
    ) -> None:
        row = {"tenant": tenant, "kind": kind.value, "holder": holder}
        later = {"expires_at": encode_instant(until)}
        await connection.execute(
            insert_into(connection, CHANGED)
            .values(row | later)
            .on_conflict_do_update(index_elements=["tenant", "kind", "holder"], set_=later)
        )
        await broadcast.bump(connection, STANDING)

    async def load(
        self, connection: AsyncConnection, tenant: TenantId, kind: ChangedKind, at: datetime
    ) -> frozenset[str]:
        rows = await connection.execute(
            select(CHANGED.c.holder).where(
                CHANGED.c.tenant == tenant,
                CHANGED.c.kind == kind.value,
                CHANGED.c.expires_at > encode_instant(at),
            )
        )
        return frozenset(row.holder for row in rows)

    async def load_grants(
        self, connection: AsyncConnection, tenant: TenantId, people: Collection[str]
    ) -> Mapping[str, PrincipalId]:
        if not people:
            return {}
        rows = await connection.execute(
            select(GRANT.c.id, GRANT.c.person).where(
                GRANT.c.tenant == tenant,
                GRANT.c.person.in_(sorted(people)),
                GRANT.c.revoked_at.is_(None),
            )
        )
        return {row.id: PrincipalId(row.person) for row in rows}
