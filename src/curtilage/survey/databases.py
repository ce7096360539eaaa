"""Databases by their address: which tables they have, and the records of them as items.

PostgreSQL is read in transactions that cannot write, one for each table, a page of records at a
time; every value comes as text, cut to a length. SQLite is read like the file that it
is. An address may hold a password: it is shown without one, and what a driver says of a
failure is never repeated.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from curtilage.core.db.postgres import Patience, connect_arguments
from curtilage.core.errors import InputError
from curtilage.survey.errors import Unreadable
from curtilage.survey.models import Item, Note, Problem
from curtilage.survey.readers.sqlite import read_sqlite
from curtilage.survey.sources import open_file
from curtilage.survey.tables import Row, a_table_source, read_rows

LONGEST = 1024 * 1024  # characters or bytes of a value; what is longer is cut and told
PAGE = 100  # records that are fetched at once
LEAST_PAGES = 8  # of the disk, in a sample: one page alone says little
SEED = 1  # the same sample again, as long as the table is the same
PATIENCE = Patience(
    connect_seconds=10,
    gone_seconds=30,
    answer_seconds=120,
    options="-c default_transaction_read_only=on -c statement_timeout=60s",
)
ENDLESS = 1 << 62  # a database holds what it holds: nothing in it unfolds
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
_ADDRESS = re.compile(r"[a-z][a-z0-9]*(?:\+[a-z0-9]+)?://", re.IGNORECASE)
_REFUSALS = {
    "28": "The server refuses the user or the password.",
    "3D": "There is no database of that name on the server.",
}


@dataclass(frozen=True, slots=True)
class Selection:
    """What of a database is read."""

    sample: int = 0
    """Records of each table; 0: all."""
    tables: tuple[str, ...] = ()
    """Patterns of names, with the schema or without; none: all."""

    def wants(self, schema: str, table: str) -> bool:
        names = (table, f"{schema}.{table}")
        return not self.tables or any(
            fnmatchcase(name, pattern) for name in names for pattern in self.tables
        )


class Address(NamedTuple):
    """Where a database is. Only `name` is shown."""

    name: str
    kind: str
    url: str
    has_password: bool = False


class Listed(NamedTuple):
    """A table, as the catalogue has it."""

    schema: str
    name: str
    records: float
    """As it was when statistics were made; negative: never."""
    pages: int
    is_readable: bool
    is_filtered: bool


def is_address(text: str) -> bool:
    return _ADDRESS.match(text) is not None


def parse_address(text: str) -> Address:
    """Raises an InputError, which does not repeat the address."""
    expected = "expected postgresql://user@host/name or sqlite:///file."
    try:
        parts = urlsplit(text)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        raise InputError(f"An address of a database was not understood; {expected}") from None
    kind = parts.scheme.lower().partition("+")[0]
    if kind in ("postgresql", "postgres"):
        name = f"postgresql://{parts.hostname or ''}{port}{parts.path}"
        url = f"postgresql://{text.partition('://')[2]}"
        has_password = parts.password is not None or "password=" in parts.query
        return Address(name, "postgresql", url, has_password)
    if kind == "sqlite" and not parts.netloc and len(parts.path) > 1:
        path = unquote(parts.path[1:])
        return Address(path, kind, path)
    raise InputError(
        f"Databases of this kind are not read; {expected}",
        hint="Write what is in it to CSV or Parquet, and scan that.",
    )


def read_database(address: Address, selection: Selection) -> Iterator[Item]:
    """What is in the tables of a database. What cannot be read comes out as a problem."""
    try:
        if address.kind == "sqlite":
            yield from read_sqlite(
                open_file(Path(address.url)),
                sample=selection.sample,
                wanted=lambda table: selection.wants("main", table),
            )
        else:
            yield from _read_postgres(address, selection)
    except Unreadable as problem:
        yield Problem(problem.detail, problem.advice)


def _read_postgres(address: Address, selection: Selection) -> Iterator[Item]:
    if address.has_password:
        yield Note(
            "The password in the address can be seen by others on this machine: "
            "put it into PGPASSWORD or a file for PGPASSFILE."
        )
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
            yield Problem(
                f"None of its {len(tables):,} tables was asked for."
                if tables
                else "It has no tables.",
                "See --tables, and that the user sees the schema.",
            )
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
        count, cut = 0, 0
        sample = self.selection.sample
        share = sample_share(table.records, table.pages, sample)
        for row in self._fetch(table, columns, share):
            count += 1
            cut += any(isinstance(value, str | bytes) and len(value) >= LONGEST for value in row)
            yield row
        if share and not count:  # no page of it was drawn
            share = 0.0
            for row in self._fetch(table, columns, share):
                count += 1
                yield row
        if (sample and count >= sample) or share:
            about = f" of about {table.records:,.0f}" if table.records >= count else ""
            how = "drawn by page" if share else "the first ones"
            yield Note(f"{count:,} records{about} were examined, {how}, as asked for.")
        if cut:
            yield Problem(
                f"{cut:,} records have values longer than {LONGEST:,}: their beginnings were read.",
                "Write what they hold to files, and scan those.",
            )

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
