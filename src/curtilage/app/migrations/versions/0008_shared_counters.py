"""What nodes count together, such as requests per minute."""

import sqlalchemy as sa
from alembic import op

revision = "0008_shared_counters"
down_revision = "0007_budgets"


def upgrade() -> None:
    op.create_table(
        "shared_counter",
        sa.Column("name", sa.String(160), nullable=False),
        sa.Column("state", sa.LargeBinary, nullable=False),
        sa.Column("ends_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_shared_counter"),
    )
