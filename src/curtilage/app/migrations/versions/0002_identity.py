"""Keys, administrators, the set-up link, sessions and attempts to sign in."""

import sqlalchemy as sa
from alembic import op

revision = "0002_identity"
down_revision = "0001_core"

INSTANT = sa.String(27)
ID = sa.String(64)


def upgrade() -> None:
    _keys()
    _administrators()
    _sessions()


def _keys() -> None:
    op.create_table(
        "api_key",
        sa.Column("tenant", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("principal", ID, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("purposes", sa.Text, nullable=False),
        sa.Column("rights", sa.Text, nullable=False),
        sa.Column("models", sa.Text, nullable=False),
        sa.Column("requests_per_minute", sa.Integer),
        sa.Column("tokens_per_minute", sa.Integer),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT),
        sa.Column("revoked_at", INSTANT),
        sa.PrimaryKeyConstraint("tenant", "id", name="pk_api_key"),
        sa.UniqueConstraint("digest", name="uq_api_key_digest"),
    )


def _administrators() -> None:
    op.create_table(
        "administrator",
        sa.Column("tenant", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("sign_in_name", sa.String(128), nullable=False),
        sa.Column("passphrase_hash", sa.Text, nullable=False),
        sa.Column("enrolled_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name="pk_administrator"),
        sa.UniqueConstraint("tenant", "sign_in_name", name="uq_administrator_tenant_sign_in_name"),
    )
    op.create_table(
        "setup_link",
        sa.Column("tenant", ID, nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT),
        sa.PrimaryKeyConstraint("tenant", name="pk_setup_link"),
    )


def _sessions() -> None:
    op.create_table(
        "session",
        sa.Column("tenant", ID, nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("administrator", ID, nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "digest", name="pk_session"),
    )
    op.create_index("ix_session_tenant_started_at", "session", ["tenant", "started_at"])
    op.create_table(
        "sign_in_attempt",
        sa.Column("tenant", ID, nullable=False),
        sa.Column("counter", sa.LargeBinary(32), nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("last_at", INSTANT),
        sa.Column("familiar_until", INSTANT),
        sa.PrimaryKeyConstraint("tenant", "counter", name="pk_sign_in_attempt"),
    )
    op.create_index("ix_sign_in_attempt_tenant_last_at", "sign_in_attempt", ["tenant", "last_at"])
