"""SQLite databases: every table, row by row, in the file as it lies there.

The file is opened so that nothing is written, locked or waited for. What it says of
itself is not trusted: no trigger, view or virtual table is run, values are bounded,
and a row that takes long ends it.
"""

import os
import sqlite3
import struct
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO
from urllib.parse import quote

from curtilage.survey.encodings import FALLBACK
from curtilage.survey.errors import Unreadable
from curtilage.survey.models import Item, Note, Problem
from curtilage.survey.reading import Reader
from curtilage.survey.sources import Source, copy_stream
from curtilage.survey.tables import Row, read_rows

MAGIC = b"SQLite format 3\0"
HEADER = 100  # bytes
NAME = "copy.sqlite"
LONGEST = 64 * 1024 * 1024  # bytes of a value or a row
MOST_SKIPPED = 1000  # records of a table that are too long; then the rest is given up
TICKS = 100_000  # steps of SQLite's machine between two looks at the clock
GROWTH = 8  # characters for each byte of the file: numbers are longer as text
SETTINGS = ("trusted_schema=OFF", "cell_size_check=ON", "query_only=ON", "mmap_size=0")


def read_sqlite(
    source: Source, *, sample: int = 0, wanted: Callable[[str], bool] = lambda _: True
) -> Iterator[Item]:
    """What is in all tables that are wanted; `sample`: in so many of the first rows of each."""
    with _opened(source) as (connection, size):
        if source.path is not None:
            yield from _unwritten(source.path, source.within)
        if missing := find_missing(source.head, size):
            yield Problem(
                f"It is cut off: {missing:,} bytes are missing.",
                "Restore it from a copy, or see what made it.",
                source.within,
            )
        clock = _Clock(source.limits.seconds)
        connection.set_progress_handler(clock.is_over, TICKS)
        try:
            tables = [table for table in _tables(connection) if wanted(table[0])]
        except sqlite3.Error as problem:
            raise _broken(problem) from None
        for name, columns in tables:
            if source.unfolded.is_spent:
                break
            select = f"SELECT {', '.join(map(_quoted, columns))} FROM {_quoted(name)}"  # noqa: S608  # names are quoted
            rows = _Walk(connection, select, clock, sample).rows()
            most = max(source.limits.unfolded, GROWTH * size)
            yield from read_rows(source, f"table {name}", columns, rows, most=most)


@contextmanager
def _opened(source: Source) -> Iterator[tuple[sqlite3.Connection, int]]:
    """The database, and how many bytes it has. What came out of an archive is copied first."""
    if source.path is not None:
        with closing(_open(source.path)) as connection:
            yield connection, source.path.stat().st_size
        return
    with ExitStack() as stack:
        with TemporaryDirectory(prefix="curtilage-") as folder:
            copy = stack.enter_context(_open_copy(Path(folder)))
            with source.open() as opened:
                copy_stream(opened, copy, source.limits)
            copy.flush()
            connection = stack.enter_context(closing(_open(_name(copy, Path(folder)))))
        yield connection, copy.tell()  # by now it has no name any more


def _open_copy(folder: Path) -> BinaryIO:
    """A file without a name, of which nothing is ever left; else one in `folder`."""
    nameless = getattr(os, "O_TMPFILE", 0)  # Linux, on most file systems
    if nameless:
        with suppress(OSError):
            return os.fdopen(os.open(folder, nameless | os.O_RDWR, 0o600), "w+b")
    return (folder / NAME).open("x+b")


def _name(copy: BinaryIO, folder: Path) -> Path:
    """A name for the copy, as SQLite wants one to open it."""
    path = folder / NAME
    if not path.exists():
        number = os.open(folder, os.O_RDONLY)
        try:  # with a folder given, the link is followed to the file (linkat, AT_SYMLINK_FOLLOW)
            os.link(f"/proc/self/fd/{copy.fileno()}", NAME, dst_dir_fd=number)
        finally:
            os.close(number)
    return path


def _open(path: Path) -> sqlite3.Connection:
    address = f"file:{quote(os.fsencode(path.absolute()))}?mode=ro&immutable=1"
    connection = sqlite3.connect(address, uri=True, isolation_level=None)
    connection.text_factory = partial(str, encoding="utf-8", errors=FALLBACK)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST)
    for setting in SETTINGS:
        connection.execute(f"PRAGMA {setting}")
    return connection


