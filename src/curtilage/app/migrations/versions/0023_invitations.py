"""What an invitation that waits is known by: so that it can be listed and taken back."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0023_invitations"
down_revision = "0022_reveals"

ID = sa.String(64)
LIFE = timedelta(days=7)  # of every invitation so far, so that its id says when it was made
CEREMONY = sa.table(
    "ceremony",
    sa.column("tenant", ID),
    sa.column("digest", sa.LargeBinary),
    sa.column("kind", sa.String),
    sa.column("id", ID),
    sa.column("expires_at", sa.String),
)


def upgrade() -> None:
    op.add_column("ceremony", sa.Column("id", ID))
    waiting = sa.select(CEREMONY).where(CEREMONY.c.kind == "invitation")
    for row in op.get_bind().execute(waiting).all():  # as many as people were invited in a week
        is_it = sa.and_(CEREMONY.c.tenant == row.tenant, CEREMONY.c.digest == row.digest)
        id = _id_of(row.expires_at, bytes(row.digest))
        op.get_bind().execute(sa.update(CEREMONY).where(is_it).values(id=id))
    op.create_index("ix_ceremony_tenant_id", "ceremony", ["tenant", "id"], unique=True)


def _id_of(expires_at: str, digest: bytes) -> str:
    """A UUIDv7 of when it was made. Of the digest it has 62 bits, which open nothing."""
    made_at = datetime.fromisoformat(expires_at) - LIFE
    tail = int.from_bytes(digest[:8], "big") & ((1 << 62) - 1)
    value = (int(made_at.timestamp() * 1000) << 80) | (0x7 << 76) | (0b10 << 62) | tail
    digits = f"{value:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
