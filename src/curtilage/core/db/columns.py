"""What stores of several slices write into columns and read from them."""

from collections.abc import Callable
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class InEach:
    """One insert as each database understands it, for a place that is asked often."""

    sqlite: Any
    postgresql: Any

    def of(self, connection: AsyncConnection) -> Any:
        """The one for the database behind `connection`."""
        return self.postgresql if connection.dialect.name == "postgresql" else self.sqlite


def make_in_each(table: Table, make: Callable[[Any], Any]) -> InEach:
    """What `make` does with an insert into `table`, done once for each database."""
    return InEach(make(sqlite.insert(table)), make(postgresql.insert(table)))


def encode_optional(at: datetime | None) -> str | None:
    """An instant for a column that may hold none."""
    return None if at is None else encode_instant(at)


def parse_optional(raw: str | None) -> datetime | None:
    """The instant of such a column."""
    return None if raw is None else parse_instant(raw)
