"""Kept requests and what people consented to: rows and back."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.clock import encode_instant, parse_instant
from curtilage.core.models import PrincipalId, TenantId
from curtilage.identity.oauth.models.requests import Consent, KeptRequest, RequestKind
from curtilage.identity.oauth.store.rows import (
    insert_into,
    read_list,
    read_optional,
    write_list,
    write_optional,
)
from curtilage.identity.oauth.store.tables import CONSENT, REQUEST
from curtilage.identity.oauth.wire.kept_request import encode_request, restore_request


class SqlRequestStore:
    """Requests that wait for their person."""

    async def insert(
        self, connection: AsyncConnection, tenant: TenantId, kept: KeptRequest
    ) -> None:
        row = {
            "tenant": tenant,
            "digest": kept.digest,
            "kind": kept.kind.value,
            "client": kept.request.client,
            "request": encode_request(kept.request),
            "pushed": kept.pushed,
            "made_at": encode_instant(kept.made_at),
            "expires_at": encode_instant(kept.expires_at),
            "done_at": write_optional(kept.done_at),
        }
        await connection.execute(insert(REQUEST).values(row))

    async def find(
        self, connection: AsyncConnection, tenant: TenantId, digest: bytes
    ) -> KeptRequest | None:
        rows = await connection.execute(
            select(REQUEST).where(REQUEST.c.tenant == tenant, REQUEST.c.digest == digest)
        )
        row = rows.one_or_none()
        return None if row is None else _read_request(row)

    async def finish(
        self, connection: AsyncConnection, tenant: TenantId, digest: bytes, at: datetime
    ) -> bool:
        """True for exactly one caller."""
        result = await connection.execute(
            update(REQUEST)
            .where(
                REQUEST.c.tenant == tenant, REQUEST.c.digest == digest, REQUEST.c.done_at.is_(None)
            )
            .values(done_at=encode_instant(at))
        )
        return result.rowcount == 1


class SqlConsentStore:
    """What each person allowed each client."""

    async def find(
        self, connection: AsyncConnection, tenant: TenantId, person: PrincipalId, client: str
    ) -> Consent | None:
        rows = await connection.execute(select(CONSENT).where(_is(tenant, person, client)))
        row = rows.one_or_none()
        return None if row is None else _read_consent(row)

    async def load(
        self, connection: AsyncConnection, tenant: TenantId, person: PrincipalId
    ) -> Sequence[Consent]:
        rows = await connection.execute(
            select(CONSENT)
            .where(CONSENT.c.tenant == tenant, CONSENT.c.person == person)
            .order_by(CONSENT.c.given_at, CONSENT.c.client)
        )
        return [_read_consent(row) for row in rows]

    async def put(self, connection: AsyncConnection, tenant: TenantId, consent: Consent) -> None:
        changing = {
            "scopes": write_list(sorted(consent.scopes)),
            "resources": write_list(sorted(consent.resources)),
            "changed_at": encode_instant(consent.changed_at),
        }
        await connection.execute(
            insert_into(connection, CONSENT)
            .values(
                tenant=tenant,
                person=consent.person,
                client=consent.client,
                given_at=encode_instant(consent.given_at),
                **changing,
            )
            .on_conflict_do_update(index_elements=["tenant", "person", "client"], set_=changing)
        )

    async def delete(
        self, connection: AsyncConnection, tenant: TenantId, person: PrincipalId, client: str
    ) -> bool:
        result = await connection.execute(delete(CONSENT).where(_is(tenant, person, client)))
        return result.rowcount == 1

    async def erase(
        self, connection: AsyncConnection, tenant: TenantId, person: PrincipalId
    ) -> int:
        """Delete all that this person allowed; gives how many."""
        result = await connection.execute(
            delete(CONSENT).where(CONSENT.c.tenant == tenant, CONSENT.c.person == person)
        )
        return result.rowcount

    async def count_people(
        self, connection: AsyncConnection, tenant: TenantId, clients: Sequence[str]
    ) -> Mapping[str, int]:
        """How many people allowed each of these something."""
        rows = await connection.execute(
            select(CONSENT.c.client, func.count())
            .where(CONSENT.c.tenant == tenant, CONSENT.c.client.in_(clients))
            .group_by(CONSENT.c.client)
        )
        found = {client: int(number) for client, number in rows}
        return {client: found.get(client, 0) for client in clients}


def _is(tenant: TenantId, person: PrincipalId, client: str) -> Any:
    return (
        (CONSENT.c.tenant == tenant) & (CONSENT.c.person == person) & (CONSENT.c.client == client)
    )


def _read_request(row: Any) -> KeptRequest:
    return KeptRequest(
        tenant=TenantId(row.tenant),
        digest=bytes(row.digest),
        kind=RequestKind(row.kind),
        request=restore_request(row.request),
        made_at=parse_instant(row.made_at),
        expires_at=parse_instant(row.expires_at),
        pushed=None if row.pushed is None else bytes(row.pushed),
        done_at=read_optional(row.done_at),
    )


def _read_consent(row: Any) -> Consent:
    return Consent(
        tenant=TenantId(row.tenant),
        person=PrincipalId(row.person),
        client=row.client,
        scopes=frozenset(read_list(row.scopes)),
        resources=frozenset(read_list(row.resources)),
        given_at=parse_instant(row.given_at),
        changed_at=parse_instant(row.changed_at),
    )
