"""The gateway's tables, as statements use them. Migrations make them."""

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
)

from curtilage.core.db.tables import NAMING

GATEWAY = MetaData(naming_convention=NAMING)

EXCHANGE = Table(
    "exchange",
    GATEWAY,
    Column("tenant", String(64), nullable=False),
    Column("id", String(36), nullable=False),
    Column("at", String(27), nullable=False),
    Column("actor", String(64), nullable=False),
    Column("purpose", String(128), nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("intent", Text, nullable=False),
    Column("ending", Text, nullable=True),
    Column("model", String(256), nullable=False, server_default=""),
    Column("kinds", String(1024), nullable=False, server_default=""),  # found, between spaces
    PrimaryKeyConstraint("tenant", "id"),
    Index(
        "ix_exchange_search", "tenant", "id", "at", "actor", "outcome", "model", "kinds"
    ),  # holds all that is searched by, so that a search reads no row that it does not show
)

CURSOR = Table(
    "exchange_cursor",
    GATEWAY,
    Column("writer", String(64), nullable=False),
    Column("segment", BigInteger, nullable=False),
    Column("offset", BigInteger, nullable=False),
    PrimaryKeyConstraint("writer"),
)

SHADOW = Table(
    "shadow_tally",
    GATEWAY,
    Column("tenant", String(64), nullable=False),
    Column("hour", String(13), nullable=False),  # the beginning of an instant: 2026-03-02T09
    Column("policy", String(128), nullable=False),
    Column("purpose", String(128), nullable=False),
    Column("kind", String(64), nullable=False),  # a type, or empty for whole calls
    Column("change", String(16), nullable=False),
    Column("count", BigInteger, nullable=False),
    PrimaryKeyConstraint("tenant", "hour", "policy", "purpose", "kind", "change"),
)

KEPT = Table(  # of all sealed rows; the name is from when there were only those of replies
    "kept_reply",
    GATEWAY,
    Column("tenant", String(64), nullable=False),
    Column("lookup", String(32), nullable=False),  # a keyed hash of the provider's id
    Column("id", String(36), nullable=False),
    Column("until", String(27), nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # under the key of the caller's scope
    PrimaryKeyConstraint("tenant", "lookup", "id"),
)
