"""One synchronous connection to PostgreSQL for one thread of the ledger.

It is made when it is needed and made again after it broke. A statement is a
transaction of its own, and durable when it is answered. What a server says in
its errors quotes values, so none of it is passed on.
"""

import contextlib
from collections.abc import Generator, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import psycopg
from psycopg.conninfo import conninfo_to_dict

from curtilage.core.db.errors import postgres_problem
from curtilage.core.db.postgres import FOR_RECORDS, connect_arguments
from curtilage.core.db.silence import listen
from curtilage.ledger.errors import LedgerUnavailable

NOW = "extract(epoch from clock_timestamp())::float8"
SILENCE_SECONDS = 6.0  # of the other side; the server itself gives a statement up before
BROKE = "The connection to the database broke."
HINT = "The ledger goes on by itself once the database of store.url takes writes again."
Row = Sequence[Any]
T = TypeVar("T")


class Cut(Exception):
    """The connection ended before the answer came: whether it was done, nobody knows."""


class ImpatientConnection(psycopg.Connection[Row]):
    """One that is closed once the other side was silent for as long as callers may wait."""

    def wait(self, gen: Generator[Any, Any, T], *given: Any, **more: Any) -> T:
        listening = listen(gen, seconds=SILENCE_SECONDS, end=self.pgconn.finish)
        return super().wait(listening, *given, **more)


class Line:
    """The connection. `ask` runs a statement, `transaction` several as one."""

    def __init__(self, url: str) -> None:
        self._url = _without_plus(url)
        self._connection: ImpatientConnection | None = None

    def ask(self, statement: str, values: Mapping[str, object]) -> list[Row]:
        """The rows of one statement. Raises Cut, or LedgerUnavailable where nothing was done."""
        connection = self._open()
        with self._translated(connection):
            cursor = connection.execute(statement.encode(), values, binary=True)
            return cursor.fetchall() if cursor.description else []

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """What is asked in the block is done as a whole, or not at all."""
        connection = self._open()
        with self._translated(connection), connection.transaction():
            yield

    def _open(self) -> ImpatientConnection:
        if self._connection is None:
            try:
                given = str(conninfo_to_dict(self._url).get("options") or "")
                self._connection = ImpatientConnection.connect(
                    self._url, autocommit=True, **connect_arguments(given, FOR_RECORDS)
                )
            except psycopg.Error as error:
                raise _unavailable(error) from None
        return self._connection

    @contextlib.contextmanager
    def _translated(self, connection: ImpatientConnection) -> Iterator[None]:
        try:
            yield
        except psycopg.Error as error:
            if not connection.closed:
                raise _unavailable(error) from None
            self.drop()
            raise Cut from None

    def drop(self) -> None:
        """Close the connection; the next statement opens another."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(psycopg.Error):
                connection.close()


def _without_plus(url: str) -> str:
    """The address as libpq reads it, which takes a plus sign in its query for itself.

    Everything else here reads it as a space, as in addresses of pages."""
    place, mark, query = url.partition("?")
    return place + mark + query.replace("+", "%20")


def _unavailable(error: psycopg.Error) -> LedgerUnavailable:
    return LedgerUnavailable(f"{postgres_problem(error.sqlstate).title}.", hint=HINT)
