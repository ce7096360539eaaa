"""Versions of policies, when they came into force, and corrections: rows and back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.consent.corrections import Correction, Verdict
from curtilage.consent.versions import Activation, PolicyVersion
from curtilage.core.clock import encode_instant, parse_instant
from curtilage.core.db.tables import ID, INSTANT, NAMING
from curtilage.core.models import PrincipalId, TenantId

CONSENT = MetaData(naming_convention=NAMING)

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

CORRECTIONS = Table(
    "correction",
    CONSENT,
    Column("tenant", ID, nullable=False),
    Column("id", ID, nullable=False),
    Column("verdict", String(16), nullable=False),
    Column("qualified", String(256), nullable=False),
    Column("digest", LargeBinary(16), nullable=False),  # keyed: tells nothing without the vault
    Column("words", Integer, nullable=False),
    Column("length", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("author", ID, nullable=False),
    Column("made_at", INSTANT, nullable=False),
    Column("ends_at", INSTANT, nullable=False),
    PrimaryKeyConstraint("tenant", "id"),
)

TEXTS = Table(
    "correction_text",
    CONSENT,
    Column("tenant", ID, nullable=False),
    Column("id", ID, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    PrimaryKeyConstraint("tenant", "id"),
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


class SqlCorrectionStore:
    """What people said about findings."""

    async def add(
        self, connection: AsyncConnection, tenant: TenantId, correction: Correction
    ) -> None:
        row = {
            "tenant": tenant,
            "id": correction.id,
            "verdict": correction.verdict.value,
            "qualified": correction.qualified,
            "digest": correction.digest,
            "words": correction.words,
            "length": correction.length,
            "reason": correction.reason,
            "author": correction.author,
            "made_at": encode_instant(correction.made_at),
            "ends_at": encode_instant(correction.ends_at),
        }
        await connection.execute(insert(CORRECTIONS).values(row))

    async def load(self, connection: AsyncConnection, tenant: TenantId) -> Sequence[Correction]:
        """All that are kept, the oldest first."""
        same = (TEXTS.c.tenant == CORRECTIONS.c.tenant) & (TEXTS.c.id == CORRECTIONS.c.id)
        rows = await connection.execute(
            select(CORRECTIONS, TEXTS.c.id.is_not(None).label("is_case"))
            .select_from(CORRECTIONS.outerjoin(TEXTS, same))
            .where(CORRECTIONS.c.tenant == tenant)
            .order_by(CORRECTIONS.c.made_at, CORRECTIONS.c.id)
        )
        return [_read_correction(row) for row in rows]

    async def end(
        self, connection: AsyncConnection, tenant: TenantId, id: str, at: datetime
    ) -> None:
        """It holds until then and no longer."""
        await connection.execute(
            update(CORRECTIONS)
            .where(CORRECTIONS.c.tenant == tenant, CORRECTIONS.c.id == id)
            .values(ends_at=encode_instant(at))
        )

    async def forget(self, connection: AsyncConnection, tenant: TenantId, before: datetime) -> None:
        """Delete those that ended before."""
        await connection.execute(
            delete(CORRECTIONS).where(
                CORRECTIONS.c.tenant == tenant, CORRECTIONS.c.ends_at < encode_instant(before)
            )
        )


class SqlTextStore:
    """The sealed texts of corrections."""

    async def add(
        self, connection: AsyncConnection, tenant: TenantId, id: str, sealed: bytes
    ) -> None:
        await connection.execute(insert(TEXTS).values(tenant=tenant, id=id, sealed=sealed))

    async def load(
        self, connection: AsyncConnection, tenant: TenantId
    ) -> Sequence[tuple[str, bytes]]:
        """All that are kept, with the id of their correction."""
        rows = await connection.execute(
            select(TEXTS.c.id, TEXTS.c.sealed).where(TEXTS.c.tenant == tenant)
        )
        return [(row.id, bytes(row.sealed)) for row in rows]

    async def forget(self, connection: AsyncConnection, at: datetime) -> None:
        """Delete those whose correction has ended, of every tenant."""
        holding = select(CORRECTIONS.c.id).where(
            CORRECTIONS.c.tenant == TEXTS.c.tenant,
            CORRECTIONS.c.id == TEXTS.c.id,
            CORRECTIONS.c.ends_at > encode_instant(at),
        )
        await connection.execute(delete(TEXTS).where(~holding.exists()))


def _read_correction(row: Any) -> Correction:
    return Correction(
        id=row.id,
        verdict=Verdict(row.verdict),
        qualified=row.qualified,
        digest=bytes(row.digest),
        words=row.words,
        length=row.length,
        reason=row.reason,
        author=PrincipalId(row.author),
        made_at=parse_instant(row.made_at),
        ends_at=parse_instant(row.ends_at),
        is_case=bool(row.is_case),
    )


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
