"""What is wrong with a passphrase, where somebody signed in last, keys still to destroy."""

import sqlalchemy as sa
from alembic import op

revision = "0018_risk"
down_revision = "0016_providers"

ID = sa.String(64)
INSTANT = sa.String(27)


def upgrade() -> None:
    op.add_column(
        "authenticator", sa.Column("flaws", sa.String(32), nullable=False, server_default="")
    )
    op.add_column(
        "session",
        sa.Column("must_change", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    op.add_column("person", sa.Column("whereabouts", sa.LargeBinary))
    op.create_table(
        "person_erasure",
        sa.Column("tenant", ID, nullable=False),
        sa.Column("person", ID, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "person", name="pk_person_erasure"),
    )
