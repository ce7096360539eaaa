"""SQL of keys, administrators, sessions and attempts, on SQLite and PostgreSQL.

Instants are text as `encode_instant` writes it, which sorts by time on both
databases. Secrets and keys are here only as SHA-256 digests.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import (
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
    delete,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.clock import encode_instant, parse_instant
from curtilage.core.db.tables import NAMING
from curtilage.core.models import PrincipalId, PrincipalKind, PurposeKey, TenantId
from curtilage.identity.models import Administrator, ApiKey, Attempts, Session, SetupLink
from curtilage.identity.throttle import NAME_PACE

IDENTITY = MetaData(naming_convention=NAMING)
INSTANT = String(27)
ID = String(64)

API_KEY = Table(
    "api_key",
    IDENTITY,
    Column("tenant", ID, nullable=False),
    Column("id", ID, nullable=False),
    Column("principal", ID, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("name", String(100), nullable=False),
    Column("digest", LargeBinary(32), nullable=False),
    Column("purposes", Text, nullable=False),
    Column("rights", Text, nullable=False),
    Column("models", Text, nullable=False),
    Column("requests_per_minute", Integer),
    Column("tokens_per_minute", Integer),
    Column("created_at", INSTANT, nullable=False),
    Column("expires_at", INSTANT),
    Column("revoked_at", INSTANT),
    PrimaryKeyConstraint("tenant", "id"),
    UniqueConstraint("digest"),
)

ADMINISTRATOR = Table(
    "administrator",
    IDENTITY,
    Column("tenant", ID, nullable=False),
    Column("id", ID, nullable=False),
    Column("name", String(64), nullable=False),
    Column("sign_in_name", String(128), nullable=False),
    Column("passphrase_hash", Text, nullable=False),
    Column("enrolled_at", INSTANT, nullable=False),
    PrimaryKeyConstraint("tenant", "id"),
    UniqueConstraint("tenant", "sign_in_name"),
)

SETUP_LINK = Table(
    "setup_link",
    IDENTITY,
    Column("tenant", ID, nullable=False),
    Column("digest", LargeBinary(32), nullable=False),
    Column("made_at", INSTANT, nullable=False),
    Column("expires_at", INSTANT, nullable=False),
    Column("used_at", INSTANT),
    PrimaryKeyConstraint("tenant"),
)

SESSION = Table(
    "session",
    IDENTITY,
    Column("tenant", ID, nullable=False),
    Column("digest", LargeBinary(32), nullable=False),
    Column("id", ID, nullable=False),
    Column("administrator", ID, nullable=False),
    Column("started_at", INSTANT, nullable=False),
    Column("seen_at", INSTANT, nullable=False),
    PrimaryKeyConstraint("tenant", "digest"),
    Index("ix_session_tenant_started_at", "tenant", "started_at"),
)

SIGN_IN_ATTEMPT = Table(
    "sign_in_attempt",
    IDENTITY,
    Column("tenant", ID, nullable=False),
    Column("counter", LargeBinary(32), nullable=False),
    Column("failures", Integer, nullable=False),
    Column("last_at", INSTANT),
    Column("familiar_until", INSTANT),
    PrimaryKeyConstraint("tenant", "counter"),
    Index("ix_sign_in_attempt_tenant_last_at", "tenant", "last_at"),
)


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
            "expires_at": _encode_optional(key.expires_at),
            "revoked_at": _encode_optional(key.revoked_at),
        }
        await connection.execute(insert(API_KEY).values(row))

    async def find(
        self, connection: AsyncConnection, tenant: TenantId, key_id: str
    ) -> ApiKey | None:
        rows = await connection.execute(
            select(API_KEY).where(API_KEY.c.tenant == tenant, API_KEY.c.id == key_id)
        )
        row = rows.one_or_none()
        return None if row is None else _read_key(row)

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

    async def load(self, connection: AsyncConnection, tenant: TenantId) -> Sequence[ApiKey]:
        rows = await connection.execute(
            select(API_KEY).where(API_KEY.c.tenant == tenant).order_by(API_KEY.c.id)
        )
        return [_read_key(row) for row in rows]


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
            "used_at": _encode_optional(link.used_at),
        }
        await connection.execute(
            _insert(connection, SETUP_LINK)
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
            used_at=_parse_optional(row.used_at),
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


class SqlSessionStore:
    """Sessions, and counts of failed sign-ins under keyed hashes."""

    async def insert(self, connection: AsyncConnection, tenant: TenantId, session: Session) -> None:
        row = {
            "tenant": tenant,
            "digest": session.digest,
            "id": session.id,
            "administrator": session.administrator,
            "started_at": encode_instant(session.started_at),
            "seen_at": encode_instant(session.seen_at),
        }
        await connection.execute(insert(SESSION).values(row))

    async def find(
        self, connection: AsyncConnection, tenant: TenantId, digest: bytes
    ) -> Session | None:
        rows = await connection.execute(select(SESSION).where(_is_session(tenant, digest)))
        row = rows.one_or_none()
        if row is None:
            return None
        return Session(
            tenant=TenantId(row.tenant),
            digest=bytes(row.digest),
            id=row.id,
            administrator=PrincipalId(row.administrator),
            started_at=parse_instant(row.started_at),
            seen_at=parse_instant(row.seen_at),
        )

    async def see(
        self, connection: AsyncConnection, tenant: TenantId, digest: bytes, at: datetime
    ) -> None:
        await connection.execute(
            update(SESSION).where(_is_session(tenant, digest)).values(seen_at=encode_instant(at))
        )

    async def delete(self, connection: AsyncConnection, tenant: TenantId, digest: bytes) -> bool:
        result = await connection.execute(delete(SESSION).where(_is_session(tenant, digest)))
        return result.rowcount == 1

    async def delete_started_before(
        self, connection: AsyncConnection, tenant: TenantId, at: datetime
    ) -> None:
        await connection.execute(
            delete(SESSION).where(
                SESSION.c.tenant == tenant, SESSION.c.started_at < encode_instant(at)
            )
        )

    async def load_attempts(
        self, connection: AsyncConnection, tenant: TenantId, counters: Sequence[bytes]
    ) -> Sequence[Attempts]:
        for counter in sorted(counters):  # in one order, so that two cannot wait for each other
            await connection.execute(
                _insert(connection, SIGN_IN_ATTEMPT)
                .values(tenant=tenant, counter=counter, failures=0)
                .on_conflict_do_nothing()
            )
        rows = await connection.execute(
            select(SIGN_IN_ATTEMPT)
            .where(SIGN_IN_ATTEMPT.c.tenant == tenant, SIGN_IN_ATTEMPT.c.counter.in_(counters))
            .order_by(SIGN_IN_ATTEMPT.c.counter)
            .with_for_update()
        )
        by_counter = {bytes(row.counter): row for row in rows}
        return [
            Attempts(
                failures=by_counter[counter].failures,
                last_at=_parse_optional(by_counter[counter].last_at),
                familiar_until=_parse_optional(by_counter[counter].familiar_until),
            )
            for counter in counters
        ]

    async def put_attempts(
        self, connection: AsyncConnection, tenant: TenantId, counter: bytes, attempts: Attempts
    ) -> None:
        row = {
            "failures": attempts.failures,
            "last_at": _encode_optional(attempts.last_at),
            "familiar_until": _encode_optional(attempts.familiar_until),
        }
        await connection.execute(
            _insert(connection, SIGN_IN_ATTEMPT)
            .values(tenant=tenant, counter=counter, **row)
            .on_conflict_do_update(index_elements=["tenant", "counter"], set_=row)
        )

    async def forget_attempts(
        self, connection: AsyncConnection, tenant: TenantId, *, rare: datetime, all_: datetime
    ) -> None:
        table = SIGN_IN_ATTEMPT.c
        await connection.execute(
            delete(SIGN_IN_ATTEMPT).where(
                table.tenant == tenant,
                or_(table.familiar_until.is_(None), table.familiar_until < encode_instant(all_)),
                or_(
                    table.last_at < encode_instant(all_),
                    and_(table.failures < NAME_PACE.free, table.last_at < encode_instant(rare)),
                ),
            )
        )


def _insert(connection: AsyncConnection, table: Table) -> Any:
    kind = postgresql if connection.dialect.name == "postgresql" else sqlite
    return kind.insert(table)


def _is_session(tenant: TenantId, digest: bytes) -> Any:
    return and_(SESSION.c.tenant == tenant, SESSION.c.digest == digest)


def _read_key(row: Any) -> ApiKey:
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
        expires_at=_parse_optional(row.expires_at),
        revoked_at=_parse_optional(row.revoked_at),
        requests_per_minute=row.requests_per_minute,
        tokens_per_minute=row.tokens_per_minute,
    )


def _read_administrator(row: Any) -> Administrator:
    return Administrator(
        id=PrincipalId(row.id),
        tenant=TenantId(row.tenant),
        name=row.name,
        sign_in_name=row.sign_in_name,
        passphrase_hash=row.passphrase_hash,
        enrolled_at=parse_instant(row.enrolled_at),
    )


def _encode_set(values: frozenset[Any]) -> str:
    return orjson.dumps(sorted(values)).decode()


def _encode_optional(at: datetime | None) -> str | None:
    return None if at is None else encode_instant(at)


def _parse_optional(raw: str | None) -> datetime | None:
    return None if raw is None else parse_instant(raw)
