"""Versions of policies and when they came into force: rows and back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    insert,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.consent.versions import Activation, PolicyVersion
from curtilage.core.clock import encode_instant, parse_instant
from curtilage.core.db.tables import NAMING
from curtilage.core.models import PrincipalId, TenantId

CONSENT = MetaData(naming_convention=NAMING)
ID, INSTANT = String(64), String(27)

VERSIONS = Table(
    "policy_version",
    CONSENT,
    Column("tenant", ID, nullable=False),
    Column("name", ID, nullable=False),
    Column("version", ID, nullable=False),
    Column("text", Text, nullable=False),
    Column("seen_at", INSTANT, nullable=False),
    Column("author", ID),
    Column("reason", Text, nullable=False),
    Column("approved_by", ID),
    Column("approved_at", INSTANT),
    PrimaryKeyConstraint("tenant", "name", "version"),
)

ACTIVATIONS = Table(
    "policy_activation",
    CONSENT,
    Column("position", BigInteger().with_variant(Integer, "sqlite"), autoincrement=True),
    Column("tenant", ID, nullable=False),
    Column("name", ID, nullable=False),
    Column("version", ID, nullable=False),
    Column("since", INSTANT, nullable=False),
    PrimaryKeyConstraint("position"),
)


class SqlPolicyStore:
    """The history of policies."""

    async def find(
        self, connection: AsyncConnection, tenant: TenantId, version: str
    ) -> Sequence[PolicyVersion]:
        """Those whose version begins so. Callers ask with hexadecimal digits only."""
        rows = await connection.execute(
            select(VERSIONS)
            .where(
                VERSIONS.c.tenant == tenant,
                VERSIONS.c.version.startswith(version, autoescape=True),
            )
            .order_by(VERSIONS.c.name, VERSIONS.c.version)
        )
        return [_read_version(row) for row in rows]

    async def versions(
        self, connection: AsyncConnection, tenant: TenantId
    ) -> Sequence[PolicyVersion]:
        """All versions, the newest first."""
        rows = await connection.execute(
            select(VERSIONS)
            .where(VERSIONS.c.tenant == tenant)
            .order_by(VERSIONS.c.seen_at.desc(), VERSIONS.c.version)
        )
        return [_read_version(row) for row in rows]

    async def add(
        self, connection: AsyncConnection, tenant: TenantId, version: PolicyVersion
    ) -> None:
        """Keep a version that is not kept yet."""
        await connection.execute(insert(VERSIONS).values(tenant=tenant, **_encode_version(version)))

    async def change(
        self, connection: AsyncConnection, tenant: TenantId, version: PolicyVersion
    ) -> None:
        """Say who stands behind a version that is kept."""
        row = _encode_version(version)
        changed = {name: row[name] for name in ("author", "reason", "approved_by", "approved_at")}
        await connection.execute(
            update(VERSIONS)
            .where(
                VERSIONS.c.tenant == tenant,
                VERSIONS.c.name == version.name,
                VERSIONS.c.version == version.version,
            )
            .values(**changed)
        )

    async def activations(
        self, connection: AsyncConnection, tenant: TenantId
    ) -> Sequence[Activation]:
        """Every time that a version came into force, the oldest first."""
        rows = await connection.execute(
            select(ACTIVATIONS)
            .where(ACTIVATIONS.c.tenant == tenant)
            .order_by(ACTIVATIONS.c.position)
        )
        return [Activation(row.name, row.version, parse_instant(row.since)) for row in rows]

    async def activate(
        self, connection: AsyncConnection, tenant: TenantId, activation: Activation
    ) -> None:
        row = {
            "tenant": tenant,
            "name": activation.name,
            "version": activation.version,
            "since": encode_instant(activation.since),
        }
        await connection.execute(insert(ACTIVATIONS).values(row))


def _encode_version(version: PolicyVersion) -> dict[str, Any]:
    return {
        "name": version.name,
        "version": version.version,
        "text": version.text,
        "seen_at": encode_instant(version.seen_at),
        "author": version.author,
        "reason": version.reason,
        "approved_by": version.approved_by,
        "approved_at": _encode_optional(version.approved_at),
    }


def _read_version(row: Any) -> PolicyVersion:
    return PolicyVersion(
        name=row.name,
        version=row.version,
        text=row.text,
        seen_at=parse_instant(row.seen_at),
        author=PrincipalId(row.author) if row.author else None,
        reason=row.reason,
        approved_by=PrincipalId(row.approved_by) if row.approved_by else None,
        approved_at=parse_instant(row.approved_at) if row.approved_at else None,
    )


def _encode_optional(instant: datetime | None) -> str | None:
    return None if instant is None else encode_instant(instant)
