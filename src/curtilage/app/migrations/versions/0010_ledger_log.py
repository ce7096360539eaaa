"""Leases, and the ledger's commit logs where they are kept in PostgreSQL."""

import sqlalchemy as sa
from alembic import op

revision = "0010_ledger_log"
down_revision = "0009_correction_texts"

NAME = sa.String(64)


def upgrade() -> None:
    op.create_table(
        "lease",
        sa.Column("name", NAME, nullable=False),
        sa.Column("holder", NAME, nullable=False),
        sa.Column("fence", sa.BigInteger, nullable=False),
        sa.Column("ends_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_lease"),
    )
    op.create_table(
        "ledger_slot",
        sa.Column("name", NAME, nullable=False),
        sa.Column("holder", NAME, nullable=False),
        sa.Column("fence", sa.BigInteger, nullable=False),
        sa.Column("ends_at", sa.Double, nullable=False),
        sa.Column("next", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_ledger_slot"),
    )
    op.create_table(
        "ledger_segment",
        sa.Column("writer", NAME, nullable=False),
        sa.Column("first", sa.BigInteger, nullable=False),
        sa.Column("header", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("writer", "first", name="pk_ledger_segment"),
    )
    op.create_table(
        "ledger_batch",
        sa.Column("writer", NAME, nullable=False),
        sa.Column("first", sa.BigInteger, nullable=False),
        sa.Column("segment", sa.BigInteger, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.Column("boxes", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("writer", "first", name="pk_ledger_batch"),
    )
    op.create_table(
        "ledger_signed",
        sa.Column("head", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("step", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("head", name="pk_ledger_signed"),
    )
