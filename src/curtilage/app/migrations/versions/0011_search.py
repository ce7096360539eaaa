"""What *Live* is searched by: model and types found, indexed in the order of time.

Rows that are there are filled in by batches from what they hold.
"""

import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0011_search"
down_revision = "0010_ledger_log"

BATCH = 2000
EXCHANGE = sa.table(
    "exchange",
    sa.column("tenant", sa.String),
    sa.column("id", sa.String),
    sa.column("intent", sa.Text),
    sa.column("model", sa.String),
    sa.column("kinds", sa.String),
)


FILL = (
    EXCHANGE.update()
    .where(EXCHANGE.c.tenant == sa.bindparam("of_tenant"), EXCHANGE.c.id == sa.bindparam("of_id"))
    .values(model=sa.bindparam("its_model"), kinds=sa.bindparam("its_kinds"))
)


def upgrade() -> None:
    op.add_column("exchange", sa.Column("model", sa.String(256), nullable=False, server_default=""))
    op.add_column(
        "exchange", sa.Column("kinds", sa.String(1024), nullable=False, server_default="")
    )
    _fill()
    op.drop_index("ix_exchange_outcome", "exchange")
    op.create_index(
        "ix_exchange_search",
        "exchange",
        ["tenant", "id", "at", "actor", "outcome", "model", "kinds"],
    )


def _fill() -> None:
    after = ("", "")
    while rows := _next_rows(after):
        op.get_bind().execute(FILL, [_read(row) for row in rows])
        after = (rows[-1].tenant, rows[-1].id)


def _read(row: Any) -> dict[str, str]:
    facts = json.loads(row.intent)["facts"]
    model = str(facts.get("model", ""))[:256]
    names = {"of_tenant": row.tenant, "of_id": row.id}
    return {**names, "its_model": model, "its_kinds": _kinds(facts)}


def _next_rows(after: tuple[str, str]) -> Sequence[Any]:
    tenant, id_ = after
    query = (
        sa.select(EXCHANGE.c.tenant, EXCHANGE.c.id, EXCHANGE.c.intent)
        .where(
            sa.or_(
                EXCHANGE.c.tenant > tenant,
                sa.and_(EXCHANGE.c.tenant == tenant, EXCHANGE.c.id > id_),
            )
        )
        .order_by(EXCHANGE.c.tenant, EXCHANGE.c.id)
        .limit(BATCH)
    )
    return op.get_bind().execute(query).fetchall()


def _kinds(facts: dict[str, Any]) -> str:
    """As `gateway.store.searching.encode_kinds`, which may change; what was migrated may not."""
    found = facts.get("found") or {}
    text = f" {' '.join(found)} " if found else ""
    return text if len(text) <= 1000 else text[:1000].rpartition(" ")[0] + " *"
