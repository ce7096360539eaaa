"""Budgets of keys and groups, what is taken of them, and the sums of what was used."""

import sqlalchemy as sa
from alembic import op

revision = "0007_budgets"
down_revision = "0006_corrections"

ID = sa.String(64)


def upgrade() -> None:
    _budgets()
    _usage()


def _budgets() -> None:
    op.add_column("api_key", sa.Column("budgets", sa.Text, nullable=True))
    op.add_column("api_key", sa.Column("group_id", ID, nullable=True))
    op.create_table(
        "key_group",
        sa.Column("tenant", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("budgets", sa.Text, nullable=False),
        sa.Column("created_at", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name="pk_key_group"),
        sa.UniqueConstraint("tenant", "name", name="uq_key_group_tenant_name"),
    )
    op.create_table(
        "budget_use",
        sa.Column("tenant", ID, nullable=False),
        sa.Column("holder", ID, nullable=False),
        sa.Column("measure", sa.String(16), nullable=False),
        sa.Column("span", sa.String(16), nullable=False),
        sa.Column("period", sa.String(16), nullable=False),
        sa.Column("used", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "holder", "measure", "span", name="pk_budget_use"),
    )


def _usage() -> None:
    op.create_table(
        "usage_open",
        sa.Column("tenant", ID, nullable=False),
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("call", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name="pk_usage_open"),
    )
    op.create_table(
        "usage_sum",
        sa.Column("tenant", ID, nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("actor", ID, nullable=False),
        sa.Column("group_id", ID, nullable=False),
        sa.Column("model", sa.String(256), nullable=False),
        sa.Column("upstream", ID, nullable=False),
        sa.Column("purpose", sa.String(128), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in COUNTS),
        sa.PrimaryKeyConstraint(
            "tenant", "day", "actor", "group_id", "model", "upstream", "purpose", "currency",
            name="pk_usage_sum",
        ),
    )  # fmt: skip
    op.create_table(
        "usage_cursor",
        sa.Column("writer", ID, nullable=False),
        sa.Column("segment", sa.BigInteger, nullable=False),
        sa.Column("offset", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("writer", name="pk_usage_cursor"),
    )


COUNTS = (
    "calls", "refused", "estimated", "unpriced", "tokens_in", "tokens_cached", "tokens_out", "cost",
)  # fmt: skip
