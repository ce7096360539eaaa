"""Grants, codes and refresh tokens: rows and back. Every single use is one UPDATE."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.clock import encode_instant, parse_instant
from curtilage.core.db import broadcast
from curtilage.core.db.prepared import Prepared
from curtilage.core.models import PrincipalId, TenantId
from curtilage.identity.oauth.models.grants import STANDING, Code, Grant, RefreshToken
from curtilage.identity.oauth.store.rows import (
    read_grant,
    read_optional,
    write_grant,
    write_optional,
)
from curtilage.identity.oauth.store.tables import CODE, ENDED, GRANT, REFRESH
from curtilage.identity.wire.once import ENDED_GRANT, once_digest

# What every refresh does is built once and not at each.
_MINE = (REFRESH.c.tenant == bindparam("of_tenant"), REFRESH.c.digest == bindparam("of_digest"))
_FIND_REFRESH = Prepared(
    select(REFRESH, GRANT.c.body, GRANT.c.revoked_at)
    .join(GRANT, (GRANT.c.tenant == REFRESH.c.tenant) & (GRANT.c.id == REFRESH.c.grant_id))
    .where(*_MINE)
    .with_for_update(of=REFRESH)
)
_USE_REFRESH = Prepared(
    update(REFRESH)
    .where(*_MINE, REFRESH.c.used_at.is_(None))
    .values(used_at=bindparam("used_at"), expires_at=bindparam("expires_at"))
)
_ADD_REFRESH = Prepared(
    insert(REFRESH), columns=("tenant", "digest", "grant_id", "made_at", "expires_at")
)


class SqlGrantStore:
    """What was granted, and the secrets that hang on it."""

    async def insert_code(self, connection: AsyncConnection, tenant: TenantId, code: Code) -> None:
        row = {
            "tenant": tenant,
            "digest": code.digest,
            "grant_id": code.grant.id,
            "grant_body": write_grant(code.grant),
            "redirect_uri": code.redirect_uri,
            "has_uri": code.has_uri,
            "challenge": code.challenge,
            "nonce": code.nonce,
            "expires_at": encode_instant(code.expires_at),
        }
        await connection.execute(insert(CODE).values(row))

    async def find_code(
        self, connection: AsyncConnection, tenant: TenantId, digest: bytes
    ) -> Code | None:
        rows = await connection.execute(
            select(CODE).where(CODE.c.tenant == tenant, CODE.c.digest == digest).with_for_update()
        )
        row = rows.one_or_none()
        return None if row is None else _read_code(row)

    async def use_code(
        self, connection: AsyncConnection, tenant: TenantId, digest: bytes, at: datetime
    ) -> bool:
        """True for exactly one caller."""
        result = await connection.execute(
            update(CODE)
            .where(CODE.c.tenant == tenant, CODE.c.digest == digest, CODE.c.used_at.is_(None))
            .values(used_at=encode_instant(at))
        )
        return result.rowcount == 1

    async def insert_grant(
        self, connection: AsyncConnection, tenant: TenantId, grant: Grant
    ) -> None:
        row = {
            "tenant": tenant,
            "id": grant.id,
            "client": grant.client,
            "person": grant.person,
            "session": grant.session,
            "outlives_session": grant.outlives_session,
            "body": write_grant(grant),
            "made_at": encode_instant(grant.made_at),
            "expires_at": encode_instant(grant.expires_at),
            "revoked_at": write_optional(grant.revoked_at),
        }
        await connection.execute(insert(GRANT).values(row))

    async def find_grant(
        self, connection: AsyncConnection, tenant: TenantId, grant_id: str
    ) -> Grant | None:
        rows = await connection.execute(
            select(GRANT).where(GRANT.c.tenant == tenant, GRANT.c.id == grant_id)
        )
        row = rows.one_or_none()
        return None if row is None else read_grant(row.tenant, row.body, row.revoked_at)

    async def load_grants(
        self,
        connection: AsyncConnection,
        tenant: TenantId,
        *,
        person: PrincipalId | None = None,
        session: str | None = None,
        client: str | None = None,
    ) -> Sequence[Grant]:
        """Live grants of a person, a session or a client; the newest last."""
        rows = await connection.execute(
            select(GRANT)
            .where(*_of(tenant, person, session, client), GRANT.c.revoked_at.is_(None))
            .order_by(GRANT.c.id)
        )
        return [read_grant(row.tenant, row.body, row.revoked_at) for row in rows]

    async def revoke(
        self,
        connection: AsyncConnection,
        tenant: TenantId,
        at: datetime,
        *,
        grant_id: str | None = None,
        person: PrincipalId | None = None,
        session: str | None = None,
        client: str | None = None,
        spares_offline: bool = False,
    ) -> int:
        """End the grants of all that is named; gives how many were live."""
        assert any(each is not None for each in (grant_id, person, session, client))
        wanted = [*_of(tenant, person, session, client), GRANT.c.revoked_at.is_(None)]
        if grant_id is not None:
            wanted.append(GRANT.c.id == grant_id)
        if spares_offline:
            wanted.append(GRANT.c.outlives_session.is_(False))
        if grant_id is None:  # several, which others may end by another of their names
            await connection.execute(
                select(GRANT.c.id).where(*wanted).order_by(GRANT.c.id).with_for_update()
            )
        result = await connection.execute(
            update(GRANT).where(*wanted).values(revoked_at=encode_instant(at))
        )
        if result.rowcount:
            await broadcast.bump(connection, STANDING)
        return result.rowcount

    async def list_used(
        self,
        connection: AsyncConnection,
        tenant: TenantId,
        sessions: Sequence[str],
        since: datetime,
    ) -> frozenset[str]:
        """Those of these sessions of which a live grant got a refresh token since then."""
        rows = await connection.execute(
            select(GRANT.c.session)
            .distinct()
            .join(
                REFRESH, (REFRESH.c.tenant == GRANT.c.tenant) & (REFRESH.c.grant_id == GRANT.c.id)
            )
            .where(
                GRANT.c.tenant == tenant,
                GRANT.c.session.in_(sessions),
                GRANT.c.revoked_at.is_(None),
                REFRESH.c.made_at > encode_instant(since),
            )
        )
        return frozenset(row.session for row in rows)

    async def load_ended(
        self, connection: AsyncConnection, tenant: TenantId, since: datetime
    ) -> frozenset[str]:
        """Ids of grants that were revoked since then."""
        rows = await connection.execute(
            select(GRANT.c.id).where(
                GRANT.c.tenant == tenant, GRANT.c.revoked_at >= encode_instant(since)
            )
        )
        return frozenset(row.id for row in rows)

    async def erase(
        self, connection: AsyncConnection, tenant: TenantId, person: PrincipalId
    ) -> int:
        """Delete a person's grants with all that hangs on them; gives how many there were.

        Their ids stay as digests for as long as they were for: tokens of them may be about."""
        ended = await connection.execute(
            select(GRANT.c.id, GRANT.c.expires_at)
            .where(GRANT.c.tenant == tenant, GRANT.c.person == person)
            .order_by(GRANT.c.id)
            .with_for_update()
        )
        for row in ended.all():
            digest = once_digest(ENDED_GRANT, row.id)
            kept = {"tenant": tenant, "digest": digest, "expires_at": row.expires_at}
            await connection.execute(insert(ENDED).values(kept))
            await broadcast.bump(connection, STANDING)
        mine = select(GRANT.c.id).where(GRANT.c.tenant == tenant, GRANT.c.person == person)
        for table in (REFRESH, CODE):
            await connection.execute(
                delete(table).where(table.c.tenant == tenant, table.c.grant_id.in_(mine))
            )
        result = await connection.execute(
            delete(GRANT).where(GRANT.c.tenant == tenant, GRANT.c.person == person)
        )
        return result.rowcount

    async def insert_refresh(
        self, connection: AsyncConnection, tenant: TenantId, token: RefreshToken
    ) -> None:
        row = {
            "tenant": tenant,
            "digest": token.digest,
            "grant_id": token.grant,
            "made_at": encode_instant(token.made_at),
            "expires_at": encode_instant(token.expires_at),
        }
        await _ADD_REFRESH.run(connection, row)

    async def find_refresh(
        self, connection: AsyncConnection, tenant: TenantId, digest: bytes
    ) -> tuple[RefreshToken, Grant] | None:
        """The token with its grant, held against others until the transaction ends."""
        rows = await _FIND_REFRESH.run(connection, {"of_tenant": tenant, "of_digest": digest})
        row = rows.one_or_none()
        if row is None:
            return None
        return _read_refresh(row), read_grant(row.tenant, row.body, row.revoked_at)

    async def use_refresh(
        self,
        connection: AsyncConnection,
        tenant: TenantId,
        digest: bytes,
        *,
        at: datetime,
        until: datetime,
    ) -> bool:
        """True for exactly one caller; the row stays `until`, to tell of reuse."""
        given = {"of_tenant": tenant, "of_digest": digest}
        times = {"used_at": encode_instant(at), "expires_at": encode_instant(until)}
        result = await _USE_REFRESH.run(connection, given | times)
        return result.rowcount == 1


def _of(
    tenant: TenantId, person: PrincipalId | None, session: str | None, client: str | None
) -> list[Any]:
    wanted: list[Any] = [GRANT.c.tenant == tenant]
    if person is not None:
        wanted.append(GRANT.c.person == person)
    if session is not None:
        wanted.append(GRANT.c.session == session)
    if client is not None:
        wanted.append(GRANT.c.client == client)
    return wanted


def _read_code(row: Any) -> Code:
    return Code(
        tenant=TenantId(row.tenant),
        digest=bytes(row.digest),
        grant=read_grant(row.tenant, row.grant_body),
        redirect_uri=row.redirect_uri,
        has_uri=row.has_uri,
        challenge=row.challenge,
        nonce=row.nonce,
        expires_at=parse_instant(row.expires_at),
        used_at=read_optional(row.used_at),
    )


def _read_refresh(row: Any) -> RefreshToken:
    return RefreshToken(
        tenant=TenantId(row.tenant),
        digest=bytes(row.digest),
        grant=row.grant_id,
        made_at=parse_instant(row.made_at),
        expires_at=parse_instant(row.expires_at),
        used_at=read_optional(row.used_at),
    )
