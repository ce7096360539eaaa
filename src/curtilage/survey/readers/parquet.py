"""Parquet and Arrow files, Feather too, batch by batch; the extra is `parquet`.

Columns of structures become one for each field. Strings that repeat stay in their
dictionary until a row is looked at: a small file may hold a long one a million times.
"""

from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from curtilage.survey.errors import Unreadable
from curtilage.survey.models import Item, Problem
from curtilage.survey.reading import Reader
from curtilage.survey.sources import Source, open_seekable
from curtilage.survey.tables import Row, read_rows

PARQUET, SEALED, ARROW, OLD_FEATHER = b"PAR1", b"PARE", b"ARROW1\0\0", b"FEA1"
ROWS = 1024  # of a batch
LONGEST = 1 << 28  # bytes of a batch in memory, and of a column in a group of rows
NESTED = ("list<", "large_list<", "fixed_size_list<", "list_view<", "large_list_view<", "map<")
LONGEST_LIST = 1 << 24  # characters of what is in one cell
DEEPEST = 8  # structures within structures that become columns
WIDEST = 10_000  # columns
WHOLE = "See that it is whole, and that other programs open it."


class TooLong(ValueError):
    """A list in a cell is longer than is read."""


def read_parquet(source: Source) -> Iterator[Item]:
    if source.head.startswith(SEALED):
        raise Unreadable("It is encrypted.", hint="Decrypt it, and scan what comes out.")
    arrow = _library()
    with open_seekable(source) as opened:
        try:
            with _open_parquet(opened) as file:
                _check_columns(file)
                yield from _read(source, file.schema_arrow, _groups(file), arrow)
        except (arrow.ArrowException, OSError, ValueError, NotImplementedError):
            raise Unreadable("It is broken, encrypted or cut off.", hint=WHOLE) from None


def read_arrow(source: Source) -> Iterator[Item]:
    if source.head.startswith(OLD_FEATHER):
        raise Unreadable("It is a Feather file of version 1.", hint="Write it anew as version 2.")
    arrow = _library()
    with open_seekable(source) as opened:
        try:
            if source.head.startswith(ARROW):
                file = arrow.ipc.open_file(opened)
                batches = (file.get_batch(number) for number in range(file.num_record_batches))
            else:
                file = batches = arrow.ipc.open_stream(opened)
            yield from _read(source, file.schema, _checked(batches), arrow)
        except (arrow.ArrowException, OSError, ValueError, NotImplementedError):
            raise Unreadable("It is broken or cut off.", hint=WHOLE) from None


def _library() -> Any:
    try:
        import pyarrow as pa  # noqa: PLC0415 - an extra
        import pyarrow.ipc  # noqa: PLC0415
    except ImportError:
        raise Unreadable(
            "The library for Parquet and Arrow is not installed.",
            hint="Install the extra `parquet`: `pip install 'curtilage[parquet]'`.",
        ) from None
    return pa


def _open_parquet(opened: BinaryIO) -> Any:
    from pyarrow import parquet  # noqa: PLC0415

    with parquet.ParquetFile(opened, pre_buffer=False) as file:
        schema = file.schema
        strings = [
            schema.column(number).path
            for number in range(min(len(schema), WIDEST))
            if schema.column(number).physical_type == "BYTE_ARRAY"
        ]
    opened.seek(0)
    return parquet.ParquetFile(opened, pre_buffer=False, read_dictionary=strings)


def _groups(file: Any) -> Iterator[Any]:
    """Batches, none of which is over two groups: each group has dictionaries of its own."""
    for number in range(file.num_row_groups):
        yield from file.iter_batches(batch_size=ROWS, row_groups=[number], use_threads=False)


def _check_columns(file: Any) -> None:
    """What the file says of itself is enough to see most of what would fill the memory."""
    metadata = file.metadata
    if metadata.num_columns > WIDEST:
        raise Unreadable(f"It has more than {WIDEST:,} columns.", hint="Scan a part of it.")
    for group in range(metadata.num_row_groups):
        for column in range(metadata.num_columns):
            if metadata.row_group(group).column(column).total_uncompressed_size > LONGEST:
                raise Unreadable(
                    f"A column of a group of rows unfolds to more than {LONGEST:,} bytes.",
                    hint="Write it anew with smaller groups of rows, and scan that.",
                )


