"""In which language somebody is written to."""

import sqlalchemy as sa
from alembic import op

revision = "0025_language"
down_revision = "0024_named_callers"


def upgrade() -> None:
    op.add_column("person", sa.Column("language", sa.String(8), nullable=True))
