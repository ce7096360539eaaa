"""The tables that belong to no slice, as statements use them.

Migrations make them; a contract test holds both together.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
)

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
"""For every slice's MetaData: a constraint with a name can be changed by a migration."""

ID = String(64)
INSTANT = String(27)
"""As `encode_instant` writes it, which sorts by time on both databases."""
DIGEST = LargeBinary(32)

CORE = MetaData(naming_convention=NAMING)

OUTBOX = Table(
    "outbox",
    CORE,
    Column("position", BigInteger().with_variant(Integer, "sqlite"), autoincrement=True),
    Column("event", Text, nullable=False),
    Column("box", LargeBinary, nullable=True),
    PrimaryKeyConstraint("position"),
    sqlite_autoincrement=True,  # a position is never given out twice
)

BUS_CURSOR = Table(
    "bus_cursor",
    CORE,
    Column("subscriber", String(64), nullable=False),
    Column("log", String(128), nullable=False),
    Column("next", BigInteger, nullable=False),
    PrimaryKeyConstraint("subscriber", "log"),
)

BROADCAST = Table(
    "broadcast",
    CORE,
    Column("topic", String(64), nullable=False),
    Column("generation", BigInteger, nullable=False),
    PrimaryKeyConstraint("topic"),
)

SHARED_COUNTER = Table(
    "shared_counter",
    CORE,
    Column("name", String(160), nullable=False),
    Column("state", LargeBinary, nullable=False),
    Column("ends_at", Double, nullable=False),  # seconds since 1970, by the database's clock
    PrimaryKeyConstraint("name"),
)

LEASE = Table(
    "lease",
    CORE,
    Column("name", String(64), nullable=False),
    Column("holder", String(64), nullable=False),
    Column("fence", BigInteger, nullable=False),  # counts takings
    Column("ends_at", Double, nullable=False),  # seconds since 1970, by the database's clock
    PrimaryKeyConstraint("name"),
)

INSTALLATION = Table(
    "installation",
    CORE,
    Column("id", Integer, autoincrement=False, nullable=False),  # always 1
    Column("tenant", String(64), nullable=False),
    PrimaryKeyConstraint("id"),
)
