"""Since when people have their roles, and who asked to see a value, who agreed, who saw it."""

import sqlalchemy as sa
from alembic import op

revision = "0022_reveals"
down_revision = "0021_changed_rights"

ID = sa.String(64)
INSTANT = sa.String(27)


def upgrade() -> None:
    op.create_table(
        "role_grant",
        sa.Column("tenant", ID, nullable=False),
        sa.Column("person", ID, nullable=False),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("given_at", INSTANT, nullable=False),
        sa.Column("given_by", ID),
        sa.PrimaryKeyConstraint("tenant", "person", "role", name="pk_role_grant"),
    )
    op.create_table(
        "reveal",
        sa.Column("tenant", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("asker", ID, nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("subject", sa.String(128), nullable=False),
        sa.Column("sealed_for", ID, nullable=False),
        sa.Column("about", sa.LargeBinary, nullable=False),
        sa.Column("decided_by", ID),
        sa.Column("decided_at", INSTANT),
        sa.Column("right_from_asker", sa.Integer, nullable=False),
        sa.Column("closed_at", INSTANT),
        sa.PrimaryKeyConstraint("tenant", "id", name="pk_reveal"),
    )
    op.create_index("ix_reveal_tenant_asked_at", "reveal", ["tenant", "asked_at"])
    op.create_index("ix_reveal_tenant_asker", "reveal", ["tenant", "asker"])
