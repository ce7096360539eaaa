"""The tables, as statements use them; a migration makes them.

Instants are text as `encode_instant` writes it, which sorts by time on both
databases.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
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
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.clock import encode_instant, parse_instant
from curtilage.core.db.tables import NAMING

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
    Column("budgets", Text),
    Column("group_id", ID),
    PrimaryKeyConstraint("tenant", "id"),
    UniqueConstraint("digest"),
)

KEY_GROUP = Table(
    "key_group",
    IDENTITY,
    Column("tenant", ID, nullable=False),
    Column("id", ID, nullable=False),
    Column("name", String(100), nullable=False),
    Column("budgets", Text, nullable=False),
    Column("created_at", INSTANT, nullable=False),
    PrimaryKeyConstraint("tenant", "id"),
    UniqueConstraint("tenant", "name"),
)

BUDGET_USE = Table(
    "budget_use",
    IDENTITY,
    Column("tenant", ID, nullable=False),
    Column("holder", ID, nullable=False),
    Column("measure", String(16), nullable=False),
    Column("span", String(16), nullable=False),
    Column("period", String(16), nullable=False),
    Column("used", BigInteger, nullable=False),
    PrimaryKeyConstraint("tenant", "holder", "measure", "span"),
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


def insert_into(connection: AsyncConnection, table: Table) -> Any:
    """An insert that understands `on_conflict_…`, whichever database it is for."""
    kind = postgresql if connection.dialect.name == "postgresql" else sqlite
    return kind.insert(table)


def encode_optional(at: datetime | None) -> str | None:
    """An instant for a column that may hold none."""
    return None if at is None else encode_instant(at)


def parse_optional(raw: str | None) -> datetime | None:
    """The instant of such a column."""
    return None if raw is None else parse_instant(raw)
