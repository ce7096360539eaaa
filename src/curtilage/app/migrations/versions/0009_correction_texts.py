"""Words around corrected values, sealed, where somebody agreed to keep them as a case."""

import sqlalchemy as sa
from alembic import op

revision = "0009_correction_texts"
down_revision = "0008_shared_counters"


def upgrade() -> None:
    op.create_table(
        "correction_text",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name="pk_correction_text"),
    )
