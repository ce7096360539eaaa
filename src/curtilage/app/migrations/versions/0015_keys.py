"""Keys that people own and that follow one another, their last use; tokens that ended."""

import sqlalchemy as sa
from alembic import op

revision = "0015_keys"
down_revision = "0014_oauth"

INSTANT = sa.String(27)
ID = sa.String(64)


def upgrade() -> None:
    op.add_column("api_key", sa.Column("owner", ID))
    op.add_column("api_key", sa.Column("line", ID))
    op.add_column("api_key", sa.Column("last_used_at", INSTANT))
    op.create_index("ix_api_key_tenant_owner", "api_key", ["tenant", "owner"])
    op.create_index("ix_oauth_grant_tenant_revoked_at", "oauth_grant", ["tenant", "revoked_at"])
    op.create_table(
        "oauth_ended",
        sa.Column("tenant", ID, nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "digest", name="pk_oauth_ended"),
    )
    op.create_index("ix_oauth_ended_expires_at", "oauth_ended", ["expires_at"])
