"""The tables, as statements use them; a migration makes them.

Instants are text as `encode_instant` writes it, which sorts by time on both
databases.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from curtilage.core.db.tables import DIGEST, ID, INSTANT, NAMING

IDENTITY = MetaData(naming_convention=NAMING)

API_KEY = Table(
    "api_key",
    IDENTITY,
    Column("tenant", ID, nullable=False),
    Column("id", ID, nullable=False),
    Column("principal", ID, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("name", String(100), nullable=False),
    Column("digest", DIGEST, nullable=False),
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
    Column("owner", ID),
    Column("line", ID),
    Column("last_used_at", INSTANT),
    PrimaryKeyConstraint("tenant", "id"),
    UniqueConstraint("digest"),
    Index("ix_api_key_tenant_owner", "tenant", "owner"),
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

CALLER_BUDGET = Table(
    "caller_budget",
    IDENTITY,
    Column("tenant", ID, nullable=False),
    Column("whose", String(16), nullable=False),
    Column("holder", ID, nullable=False),  # a person or an app; "" for each without their own
    Column("budgets", Text, nullable=False),
    PrimaryKeyConstraint("tenant", "whose", "holder"),
)