def _checked(batches: Iterable[Any]) -> Iterator[Any]:
    """Arrow's own files are mapped as they are: what points outside of them would crash."""
    for batch in batches:
        batch.validate(full=True)
        yield batch


def _read(source: Source, schema: Any, batches: Iterable[Any], arrow: Any) -> Iterator[Item]:
    titles = flatten(schema.empty_table()).schema.names
    most = max(source.limits.unfolded, source.limits.ratio * (source.size or 0))
    rows = _rows(batches, len(titles), arrow)
    yield from read_rows(source, "table", titles, rows, most=most)


def _rows(batches: Iterable[Any], width: int, arrow: Any) -> Iterator[Row | Problem]:
    passed = 0
    try:
        for batch in batches:
            if batch.nbytes > LONGEST and batch.num_rows > 1:
                yield Problem(
                    f"Records after {passed:,} are longer than {LONGEST:,} bytes together.",
                    "Write it anew with smaller batches, and scan that.",
                )
                return
            table = flatten(arrow.Table.from_batches([batch]))
            columns = [
                _values(column.chunk(0), arrow)
                for column in table.columns[:width]
                if column.num_chunks
            ]
            yield from zip(*columns, strict=True)
            passed += batch.num_rows
    except TooLong:
        yield Problem(
            f"A list behind record {passed:,} holds more than {LONGEST_LIST:,} characters.",
            "Scan a part of it, or see that it is what it claims to be.",
        )
    except (arrow.ArrowException, OSError, ValueError, NotImplementedError, MemoryError):
        yield Problem(f"It is broken or cut off behind record {passed:,}.", WHOLE)


def _values(column: Any, arrow: Any) -> Iterable[object]:
    """The values of a column: all at once where they cannot be long, else one by one."""
    if arrow.types.is_nested(column.type):
        return (value_of(scalar) for scalar in column)
    try:
        if not arrow.types.is_dictionary(column.type):
            return list(column.to_pylist())
        words = column.dictionary
        if words.nbytes * len(column) <= LONGEST:  # even if each were the longest
            return list(column.dictionary_decode().to_pylist())
    except (ValueError, OverflowError, ImportError, NotImplementedError):
        return (plain_value(scalar) for scalar in column)
    return (plain_value(scalar) for scalar in column)


def flatten(table: Any) -> Any:
    """One column for each field of a structure, named `outer.inner`."""
    for _ in range(DEEPEST):
        if table.num_columns > WIDEST or not any(map(_is_struct, table.schema)):
            break
        table = table.flatten()
    return table


def _is_struct(field: Any) -> bool:
    return str(field.type).startswith("struct<")


def value_of(scalar: Any, room: int = LONGEST_LIST) -> object:
    """As Python has it. Raises TooLong.

    What is nested is gone through here: each string in a list may be the same long one."""
    if not scalar.is_valid:
        return None
    kind = str(scalar.type)
    if kind.startswith("struct<"):
        return {name: value_of(value, room) for name, value in scalar.items()}
    if not kind.startswith(NESTED):
        return plain_value(scalar)
    pairs = kind.startswith("map<")
    kept: list[object] = []
    for each in scalar:
        kept.append(list(each) if pairs else value_of(each, room))
        room -= len(str(kept[-1])) + 1
        if room < 0:
            raise TooLong
    return kept


def plain_value(scalar: Any) -> object:
    """A value that is not nested; a time finer than Python knows is written out."""
    try:
        return scalar.as_py()
    except (ValueError, OverflowError, ImportError, NotImplementedError):
        return scalar.cast("string").as_py()


def _is_arrow(head: bytes) -> bool:
    """A file, or a stream: a mark, a length, and where its first table begins."""
    is_stream = head.startswith(b"\xff\xff\xff\xff") and head[8:12] == b"\x10\0\0\0"
    return is_stream or head.startswith((ARROW, OLD_FEATHER))


READERS = (
    Reader(
        "Parquet",
        read_parquet,
        frozenset({"parquet", "pq"}),
        lambda head: head.startswith((PARQUET, SEALED)),
    ),
    Reader("Arrow", read_arrow, frozenset({"arrow", "arrows", "feather", "ipc"}), _is_arrow),
)
