"""The table of links, as statements use it; a migration makes it.

No column holds a subject or an address: one is hashed under a key, the other sealed.
"""

from sqlalchemy import (
    Column,
    Index,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    UniqueConstraint,
)

from curtilage.core.db.tables import DIGEST, ID, INSTANT, NAMING

PROVIDERS = MetaData(naming_convention=NAMING)

LINK = Table(
    "person_link",
    PROVIDERS,
    Column("tenant", ID, nullable=False),
    Column("id", ID, nullable=False),
    Column("digest", DIGEST, nullable=False),
    Column("issuer", String(512), nullable=False),
    Column("person", ID, nullable=False),
    Column("shown", LargeBinary, nullable=False),
    Column("created_at", INSTANT, nullable=False),
    Column("last_used_at", INSTANT),
    PrimaryKeyConstraint("tenant", "id"),
    UniqueConstraint("tenant", "digest"),
    Index("ix_person_link_tenant_person", "tenant", "person"),
)
