"""The table of reveals, as statements use it; a migration makes it.

What is asked for and why is sealed; no column holds a value, a token or a scope.
"""

from sqlalchemy import (
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
)

from curtilage.core.db.tables import NAMING

REVEALS = MetaData(naming_convention=NAMING)
INSTANT = String(27)
ID = String(64)

REVEAL = Table(
    "reveal",
    REVEALS,
    Column("tenant", ID, nullable=False),
    Column("id", ID, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("asker", ID, nullable=False),
    Column("asked_at", INSTANT, nullable=False),
    Column("subject", String(128), nullable=False),
    Column("sealed_for", ID, nullable=False),
    Column("about", LargeBinary, nullable=False),
    Column("decided_by", ID),
    Column("decided_at", INSTANT),
    Column("right_from_asker", Integer, nullable=False),
    Column("closed_at", INSTANT),
    PrimaryKeyConstraint("tenant", "id"),
    Index("ix_reveal_tenant_asked_at", "tenant", "asked_at"),
    Index("ix_reveal_tenant_asker", "tenant", "asker"),
)
