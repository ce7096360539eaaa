"""Whose rights changed lately: tokens from before are judged by what they may now."""

import sqlalchemy as sa
from alembic import op

revision = "0021_changed_rights"
down_revision = "0020_caller_budgets"


def upgrade() -> None:
    op.create_table(
        "oauth_changed",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("holder", sa.String(255), nullable=False),
        sa.Column("expires_at", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "kind", "holder", name="pk_oauth_changed"),
    )
    op.create_index("ix_oauth_changed_expires_at", "oauth_changed", ["expires_at"])
