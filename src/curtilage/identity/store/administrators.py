"""Administrators, and the set-up link that enrols the first."""

from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.clock import encode_instant, parse_instant
from curtilage.core.models import PrincipalId, TenantId
from curtilage.identity.models import Administrator, SetupLink
from curtilage.identity.store.tables import (
    ADMINISTRATOR,
    SETUP_LINK,
    encode_optional,
    insert_into,
    parse_optional,
)


class SqlAdministratorStore:
    """Administrators, and the set-up link that enrols the first."""

    async def insert(
        self, connection: AsyncConnection, tenant: TenantId, administrator: Administrator
    ) -> None:
        row = {
            "tenant": tenant,
            "id": administrator.id,
            "name": administrator.name,
            "sign_in_name": administrator.sign_in_name,
            "passphrase_hash": administrator.passphrase_hash,
            "enrolled_at": encode_instant(administrator.enrolled_at),
        }
        await connection.execute(insert(ADMINISTRATOR).values(row))

    async def find(
        self, connection: AsyncConnection, tenant: TenantId, sign_in_name: str
    ) -> Administrator | None:
        return await self._find(connection, tenant, ADMINISTRATOR.c.sign_in_name == sign_in_name)

    async def find_by_id(
        self, connection: AsyncConnection, tenant: TenantId, administrator: PrincipalId
    ) -> Administrator | None:
        return await self._find(connection, tenant, ADMINISTRATOR.c.id == administrator)

    async def _find(
        self, connection: AsyncConnection, tenant: TenantId, condition: Any
    ) -> Administrator | None:
        rows = await connection.execute(
            select(ADMINISTRATOR).where(ADMINISTRATOR.c.tenant == tenant, condition)
        )
        row = rows.one_or_none()
        return None if row is None else _read_administrator(row)

    async def replace_hash(
        self,
        connection: AsyncConnection,
        tenant: TenantId,
        administrator: PrincipalId,
        passphrase_hash: str,
    ) -> None:
        await connection.execute(
            update(ADMINISTRATOR)
            .where(ADMINISTRATOR.c.tenant == tenant, ADMINISTRATOR.c.id == administrator)
            .values(passphrase_hash=passphrase_hash)
        )

    async def has_any(self, connection: AsyncConnection, tenant: TenantId) -> bool:
        rows = await connection.execute(
            select(ADMINISTRATOR.c.id).where(ADMINISTRATOR.c.tenant == tenant).limit(1)
        )
        return rows.first() is not None

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


def _read_administrator(row: Any) -> Administrator:
    return Administrator(
        id=PrincipalId(row.id),
        tenant=TenantId(row.tenant),
        name=row.name,
        sign_in_name=row.sign_in_name,
        passphrase_hash=row.passphrase_hash,
        enrolled_at=parse_instant(row.enrolled_at),
    )
