"""The tables that belong to no slice: outbox, bus cursors, broadcast."""

import sqlalchemy as sa
from alembic import op

revision = "0001_core"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "outbox",
        sa.Column(
            "position", sa.BigInteger().with_variant(sa.Integer, "sqlite"), autoincrement=True
        ),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("box", sa.LargeBinary, nullable=True),
        sa.PrimaryKeyConstraint("position", name="pk_outbox"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "bus_cursor",
        sa.Column("subscriber", sa.String(64), nullable=False),
        sa.Column("log", sa.String(128), nullable=False),
        sa.Column("next", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("subscriber", "log", name="pk_bus_cursor"),
    )
    op.create_table(
        "broadcast",
        sa.Column("topic", sa.String(64), nullable=False),
        sa.Column("generation", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("topic", name="pk_broadcast"),
    )
