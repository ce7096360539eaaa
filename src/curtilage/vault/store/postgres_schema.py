"""The key table on PostgreSQL: the tables of `keys.db`, column for column."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    MetaData,
    Table,
    Text,
)

VERSION = 1  # of these tables, in the row `schema` of META
METADATA = MetaData()

META = Table(
    "meta",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

TENANT_KEY = Table(
    "tenant_key",
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("version", BigInteger, primary_key=True, autoincrement=False),
    Column("wrapped", LargeBinary, nullable=False),
)


def _under_a_tenant_key() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["tenant", "version"], [TENANT_KEY.c.tenant, TENANT_KEY.c.version])


NAMED_KEY = Table(
    "named_key",
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
    _under_a_tenant_key(),
    Index("named_key_version", "tenant", "version"),
)

OWNER_KEY = Table(
    "owner_key",
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("lookup", LargeBinary, primary_key=True),
    Column("version", BigInteger),
    Column("wrapped", LargeBinary),
    Column("created_at", Text, nullable=False),
    Column("destroyed_at", Text),
    CheckConstraint("(wrapped IS NULL) = (version IS NULL)", name="owner_key_version_of_a_key"),
    CheckConstraint("(wrapped IS NULL) = (destroyed_at IS NOT NULL)", name="owner_key_destroyed"),
    _under_a_tenant_key(),
    Index("owner_key_version", "tenant", "version"),
)

SCOPE_KEY = Table(
    "scope_key",
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("owner", LargeBinary, primary_key=True),
    Column("lookup", LargeBinary, primary_key=True),
    Column("epoch", BigInteger, primary_key=True, autoincrement=False),
    Column("id", LargeBinary, nullable=False, unique=True),
    Column("wrapped", LargeBinary, nullable=False),
    Column("created_at", Text, nullable=False),
    ForeignKeyConstraint(["tenant", "owner"], [OWNER_KEY.c.tenant, OWNER_KEY.c.lookup]),
)
