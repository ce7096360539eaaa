"""MySQL and MariaDB: tables and records, read in transactions that cannot write."""

import ssl
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from curtilage.core.settings import environment
from curtilage.survey.databases.addresses import Address
from curtilage.survey.databases.selection import ENDLESS, LONGEST, SEED, Counting, Selection
from curtilage.survey.errors import Unreadable
from curtilage.survey.models import Item, Note, Problem
from curtilage.survey.tables import Row, a_table_source, read_rows

CONNECT_SECONDS = 10
ANSWER_SECONDS = 120  # for the next record: a whole table may take as long as it takes
FARTHEST = 2_000_000  # records that a sample is drawn from: there are no pages to draw
SETUP = (
    "SET SESSION TRANSACTION READ ONLY",
    "SET SESSION lock_wait_timeout = 5",
    "SET SESSION net_write_timeout = 600",  # a part may take long to be looked into
    "SET SESSION sql_mode = ''",  # `"` quotes a text, and no date is refused
)
TABLES = """
SELECT table_schema, table_name, table_rows FROM information_schema.tables
WHERE table_type IN ('BASE TABLE', 'SYSTEM VERSIONED')
  AND table_schema NOT IN ('information_schema', 'mysql', 'performance_schema', 'sys')
  AND (%s = '' OR table_schema = %s)
ORDER BY 1, 2
"""
COLUMNS = """
SELECT column_name, data_type FROM information_schema.columns
WHERE table_schema = %s AND table_name = %s ORDER BY ordinal_position
"""
_BYTES = frozenset({"binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob"})
_SHAPES = frozenset(
    {"geometry", "point", "linestring", "polygon", "multipoint", "multilinestring"}
    | {"multipolygon", "geometrycollection", "geomcollection"}
)
_REFUSALS = {
    1044: "This user may not see that database.",
    1045: "The server refuses the user or the password.",
    1049: "There is no database of that name on the server.",
    1142: "This user may not read it.",
    1143: "This user may not read all of its columns.",
    1698: "The server refuses the user or the password.",
    2026: "The connection could not be encrypted as asked for.",
}


class Listed(NamedTuple):
    """A table, as the catalogue has it."""

    schema: str
    name: str
    records: float
    """About so many; 0 where the server does not know."""


def read_mysql(address: Address, selection: Selection) -> Iterator[Item]:
    """Every table, or what is selected of them. Raises Unreadable where nothing can be read."""
    driver = _driver()
    try:
        with closing(connect(driver, address)) as connection:
            yield from MySql(driver, connection, address, selection).read()
    except (driver.err.Error, OSError) as problem:
        raise _refused(problem) from None


def _driver() -> Any:
    try:
        import pymysql  # noqa: PLC0415 - an extra
        import pymysql.cursors  # noqa: PLC0415
    except ImportError:
        raise Unreadable(
            "The driver for MySQL and MariaDB is not installed.",
            hint="Install the extra `mysql`: `pip install 'curtilage[mysql]'`.",
        ) from None
    return pymysql


def connect(driver: Any, address: Address) -> Any:
    """A connection that cannot write, and does not hold a result in memory.

    What the address does not say comes from `~/.my.cnf` and MYSQL_PWD, as for the
    client of MySQL: https://dev.mysql.com/doc/refman/8.4/en/option-files.html
    """
    parts = urlsplit(address.url)
    options = dict(parse_qsl(parts.query))
    settings = Path.home() / ".my.cnf"
    has_settings = settings.is_file()
    connection = driver.connect(
        host=parts.hostname or ("" if has_settings else "127.0.0.1"),
        port=parts.port or 0,
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else environment().get("MYSQL_PWD", ""),
        database=unquote(parts.path[1:]) or None,
        unix_socket=options.get("socket"),
        read_default_file=str(settings) if has_settings else None,
        charset="utf8mb4",
        connect_timeout=CONNECT_SECONDS,
        read_timeout=ANSWER_SECONDS,
        write_timeout=ANSWER_SECONDS,
        cursorclass=driver.cursors.SSCursor,
        **encryption(options.get("ssl-mode", "PREFERRED").upper(), options.get("ssl-ca")),
    )
    with connection.cursor() as cursor:
        for statement in SETUP:
            cursor.execute(statement)
    return connection


