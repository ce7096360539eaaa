"""The gateway's projection of the ledger: one row per model call, for people to read."""

import sqlalchemy as sa
from alembic import op

revision = "0003_gateway"
down_revision = "0002_identity"


def upgrade() -> None:
    op.create_table(
        "exchange",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.Column("actor", sa.String(64), nullable=False),
        sa.Column("purpose", sa.String(128), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("intent", sa.Text, nullable=False),
        sa.Column("ending", sa.Text, nullable=True),
        sa.PrimaryKeyConstraint("tenant", "id", name="pk_exchange"),
    )
    op.create_index("ix_exchange_outcome", "exchange", ["tenant", "outcome", "id"])
    op.create_table(
        "exchange_cursor",
        sa.Column("writer", sa.String(64), nullable=False),
        sa.Column("segment", sa.BigInteger, nullable=False),
        sa.Column("offset", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("writer", name="pk_exchange_cursor"),
    )
