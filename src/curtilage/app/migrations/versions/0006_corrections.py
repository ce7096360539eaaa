"""What people said about findings: keyed hashes, with a reason and an end."""

import sqlalchemy as sa
from alembic import op

revision = "0006_corrections"
down_revision = "0005_policies"


def upgrade() -> None:
    op.create_table(
        "correction",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("qualified", sa.String(256), nullable=False),
        sa.Column("digest", sa.LargeBinary(16), nullable=False),
        sa.Column("words", sa.Integer, nullable=False),
        sa.Column("length", sa.Integer, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("author", sa.String(64), nullable=False),
        sa.Column("made_at", sa.String(27), nullable=False),
        sa.Column("ends_at", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name="pk_correction"),
    )
