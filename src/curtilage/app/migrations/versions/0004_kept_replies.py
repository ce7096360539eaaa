"""Maps of replies that providers keep: sealed, found by a keyed hash of the id."""

import sqlalchemy as sa
from alembic import op

revision = "0004_kept_replies"
down_revision = "0003_gateway"


def upgrade() -> None:
    op.create_table(
        "kept_reply",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("lookup", sa.String(32), nullable=False),
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("until", sa.String(27), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "lookup", "id", name="pk_kept_reply"),
    )
    op.create_index("ix_kept_reply_until", "kept_reply", ["until"])
