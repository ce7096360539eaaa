"""Which identities at providers are whose: the keyed hash of issuer and subject."""

import sqlalchemy as sa
from alembic import op

revision = "0016_providers"
down_revision = "0015_keys"

ID = sa.String(64)
INSTANT = sa.String(27)


def upgrade() -> None:
    op.create_table(
        "person_link",
        sa.Column("tenant", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("issuer", sa.String(512), nullable=False),
        sa.Column("person", ID, nullable=False),
        sa.Column("shown", sa.LargeBinary, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("last_used_at", INSTANT),
        sa.PrimaryKeyConstraint("tenant", "id", name="pk_person_link"),
        sa.UniqueConstraint("tenant", "digest", name="uq_person_link_tenant_digest"),
    )
    op.create_index("ix_person_link_tenant_person", "person_link", ["tenant", "person"])