def find_missing(head: bytes, size: int) -> int:
    """How many bytes the header counts that are not there.

    https://sqlite.org/fileformat2.html, section 1.3."""
    if len(head) < HEADER or head[24:28] != head[92:96]:
        return 0  # an old version wrote it last, and did not count
    (page,) = struct.unpack_from(">H", head, 16)
    (pages,) = struct.unpack_from(">L", head, 28)
    return max(0, int(pages) * (65_536 if page == 1 else int(page)) - size)


class _Clock:
    """How long the last row may take."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self.start()

    def start(self) -> None:
        self._end = time.monotonic() + self._seconds

    def is_over(self) -> bool:
        return time.monotonic() > self._end


def _unwritten(path: Path, within: tuple[str, ...]) -> Iterator[Problem]:
    """Changes that lie beside the file, which is read as if nobody had it open."""
    for ending in ("-wal", "-journal"):
        beside = path.with_name(path.name + ending)
        try:
            is_there = beside.stat().st_size > 0
        except OSError:
            continue
        if is_there:
            yield Problem(
                f"Changes that lie in its {ending} file were not examined.",
                "Close the programs that use it, or scan a copy made with `.backup`.",
                within,
            )


def _tables(connection: sqlite3.Connection) -> Iterator[tuple[str, Sequence[str]]]:
    """Ordinary tables with their columns; what a virtual one keeps is in others beside it."""
    listed = connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
        " AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"
    ).fetchall()
    for (name,) in listed:
        columns = connection.execute(
            "SELECT name FROM pragma_table_xinfo(?) WHERE hidden <> 1", (name,)
        ).fetchall()
        if columns:
            yield name, [column for (column,) in columns]


@dataclass(slots=True)
class _Walk:
    """Goes over the records of one table."""

    connection: sqlite3.Connection
    wanted: str
    clock: _Clock
    sample: int = 0
    passed: int = 0

    def rows(self) -> Iterator[Row | Problem | Note]:
        for _ in range(MOST_SKIPPED):
            failure: sqlite3.Error | None = None
            try:
                yield from self._next(self.sample - self.passed if self.sample else -1)
            except sqlite3.Error as problem:
                failure = problem
            if failure is None:
                if self.sample and self.passed >= self.sample:
                    yield Note(f"The first {self.passed:,} records were examined, as asked for.")
                return
            yield from self._single()
            if not isinstance(failure, sqlite3.DataError):
                told = _broken(failure)
                yield Problem(f"{told.detail} {self.passed:,} records were read.", told.advice)
                return

    def _next(self, most: int) -> Iterator[Row]:
        self.clock.start()
        for row in self.connection.execute(f"{self.wanted} LIMIT {most} OFFSET {self.passed}"):
            self.passed += 1
            yield row
            self.clock.start()

    def _single(self) -> Iterator[Row | Problem]:
        """The record that the cursor, which looks ahead, threw away with the bad one behind it."""
        try:
            yield from self._next(1)
        except sqlite3.DataError:
            self.passed += 1
            yield Problem(
                f"Record {self.passed:,} is longer than {LONGEST:,} bytes; it was not examined.",
                "Write what it holds to a file, and scan that.",
            )
        except sqlite3.Error:
            return  # it is told with the failure that led here


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _broken(problem: sqlite3.Error) -> Unreadable:
    """Without the words of SQLite, which quote names and values."""
    if getattr(problem, "sqlite_errorcode", 0) == sqlite3.SQLITE_INTERRUPT:
        return Unreadable("The database takes too long.", hint="See that it is what it claims.")
    return Unreadable(
        "The database is broken, encrypted or of another make.",
        hint="See that `sqlite3` opens it and `PRAGMA integrity_check` is content.",
    )


READERS = (
    Reader(
        "SQLite",
        read_sqlite,
        frozenset({"sqlite", "sqlite3", "db3", "gpkg", "mbtiles"}),
        lambda head: head.startswith(MAGIC),
    ),
)
