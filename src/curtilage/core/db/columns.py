"""What stores of several slices write into columns and read from them."""

from datetime import datetime
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.clock import encode_instant, parse_instant


def insert_into(connection: AsyncConnection, table: Table) -> Any:
    """An insert that understands `on_conflict_…`, whichever database it is for."""
    kind = postgresql if connection.dialect.name == "postgresql" else sqlite
    return kind.insert(table)


def encode_optional(at: datetime | None) -> str | None:
    """An instant for a column that may hold none."""
    return None if at is None else encode_instant(at)


def parse_optional(raw: str | None) -> datetime | None:
    """The instant of such a column."""
    return None if raw is None else parse_instant(raw)
