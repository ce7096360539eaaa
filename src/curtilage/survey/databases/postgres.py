"""PostgreSQL: tables and records, in transactions that cannot write, page by page."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any, NamedTuple

from curtilage.core.db.postgres import Patience, connect_arguments
from curtilage.survey.databases.addresses import Address
from curtilage.survey.databases.selection import (
    ENDLESS,
    LONGEST,
    PAGE,
    SEED,
    Counting,
    Selection,
)
from curtilage.survey.errors import Unreadable
from curtilage.survey.models import Item, Note, Problem
from curtilage.survey.tables import Row, a_table_source, read_rows

LEAST_PAGES = 8  # of the disk, in a sample: one page alone says little
PATIENCE = Patience(
    connect_seconds=10,
    gone_seconds=30,
    answer_seconds=120,
    options="-c default_transaction_read_only=on -c statement_timeout=60s",
)
TABLES = """
SELECT n.nspname, c.relname, c.reltuples, c.relpages, has_table_privilege(c.oid, 'SELECT'),
       c.relrowsecurity
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'm') AND NOT c.relispartition
  AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
ORDER BY 1, 2
"""
COLUMNS = """
SELECT attname, atttypid = 'bytea'::regtype FROM pg_catalog.pg_attribute
WHERE attrelid = format('%%I.%%I', %s::text, %s::text)::regclass AND attnum > 0 AND NOT attisdropped
ORDER BY attnum
"""
_REFUSALS = {
    "28": "The server refuses the user or the password.",
    "3D": "There is no database of that name on the server.",
}


class Listed(NamedTuple):
    """A table, as the catalogue has it."""

    schema: str
    name: str
    records: float
    """As it was when statistics were made; negative: never."""
    pages: int
    is_readable: bool
    is_filtered: bool


def read_postgres(address: Address, selection: Selection) -> Iterator[Item]:
    """Every table, or what is selected of them. Raises Unreadable where nothing can be read."""
    driver = _driver()
    try:
        with closing(connect(driver, address)) as connection:
            yield from Postgres(driver, connection, address.name, selection).read()
    except driver.Error as problem:
        raise _refused(problem) from None


def _driver() -> Any:
    try:
        import psycopg  # noqa: PLC0415 - an extra
    except ImportError:
        raise Unreadable(
            "The driver for PostgreSQL is not installed.",
            hint="Install the extra `postgres`: `pip install 'curtilage[postgres]'`.",
        ) from None
    return psycopg


def connect(driver: Any, address: Address) -> Any:
    """A connection that cannot write."""
    given = driver.conninfo.conninfo_to_dict(address.url).get("options") or ""
    connection = driver.connect(address.url, **connect_arguments(str(given), PATIENCE))
    connection.read_only = True
    return connection


def _refused(problem: Any) -> Unreadable:
    """By the code alone: the words of the server may quote values, users and addresses."""
    state = getattr(problem, "sqlstate", None) or ""
    why = _REFUSALS.get(state[:2], "The server does not answer, or ended the connection.")
    code = f" (SQLSTATE {state})" if state else ""
    return Unreadable(
        f"{why}{code}",
        hint="See that `psql` connects with the same address, and that the user may read.",
    )


@dataclass(slots=True)
class Postgres:
    """An open database, while it is read."""

    driver: Any
    connection: Any
    name: str
    selection: Selection

    def read(self) -> Iterator[Item]:
        with self.connection.transaction():
            tables = [Listed(*row) for row in self.connection.execute(TABLES)]
        wanted = [each for each in tables if self.selection.wants(each.schema, each.name)]
        if not wanted:
            yield self.selection.said_of_none(len(tables))
        for table in wanted:
            yield from self._table(table)

    def _table(self, table: Listed) -> Iterator[Item]:
        label = f"table {table.schema}.{table.name}"
        if not table.is_readable:
            advice = "Give the user the right: GRANT SELECT ON … TO …"
            yield Problem("This user may not read it.", advice, (label,))
            return
        if table.is_filtered:
            yield Note("It has policies on rows: some may be hidden from this user.", (label,))
        source = a_table_source(self.name)
        try:
            with self.connection.transaction():
                columns = self.connection.execute(COLUMNS, (table.schema, table.name)).fetchall()
                titles = [title for title, _ in columns]
                rows = self._records(table, columns)
                yield from read_rows(source, label, titles, rows, most=ENDLESS)
        except self.driver.Error as problem:
            if self.connection.closed:
                raise
            told = _refused(problem)
            yield Problem(
                f"Reading it failed{' (SQLSTATE ' + problem.sqlstate + ')' if problem.sqlstate else ''}.",
                told.advice,
                (label,),
            )

    def _records(
        self, table: Listed, columns: Sequence[tuple[str, bool]]
    ) -> Iterator[Row | Note | Problem]:
        counting = Counting(self.selection.sample)
        share = sample_share(table.records, table.pages, counting.sample)
        yield from counting.over(self._fetch(table, columns, share))
        if share and not counting.count:  # no page of it was drawn
            share = 0.0
            yield from counting.over(self._fetch(table, columns, share))
        yield from counting.said(table.records, "drawn by page" if share else "")

    def _fetch(
        self, table: Listed, columns: Sequence[tuple[str, bool]], share: float
    ) -> Iterator[Row]:
        sql = self.driver.sql
        short = [
            sql.SQL("substring({} from 1 for {})" if is_bytes else "left({}::text, {})").format(
                sql.Identifier(name), sql.Literal(LONGEST)
            )
            for name, is_bytes in columns
        ]
        statement = sql.SQL("SELECT {} FROM {}").format(
            sql.SQL(", ").join(short), sql.Identifier(table.schema, table.name)
        )
        if share:
            statement += sql.SQL(" TABLESAMPLE SYSTEM ({}) REPEATABLE ({})").format(
                sql.Literal(share), sql.Literal(SEED)
            )
        if self.selection.sample:
            statement += sql.SQL(" LIMIT {}").format(sql.Literal(self.selection.sample))
        with self.connection.cursor(name="curtilage") as cursor:
            cursor.itersize = PAGE
            yield from cursor.execute(statement)


def sample_share(records: float, pages: int, sample: int) -> float:
    """The share of pages to draw, in per cent; 0: the first records do as well."""
    if not sample or records < 2 * sample or pages < 2 * LEAST_PAGES:
        return 0.0
    share = 100 * max(1.5 * sample / records, LEAST_PAGES / pages)
    return round(share, 4) if share < 100 else 0.0
