"""Whose store this is: one row, filled in from what an earlier version kept."""

import sqlalchemy as sa
from alembic import op

revision = "0012_installation"
down_revision = "0011_search"

TENANT = sa.String(64)
# One of these has a row as soon as a service was initialised, started or used.
KEPT = ("setup_link", "api_key", "administrator", "policy_activation", "exchange")


def upgrade() -> None:
    table = op.create_table(
        "installation",
        sa.Column("id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("tenant", TENANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_installation"),
    )
    tenant = next(filter(None, map(_find_tenant, KEPT)), None)
    if tenant is not None:  # else the first start with this version writes it down
        op.get_bind().execute(table.insert().values(id=1, tenant=tenant))


def _find_tenant(name: str) -> str | None:
    kept = sa.table(name, sa.column("tenant", TENANT))
    found: str | None = op.get_bind().execute(sa.select(kept.c.tenant).limit(1)).scalar()
    return found