def encryption(mode: str, authority: str | None) -> dict[str, Any]:
    """What the driver is told of a mode; without one, it encrypts where the server does."""
    if mode == "DISABLED":
        return {"ssl_disabled": True}
    if mode == "PREFERRED" and authority is None:
        return {}
    try:
        context = ssl.create_default_context(cafile=authority)
    except OSError:
        raise Unreadable(
            "The file with the certificate of the authority (ssl-ca) could not be read.",
            hint="Name a file in PEM that this user may read.",
        ) from None
    context.check_hostname = mode == "VERIFY_IDENTITY"
    if mode == "REQUIRED" and authority is None:
        context.verify_mode = ssl.CERT_NONE
    return {"ssl": context}


def _refused(problem: BaseException) -> Unreadable:
    """By the number alone: the words of the server may quote values, users and addresses."""
    code = problem.args[0] if problem.args and isinstance(problem.args[0], int) else 0
    why = _REFUSALS.get(code, "The server does not answer, or ended the connection.")
    return Unreadable(
        f"{why}{f' (error {code})' if code else ''}",
        hint="See that `mysql` connects with the same address, and that the user may read.",
    )


@dataclass(slots=True)
class MySql:
    """An open database, while it is read."""

    driver: Any
    connection: Any
    address: Address
    selection: Selection

    def read(self) -> Iterator[Item]:
        own = unquote(urlsplit(self.address.url).path[1:])
        tables = [
            Listed(schema, name, records or 0)
            for schema, name, records in self._rows(TABLES, (own, own))
        ]
        wanted = [each for each in tables if self.selection.wants(each.schema, each.name)]
        if not wanted:
            yield self.selection.said_of_none(len(tables))
        for table in wanted:
            yield from self._table(table)

    def _table(self, table: Listed) -> Iterator[Item]:
        label = f"table {table.schema}.{table.name}"
        columns = self._rows(COLUMNS, (table.schema, table.name))
        titles = [title for title, _ in columns]
        source = a_table_source(self.address.name)
        try:
            with self._snapshot():
                yield from read_rows(
                    source, label, titles, self._records(table, columns), most=ENDLESS
                )
        except self.driver.err.Error as problem:
            if not self.connection.open:
                raise
            told = _refused(problem)
            yield Problem(told.detail, told.advice, (label,))

    @contextmanager
    def _snapshot(self) -> Iterator[None]:
        """A transaction that sees one moment and cannot write."""
        with self.connection.cursor() as cursor:
            cursor.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")
        try:
            yield
        finally:
            if self.connection.open:
                self.connection.rollback()

    def _records(
        self, table: Listed, columns: Sequence[tuple[str, str]]
    ) -> Iterator[Row | Note | Problem]:
        counting = Counting(self.selection.sample)
        share = sample_share(table.records, self.selection.sample)
        yield from counting.over(self._fetch(statement(table, columns, counting.sample, share)))
        if share and not counting.count:  # none was drawn
            share = 0.0
            yield from counting.over(self._fetch(statement(table, columns, counting.sample, share)))
        yield from counting.said(table.records, "drawn at random" if share else "")

    def _fetch(self, text: str) -> Iterator[Row]:
        with self.connection.cursor() as cursor:
            cursor.execute(text)
            yield from cursor

    def _rows(self, text: str, values: tuple[str, ...]) -> list[tuple[Any, ...]]:
        with self.connection.cursor() as cursor:
            cursor.execute(text, values)
            return list(cursor.fetchall())


def statement(table: Listed, columns: Sequence[tuple[str, str]], sample: int, share: float) -> str:
    """What reads a table: every value as text or bytes, and cut."""
    text = (
        f"SELECT {', '.join(_short(*column) for column in columns)} "  # noqa: S608 - names are quoted
        f"FROM {quoted(table.schema)}.{quoted(table.name)}"
    )
    if share:
        text += f" WHERE RAND({SEED}) < {share:.6f}"
    return f"{text} LIMIT {sample}" if sample else text


def _short(name: str, kind: str) -> str:
    column = quoted(name)
    if kind in _BYTES:
        return f"SUBSTRING({column}, 1, {LONGEST})"
    if kind in _SHAPES:
        column = f"ST_AsText({column})"
    elif kind == "bit":
        column = f"{column} + 0"
    return f"LEFT(CAST({column} AS CHAR), {LONGEST})"


def quoted(name: str) -> str:
    """https://dev.mysql.com/doc/refman/8.4/en/identifiers.html"""
    return f"`{name.replace('`', '``')}`"


def sample_share(records: float, sample: int) -> float:
    """The chance of each record to be drawn; 0: the first records do as well.

    Half as many again as asked for, so that chance seldom leaves too few.
    """
    share = 1.5 * sample / max(min(records, FARTHEST), 1)
    return 0.0 if not sample or share > 0.75 else max(round(share, 6), 1e-6)
