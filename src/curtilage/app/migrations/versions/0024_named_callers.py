"""Usage by person and app, and whose pseudonyms stand in records of calls with tokens."""

import sqlalchemy as sa
from alembic import op

revision = "0024_named_callers"
down_revision = "0023_invitations"

ID = sa.String(64)
KEYS = ("tenant", "day", "actor", "group_id", "model", "upstream", "purpose", "currency")


def upgrade() -> None:
    op.create_table(
        "oauth_caller",
        sa.Column("tenant", ID, nullable=False),
        sa.Column("actor", ID, nullable=False),
        sa.Column("person", ID, nullable=False),
        sa.Column("principal", ID, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "actor", name="pk_oauth_caller"),
    )
    op.create_index("ix_oauth_caller_tenant_person", "oauth_caller", ["tenant", "person"])
    with op.batch_alter_table("usage_sum") as table:
        table.add_column(sa.Column("app", ID, nullable=False, server_default=""))
        table.add_column(sa.Column("kind", sa.String(16), nullable=False, server_default=""))
        table.drop_constraint("pk_usage_sum", type_="primary")
        table.create_primary_key("pk_usage_sum", [*KEYS, "app", "kind"])
