"""Statements that are run all the time: compiled once, and with little around them.

Every sign-in, page, refresh and recorded Event asks some. For each execution SQLAlchemy looks up
the compiled form, builds a context and a result, and goes to the driver's thread and back; for
a statement that finds a row by its key that takes twenty times what SQLite takes. On SQLite
these are run at once, in the thread of the loop: the transaction has begun, so nothing makes
them wait. On PostgreSQL they are run as all others are.

Not for what reads many rows or searches for them: the loop stands still meanwhile.
"""

import asyncio
from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Integer, LargeBinary, String
from sqlalchemy.dialects import sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

PLAIN = (String, LargeBinary, Integer, Boolean)  # what SQLite takes as it is
_SQLITE = sqlite.dialect(paramstyle="qmark")

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """What a statement gave: its rows, by the names of their columns; how many it changed."""

    rows: Sequence[Any]
    rowcount: int

    def one_or_none(self) -> Any | None:
        """The row where there is one, for statements that find no two."""
        return self.rows[0] if self.rows else None


class Prepared:
    """One statement, the same in both dialects unless `postgresql` is given.

    `columns` are those that an insert or an update is given values for."""

    def __init__(
        self, statement: Any, *, columns: Sequence[str] = (), postgresql: Any = None
    ) -> None:
        self._statement = statement
        self._postgresql = statement if postgresql is None else postgresql
        compiled = statement.compile(dialect=_SQLITE, column_keys=list(columns) or None)
        self._sql = str(compiled)
        self._names: Sequence[str] = compiled.positiontup or ()
        self._constants = {  # of what has to be given, `params` holds a mark and no value
            name: value
            for name, value in compiled.params.items()
            if not compiled.binds[name].required
        }
        kinds = [compiled.binds[name].type for name in self._names]
        if compiled.post_compile_params or not all(isinstance(each, PLAIN) for each in kinds):
            raise TypeError("the values of this statement are made anew each time")
        self._make_row = _row_maker(getattr(statement, "exported_columns", ()))

    async def run(self, connection: AsyncConnection, values: Values) -> Found:
        """Run it in the transaction of `connection`."""
        if connection.dialect.name != "sqlite":
            result = await connection.execute(self._postgresql, values)
            return Found(result.all() if result.returns_rows else (), result.rowcount)
        return await self._run_here(connection, self._place(values), many=False)

    async def run_each(self, connection: AsyncConnection, values: Sequence[Values]) -> None:
        """Run it for each of `values`, in their order."""
        if not values:
            return
        if connection.dialect.name != "sqlite":
            await connection.execute(self._postgresql, values)
            return
        await self._run_here(connection, [self._place(each) for each in values], many=True)

    def _place(self, values: Values) -> Sequence[Any]:
        given = {**self._constants, **values} if self._constants else values
        return [given[name] for name in self._names]

    async def _run_here(self, connection: AsyncConnection, values: Any, *, many: bool) -> Found:
        sync = connection.sync_connection
        if sync is None or not sync.in_transaction():
            raise RuntimeError("a prepared statement is run within a transaction")
        self._tell(sync, values, many=many)
        swift: Any = sync.connection.driver_connection
        try:
            outcome = await swift.run_at_once(self._sql, values, many=many)
        except asyncio.CancelledError:  # it may still be under way, with the connection
            await connection.invalidate()
            raise
        return Found([self._make_row(row) for row in outcome.rows], outcome.rowcount)

    def _tell(self, sync: Any, values: Any, *, many: bool) -> None:
        """Whoever listens to statements, as tracing does, hears of these as well."""
        for listener in sync.dispatch.before_execute:
            listener(sync, self._statement, (), {}, {})
        for listener in sync.dispatch.before_cursor_execute:
            listener(sync, None, self._sql, values, None, many)


def _row_maker(columns: Iterable[ColumnElement[Any]]) -> Callable[[Sequence[Any]], Any]:
    """Makes rows with names of what SQLite gives, which knows no truth but 0 and 1."""
    shown = list(columns)
    row: Any = namedtuple("Row", [each.key for each in shown])  # type: ignore[misc]
    truths = frozenset(n for n, each in enumerate(shown) if isinstance(each.type, Boolean))

    def make_with_truths(raw: Sequence[Any]) -> Any:
        return row._make(
            bool(value) if n in truths and value is not None else value
            for n, value in enumerate(raw)
        )

    return make_with_truths if truths else row._make
