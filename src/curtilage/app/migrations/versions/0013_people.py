"""People in place of administrators, with authenticators, proofs and ceremonies.

Sessions end: they say nothing of how somebody signed in. Administrators stay where they are
until the next start, which can seal their names (`identity.people.service.adoption`).
"""

import sqlalchemy as sa
from alembic import op

revision = "0013_people"
down_revision = "0012_installation"

ID = sa.String(64)
INSTANT = sa.String(27)
DIGEST = sa.LargeBinary(32)


def upgrade() -> None:
    _people()
    _authenticators()
    _sessions()
    _ceremonies()


def _people() -> None:
    op.create_table(
        "person",
        sa.Column("tenant", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("roles", sa.Text, nullable=False),
        sa.Column("profile", sa.LargeBinary, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("disabled_at", INSTANT),
        sa.PrimaryKeyConstraint("tenant", "id", name="pk_person"),
    )
    op.create_index("ix_person_tenant_created_at", "person", ["tenant", "created_at"])
    op.create_table(
        "person_handle",
        sa.Column("tenant", ID, nullable=False),
        sa.Column("digest", DIGEST, nullable=False),
        sa.Column("person", ID, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("confirmed_at", INSTANT),
        sa.PrimaryKeyConstraint("tenant", "digest", name="pk_person_handle"),
    )
    op.create_index("ix_person_handle_tenant_person", "person_handle", ["tenant", "person"])


def _authenticators() -> None:
    op.create_table(
        "authenticator",
        sa.Column("tenant", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("person", ID, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("material", sa.LargeBinary, nullable=False),
        sa.Column("lookup", DIGEST),
        sa.Column("counter", sa.BigInteger, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("last_used_at", INSTANT),
        sa.PrimaryKeyConstraint("tenant", "id", name="pk_authenticator"),
        sa.UniqueConstraint("tenant", "lookup", name="uq_authenticator_tenant_lookup"),
    )
    op.create_index("ix_authenticator_tenant_person", "authenticator", ["tenant", "person"])


def _sessions() -> None:
    op.drop_table("session")
    op.create_table(
        "session",
        sa.Column("tenant", ID, nullable=False),
        sa.Column("digest", DIGEST, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("person", ID, nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.Column("proofs", sa.Text, nullable=False),
        sa.Column("needs", sa.Integer, nullable=False),
        sa.Column("about", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "digest", name="pk_session"),
    )
    op.create_index("ix_session_tenant_started_at", "session", ["tenant", "started_at"])
    op.create_index("ix_session_tenant_person", "session", ["tenant", "person"])


def _ceremonies() -> None:
    op.create_table(
        "ceremony",
        sa.Column("tenant", ID, nullable=False),
        sa.Column("digest", DIGEST, nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("person", ID),
        sa.Column("browser", sa.LargeBinary, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "digest", name="pk_ceremony"),
    )
    op.create_index("ix_ceremony_tenant_expires_at", "ceremony", ["tenant", "expires_at"])
    op.create_index("ix_ceremony_tenant_person", "ceremony", ["tenant", "person"])
    op.create_index("ix_ceremony_tenant_browser", "ceremony", ["tenant", "browser"])
