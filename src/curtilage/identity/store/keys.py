"""API keys: rows and back."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Select, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.clock import encode_instant, parse_instant
from curtilage.core.db.columns import encode_optional, parse_optional
from curtilage.core.models import PrincipalId, PrincipalKind, PurposeKey, TenantId
from curtilage.identity.models import ApiKey, KeyGroup
from curtilage.identity.store.budgets import encode_budgets, load_groups, parse_budgets
from curtilage.identity.store.tables import API_KEY


class SqlKeyStore:
    """API keys."""

    async def insert(self, connection: AsyncConnection, tenant: TenantId, key: ApiKey) -> None:
        row = {
            "tenant": tenant,
            "id": key.id,
            "principal": key.principal,
            "kind": key.kind.value,
            "name": key.name,
            "digest": key.digest,
            "purposes": _encode_set(key.purposes),
            "rights": _encode_set(key.rights),
            "models": _encode_set(key.models),
            "requests_per_minute": key.requests_per_minute,
            "tokens_per_minute": key.tokens_per_minute,
            "created_at": encode_instant(key.created_at),
            "expires_at": encode_optional(key.expires_at),
            "revoked_at": encode_optional(key.revoked_at),
            "budgets": encode_budgets(key.budgets),
            "group_id": key.group.id if key.group else None,
            "owner": key.owner,
            "line": key.line or None,
        }
        await connection.execute(insert(API_KEY).values(row))

    async def find(
        self, connection: AsyncConnection, tenant: TenantId, key_id: str
    ) -> ApiKey | None:
        return await self._find(connection, tenant, API_KEY.c.id == key_id)

    async def find_by_digest(
        self, connection: AsyncConnection, tenant: TenantId, digest: bytes
    ) -> ApiKey | None:
        return await self._find(connection, tenant, API_KEY.c.digest == digest)

    async def _find(
        self, connection: AsyncConnection, tenant: TenantId, is_it: ColumnElement[bool]
    ) -> ApiKey | None:
        rows = await connection.execute(select(API_KEY).where(API_KEY.c.tenant == tenant, is_it))
        row = rows.one_or_none()
        if row is None:
            return None
        return _read_key(row, await load_groups(connection, tenant))

    async def page(
        self, connection: AsyncConnection, tenant: TenantId, *, before: str, limit: int
    ) -> Sequence[ApiKey]:
        wanted = select(API_KEY).where(API_KEY.c.tenant == tenant)
        if before:
            wanted = wanted.where(API_KEY.c.id < before)
        return await self._read(
            connection, tenant, wanted.order_by(API_KEY.c.id.desc()).limit(limit)
        )

    async def load_of(
        self, connection: AsyncConnection, tenant: TenantId, principal: PrincipalId
    ) -> Sequence[ApiKey]:
        wanted = select(API_KEY).where(API_KEY.c.tenant == tenant, API_KEY.c.principal == principal)
        return await self._read(connection, tenant, wanted.order_by(API_KEY.c.id))

    async def limit(self, connection: AsyncConnection, tenant: TenantId, key: ApiKey) -> bool:
        result = await connection.execute(
            update(API_KEY)
            .where(API_KEY.c.tenant == tenant, API_KEY.c.id == key.id)
            .values(
                budgets=encode_budgets(key.budgets), group_id=key.group.id if key.group else None
            )
        )
        return result.rowcount == 1

    async def revoke(
        self, connection: AsyncConnection, tenant: TenantId, key_id: str, at: datetime
    ) -> bool:
        result = await connection.execute(
            update(API_KEY)
            .where(
                API_KEY.c.tenant == tenant, API_KEY.c.id == key_id, API_KEY.c.revoked_at.is_(None)
            )
            .values(revoked_at=encode_instant(at))
        )
        return result.rowcount == 1

    async def revoke_of(
        self, connection: AsyncConnection, tenant: TenantId, owner: PrincipalId, at: datetime
    ) -> int:
        wanted = (
            API_KEY.c.tenant == tenant,
            API_KEY.c.owner == owner,
            API_KEY.c.revoked_at.is_(None),
        )
        await connection.execute(  # in the order in which uses of keys are noted
            select(API_KEY.c.id).where(*wanted).order_by(API_KEY.c.id).with_for_update()
        )
        result = await connection.execute(
            update(API_KEY).where(*wanted).values(revoked_at=encode_instant(at))
        )
        return result.rowcount

    async def expire(
        self, connection: AsyncConnection, tenant: TenantId, key_id: str, at: datetime
    ) -> None:
        await connection.execute(
            update(API_KEY)
            .where(API_KEY.c.tenant == tenant, API_KEY.c.id == key_id)
            .values(expires_at=encode_instant(at))
        )

    async def note_use(
        self, connection: AsyncConnection, tenant: TenantId, key_id: str, at: datetime
    ) -> None:
        used, so_far = encode_instant(at), API_KEY.c.last_used_at
        await connection.execute(
            update(API_KEY)
            .where(
                API_KEY.c.tenant == tenant,
                API_KEY.c.id == key_id,
                or_(so_far.is_(None), so_far < used),
            )
            .values(last_used_at=used)
        )

    async def load(self, connection: AsyncConnection, tenant: TenantId) -> Sequence[ApiKey]:
        wanted = select(API_KEY).where(API_KEY.c.tenant == tenant).order_by(API_KEY.c.id)
        return await self._read(connection, tenant, wanted)

    async def _read(
        self, connection: AsyncConnection, tenant: TenantId, wanted: Select[Any]
    ) -> Sequence[ApiKey]:
        rows = await connection.execute(wanted)
        groups = await load_groups(connection, tenant)
        return [_read_key(row, groups) for row in rows]


def _read_key(row: Any, groups: Mapping[str, KeyGroup]) -> ApiKey:
    return ApiKey(
        id=row.id,
        tenant=TenantId(row.tenant),
        principal=PrincipalId(row.principal),
        name=row.name,
        digest=bytes(row.digest),
        created_at=parse_instant(row.created_at),
        kind=PrincipalKind(row.kind),
        purposes=frozenset(PurposeKey(purpose) for purpose in orjson.loads(row.purposes)),
        rights=frozenset(orjson.loads(row.rights)),
        models=frozenset(orjson.loads(row.models)),
        expires_at=parse_optional(row.expires_at),
        revoked_at=parse_optional(row.revoked_at),
        requests_per_minute=row.requests_per_minute,
        tokens_per_minute=row.tokens_per_minute,
        budgets=parse_budgets(row.budgets),
        group=groups[row.group_id] if row.group_id else None,
        owner=PrincipalId(row.owner) if row.owner else None,
        line=row.line or "",
        last_used_at=parse_optional(row.last_used_at),
    )


def _encode_set(values: frozenset[Any]) -> str:
    return orjson.dumps(sorted(values)).decode()
