"""The set-up link, and the administrators of versions before people."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.clock import encode_instant, parse_instant
from curtilage.core.db.columns import encode_optional, insert_into, parse_optional
from curtilage.core.models import PrincipalId, TenantId
from curtilage.identity.people.models import Administrator, SetupLink
from curtilage.identity.people.store.tables import ADMINISTRATOR, SETUP_LINK


class SqlSetupLinkStore:
    """One link a tenant."""

    async def put_link(
        self, connection: AsyncConnection, tenant: TenantId, link: SetupLink
    ) -> None:
        row = {
            "digest": link.digest,
            "made_at": encode_instant(link.made_at),
            "expires_at": encode_instant(link.expires_at),
            "used_at": encode_optional(link.used_at),
        }
        await connection.execute(
            insert_into(connection, SETUP_LINK)
            .values(tenant=tenant, **row)
            .on_conflict_do_update(index_elements=["tenant"], set_=row)
        )

    async def find_link(self, connection: AsyncConnection, tenant: TenantId) -> SetupLink | None:
        rows = await connection.execute(select(SETUP_LINK).where(SETUP_LINK.c.tenant == tenant))
        row = rows.one_or_none()
        if row is None:
            return None
        return SetupLink(
            tenant=TenantId(row.tenant),
            digest=bytes(row.digest),
            made_at=parse_instant(row.made_at),
            expires_at=parse_instant(row.expires_at),
            used_at=parse_optional(row.used_at),
        )

    async def use_link(
        self, connection: AsyncConnection, tenant: TenantId, digest: bytes, at: datetime
    ) -> bool:
        result = await connection.execute(
            update(SETUP_LINK)
            .where(
                SETUP_LINK.c.tenant == tenant,
                SETUP_LINK.c.digest == digest,
                SETUP_LINK.c.used_at.is_(None),
                SETUP_LINK.c.expires_at > encode_instant(at),
            )
            .values(used_at=encode_instant(at))
        )
        return result.rowcount == 1

    async def load_administrators(
        self, connection: AsyncConnection, tenant: TenantId
    ) -> Sequence[Administrator]:
        rows = await connection.execute(
            select(ADMINISTRATOR).where(ADMINISTRATOR.c.tenant == tenant)
        )
        return [
            Administrator(
                id=PrincipalId(row.id),
                tenant=TenantId(row.tenant),
                name=row.name,
                sign_in_name=row.sign_in_name,
                passphrase_hash=row.passphrase_hash,
                enrolled_at=parse_instant(row.enrolled_at),
            )
            for row in rows
        ]

    async def delete_administrator(
        self, connection: AsyncConnection, tenant: TenantId, id: PrincipalId
    ) -> bool:
        result = await connection.execute(
            delete(ADMINISTRATOR).where(ADMINISTRATOR.c.tenant == tenant, ADMINISTRATOR.c.id == id)
        )
        return result.rowcount == 1
