"""Clients: rows and back."""

from collections.abc import Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

import orjson
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.clock import encode_instant, parse_instant
from curtilage.core.db import broadcast
from curtilage.core.models import TenantId
from curtilage.identity.oauth.models.clients import (
    AuthMethod,
    Client,
    ClientSecret,
    GrantType,
    SubjectType,
)
from curtilage.identity.oauth.models.grants import STANDING
from curtilage.identity.oauth.store.rows import read_optional, write_optional
from curtilage.identity.oauth.store.tables import CLIENT


class SqlClientStore:
    """Apps, with hashes of their secrets."""

    async def insert(self, connection: AsyncConnection, tenant: TenantId, client: Client) -> None:
        row = {"tenant": tenant, "id": client.id, "created_at": encode_instant(client.created_at)}
        await connection.execute(insert(CLIENT).values(row | _changeable(client)))

    async def put(self, connection: AsyncConnection, tenant: TenantId, client: Client) -> bool:
        result = await connection.execute(
            update(CLIENT)
            .where(CLIENT.c.tenant == tenant, CLIENT.c.id == client.id)
            .values(_changeable(client))
        )
        return result.rowcount == 1

    async def find(
        self, connection: AsyncConnection, tenant: TenantId, client_id: str
    ) -> Client | None:
        rows = await connection.execute(
            select(CLIENT).where(CLIENT.c.tenant == tenant, CLIENT.c.id == client_id)
        )
        row = rows.one_or_none()
        return None if row is None else _read(row)

    async def load(self, connection: AsyncConnection, tenant: TenantId) -> Sequence[Client]:
        rows = await connection.execute(
            select(CLIENT).where(CLIENT.c.tenant == tenant).order_by(CLIENT.c.id)
        )
        return [_read(row) for row in rows]

    async def page(
        self, connection: AsyncConnection, tenant: TenantId, *, before: str, limit: int
    ) -> Sequence[Client]:
        wanted = select(CLIENT).where(CLIENT.c.tenant == tenant)
        if before:
            wanted = wanted.where(CLIENT.c.id < before)
        rows = await connection.execute(wanted.order_by(CLIENT.c.id.desc()).limit(limit))
        return [_read(row) for row in rows]

    async def revoke(
        self, connection: AsyncConnection, tenant: TenantId, client_id: str, at: datetime
    ) -> bool:
        result = await connection.execute(
            update(CLIENT)
            .where(
                CLIENT.c.tenant == tenant, CLIENT.c.id == client_id, CLIENT.c.revoked_at.is_(None)
            )
            .values(revoked_at=encode_instant(at))
        )
        if result.rowcount:
            await broadcast.bump(connection, STANDING)
        return result.rowcount == 1

    async def load_ended(
        self, connection: AsyncConnection, tenant: TenantId, since: datetime
    ) -> frozenset[str]:
        """Ids of clients that were revoked since then."""
        rows = await connection.execute(
            select(CLIENT.c.id).where(
                CLIENT.c.tenant == tenant, CLIENT.c.revoked_at >= encode_instant(since)
            )
        )
        return frozenset(row.id for row in rows)


def _changeable(client: Client) -> dict[str, Any]:
    return {
        "name": client.name,
        "method": client.method.value,
        "secrets": _write_secrets(client.secrets),
        "details": _write_details(client),
        "is_first_party": client.is_first_party,
        "is_dynamic": client.is_dynamic,
        "management_digest": client.management_digest,
        "revoked_at": write_optional(client.revoked_at),
    }


def _write_secrets(secrets: tuple[ClientSecret, ...]) -> str:
    return orjson.dumps(
        [[secret.digest.hex(), write_optional(secret.expires_at)] for secret in secrets]
    ).decode()


def _write_details(client: Client) -> str:
    return orjson.dumps(
        {
            "jwks": None if client.jwks is None else dict(client.jwks),
            "jwks_uri": client.jwks_uri,
            "redirect_uris": client.redirect_uris,
            "post_logout_uris": client.post_logout_uris,
            "backchannel_logout_uri": client.backchannel_logout_uri,
            "backchannel_session_required": client.backchannel_session_required,
            "grant_types": sorted(client.grant_types),
            "scopes": sorted(client.scopes),
            "resources": client.resources,
            "serves": client.serves,
            "detail_types": sorted(client.detail_types),
            "must_push": client.must_push,
            "is_dpop_bound": client.is_dpop_bound,
            "subject_type": client.subject_type,
            "sector": client.sector,
            "id_token_alg": client.id_token_alg,
            "texts": dict(client.texts),
        }
    ).decode()


def _read(row: Any) -> Client:
    fields = orjson.loads(row.details)
    return Client(
        id=row.id,
        tenant=TenantId(row.tenant),
        name=row.name,
        created_at=parse_instant(row.created_at),
        method=AuthMethod(row.method),
        secrets=tuple(
            ClientSecret(bytes.fromhex(digest), read_optional(until))
            for digest, until in orjson.loads(row.secrets)
        ),
        jwks=fields["jwks"],
        jwks_uri=fields["jwks_uri"],
        redirect_uris=tuple(fields["redirect_uris"]),
        post_logout_uris=tuple(fields["post_logout_uris"]),
        backchannel_logout_uri=fields["backchannel_logout_uri"],
        backchannel_session_required=fields["backchannel_session_required"],
        grant_types=frozenset(GrantType(each) for each in fields["grant_types"]),
        scopes=frozenset(fields["scopes"]),
        resources=tuple(fields["resources"]),
        serves=tuple(fields["serves"]),
        detail_types=frozenset(fields["detail_types"]),
        must_push=fields["must_push"],
        is_dpop_bound=fields["is_dpop_bound"],
        subject_type=SubjectType(fields["subject_type"]),
        sector=fields["sector"],
        id_token_alg=fields["id_token_alg"],
        is_first_party=row.is_first_party,
        is_dynamic=row.is_dynamic,
        management_digest=None if row.management_digest is None else bytes(row.management_digest),
        texts=MappingProxyType(fields["texts"]),
        revoked_at=read_optional(row.revoked_at),
    )
