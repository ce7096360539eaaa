"""Budgets of people and apps whose calls come with access tokens."""

import sqlalchemy as sa
from alembic import op

revision = "0020_caller_budgets"
down_revision = "0018_risk"

ID = sa.String(64)


def upgrade() -> None:
    op.create_table(
        "caller_budget",
        sa.Column("tenant", ID, nullable=False),
        sa.Column("whose", sa.String(16), nullable=False),
        sa.Column("holder", ID, nullable=False),
        sa.Column("budgets", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "whose", "holder", name="pk_caller_budget"),
    )
