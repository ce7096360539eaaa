"""Keys, notices, what is seen once, and counts of tries: rows and back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.clock import encode_instant, parse_instant
from curtilage.core.db import broadcast
from curtilage.core.db.sweep import sweep
from curtilage.core.models import TenantId
from curtilage.identity.oauth.models.grants import STANDING, KeptKey, LogoutNotice
from curtilage.identity.oauth.store.rows import insert_into
from curtilage.identity.oauth.store.tables import ENDED, EXPIRING, KEY, NOTICE, SEEN, TRIES


class SqlKeyStore:
    """Signing keys, their private halves sealed."""

    async def insert(self, connection: AsyncConnection, tenant: TenantId, key: KeptKey) -> None:
        row = {
            "tenant": tenant,
            "kid": key.kid,
            "alg": key.alg,
            "public": key.public,
            "sealed": key.sealed,
            "made_at": encode_instant(key.made_at),
            "active_at": encode_instant(key.active_at),
            "retires_at": encode_instant(key.retires_at),
            "gone_at": encode_instant(key.gone_at),
        }
        await connection.execute(insert(KEY).values(row))
        await broadcast.bump(connection, STANDING)

    async def load(self, connection: AsyncConnection, tenant: TenantId) -> Sequence[KeptKey]:
        rows = await connection.execute(
            select(KEY).where(KEY.c.tenant == tenant).order_by(KEY.c.made_at, KEY.c.kid)
        )
        return [_read_key(row) for row in rows]

    async def retire(
        self,
        connection: AsyncConnection,
        tenant: TenantId,
        kid: str,
        *,
        retires_at: datetime,
        gone_at: datetime,
    ) -> None:
        await connection.execute(
            update(KEY)
            .where(KEY.c.tenant == tenant, KEY.c.kid == kid)
            .values(retires_at=encode_instant(retires_at), gone_at=encode_instant(gone_at))
        )

    async def delete_gone(self, connection: AsyncConnection, tenant: TenantId, at: datetime) -> int:
        result = await connection.execute(
            delete(KEY).where(KEY.c.tenant == tenant, KEY.c.gone_at <= encode_instant(at))
        )
        if result.rowcount:
            await broadcast.bump(connection, STANDING)
        return result.rowcount


class SqlNoticeStore:
    """Clients that still have to be told that a session ended."""

    async def insert(
        self, connection: AsyncConnection, tenant: TenantId, notice: LogoutNotice
    ) -> None:
        row = {
            "tenant": tenant,
            "id": notice.id,
            "client": notice.client,
            "subject": notice.subject,
            "session": notice.session,
            "made_at": encode_instant(notice.made_at),
            "next_at": encode_instant(notice.next_at),
            "tries": notice.tries,
        }
        await connection.execute(insert(NOTICE).values(row))

    async def load_due(
        self, connection: AsyncConnection, tenant: TenantId, at: datetime, limit: int
    ) -> Sequence[LogoutNotice]:
        rows = await connection.execute(
            select(NOTICE)
            .where(NOTICE.c.tenant == tenant, NOTICE.c.next_at <= encode_instant(at))
            .order_by(NOTICE.c.next_at, NOTICE.c.id)
            .limit(limit)
        )
        return [_read_notice(row) for row in rows]

    async def postpone(
        self,
        connection: AsyncConnection,
        tenant: TenantId,
        notice_id: str,
        *,
        next_at: datetime,
        tries: int,
    ) -> None:
        await connection.execute(
            update(NOTICE)
            .where(NOTICE.c.tenant == tenant, NOTICE.c.id == notice_id)
            .values(next_at=encode_instant(next_at), tries=tries)
        )

    async def delete(self, connection: AsyncConnection, tenant: TenantId, notice_id: str) -> None:
        await connection.execute(
            delete(NOTICE).where(NOTICE.c.tenant == tenant, NOTICE.c.id == notice_id)
        )


class SqlOnceStore:
    """What may come once, and how often something was tried."""

    async def see(
        self, connection: AsyncConnection, tenant: TenantId, digest: bytes, until: datetime
    ) -> bool:
        """True for exactly one caller."""
        rows = await connection.execute(
            insert_into(connection, SEEN)
            .values(tenant=tenant, digest=digest, expires_at=encode_instant(until))
            .on_conflict_do_nothing()
            .returning(SEEN.c.digest)
        )
        return rows.first() is not None

    async def end_token(
        self, connection: AsyncConnection, tenant: TenantId, digest: bytes, until: datetime
    ) -> bool:
        """As `see`, of an access token that was revoked: `load_ended` tells of it."""
        if not await self.see(connection, tenant, digest, until):
            return False
        row = {"tenant": tenant, "digest": digest, "expires_at": encode_instant(until)}
        await connection.execute(insert(ENDED).values(row))
        await broadcast.bump(connection, STANDING)
        return True

    async def load_ended(
        self, connection: AsyncConnection, tenant: TenantId, at: datetime
    ) -> frozenset[bytes]:
        """Digests of access tokens that were revoked and would still hold."""
        rows = await connection.execute(
            select(ENDED.c.digest).where(
                ENDED.c.tenant == tenant, ENDED.c.expires_at > encode_instant(at)
            )
        )
        return frozenset(bytes(row.digest) for row in rows)

    async def is_seen(self, connection: AsyncConnection, tenant: TenantId, digest: bytes) -> bool:
        rows = await connection.execute(
            select(SEEN.c.digest).where(SEEN.c.tenant == tenant, SEEN.c.digest == digest)
        )
        return rows.first() is not None

    async def count(
        self, connection: AsyncConnection, tenant: TenantId, digest: bytes, until: datetime
    ) -> int:
        """One try more; gives how many there are now."""
        rows = await connection.execute(
            insert_into(connection, TRIES)
            .values(tenant=tenant, digest=digest, count=1, expires_at=encode_instant(until))
            .on_conflict_do_update(
                index_elements=["tenant", "digest"], set_={"count": TRIES.c.count + 1}
            )
            .returning(TRIES.c.count)
        )
        return int(rows.scalar_one())

    async def tries(self, connection: AsyncConnection, tenant: TenantId, digest: bytes) -> int:
        rows = await connection.execute(
            select(TRIES.c.count).where(TRIES.c.tenant == tenant, TRIES.c.digest == digest)
        )
        return int(rows.scalar_one_or_none() or 0)

    async def forget_expired(
        self, connection: AsyncConnection, tenant: TenantId, at: datetime
    ) -> int:
        """Drop what is over in every table; gives how many rows."""
        dropped = 0
        for table in EXPIRING:
            result = await connection.execute(
                sweep(table, table.c.tenant == tenant, table.c.expires_at <= encode_instant(at))
            )
            dropped += result.rowcount
        return dropped


def _read_key(row: Any) -> KeptKey:
    return KeptKey(
        tenant=TenantId(row.tenant),
        kid=row.kid,
        alg=row.alg,
        public=row.public,
        sealed=bytes(row.sealed),
        made_at=parse_instant(row.made_at),
        active_at=parse_instant(row.active_at),
        retires_at=parse_instant(row.retires_at),
        gone_at=parse_instant(row.gone_at),
    )


def _read_notice(row: Any) -> LogoutNotice:
    return LogoutNotice(
        id=row.id,
        tenant=TenantId(row.tenant),
        client=row.client,
        subject=row.subject,
        session=row.session,
        made_at=parse_instant(row.made_at),
        next_at=parse_instant(row.next_at),
        tries=row.tries,
    )
