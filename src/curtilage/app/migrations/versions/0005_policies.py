"""Versions of policies, when each was in force, and what a second one would have done."""

import sqlalchemy as sa
from alembic import op

revision = "0005_policies"
down_revision = "0004_kept_replies"


def upgrade() -> None:
    op.create_table(
        "policy_version",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("seen_at", sa.String(27), nullable=False),
        sa.Column("author", sa.String(64)),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("approved_by", sa.String(64)),
        sa.Column("approved_at", sa.String(27)),
        sa.PrimaryKeyConstraint("tenant", "name", "version", name="pk_policy_version"),
    )
    op.create_table(
        "policy_activation",
        sa.Column(
            "position", sa.BigInteger().with_variant(sa.Integer, "sqlite"), autoincrement=True
        ),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("since", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_policy_activation"),
    )
    op.create_table(
        "shadow_tally",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("hour", sa.String(13), nullable=False),
        sa.Column("policy", sa.String(128), nullable=False),
        sa.Column("purpose", sa.String(128), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("change", sa.String(16), nullable=False),
        sa.Column("count", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint(
            "tenant", "hour", "policy", "purpose", "kind", "change", name="pk_shadow_tally"
        ),
    )
