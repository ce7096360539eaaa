"""Parquet: a slot for each cell that is a text, or can be written as one and read again.

A column of numbers or dates in which something is replaced becomes one of texts. What it
was is kept in the metadata of the file, and comes back with the values.
"""

import base64
import io
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from curtilage.survey.errors import Unreadable, Unwritable
from curtilage.survey.rewriting.documents import Runs, Slot

MAGIC = b"PAR1"
MOST_BYTES = 512 * 1024 * 1024  # of a table in memory
PACKINGS = {name: name for name in ("SNAPPY", "GZIP", "BROTLI", "ZSTD", "LZ4")} | {"LZ4_RAW": "LZ4"}
FIELD_ID = b"PARQUET:field_id"  # a number that files have
KEPT = b"curtilage.types"
"""Of the metadata: the fields that were no texts, by the number of their column."""


@dataclass(frozen=True, slots=True)
class Columns:
    """A table that was read."""

    table: Any = field(repr=False)
    compression: str
    group: int
    """Rows of a group."""
    columns: Mapping[int, Sequence[int | None]] = field(repr=False)
    """The slot of each row, by the number of the column."""
    names: Sequence[int] = field(repr=False)
    """The slot of each column's name."""
    slots: Sequence[Slot] = field(repr=False)
    left_out: Sequence[str] = ()
    keeps_lines: bool = False

    @property
    def view(self) -> Sequence[str | int]:
        pieces: list[str | int] = []
        for place, number in enumerate(self.columns):
            pieces += ["\t", self.names[number]] if place else [self.names[number]]
        for row in range(self.table.num_rows):
            for number, slots in enumerate(self.columns.values()):
                slot = slots[row]
                pieces.append("\t" if number else "\n")
                pieces += [slot] if slot is not None else []
        pieces.append("\n")
        for number, name in enumerate(self.names):
            pieces += [name, "\n"] if number not in self.columns else []
        return pieces

    def filled(self, changed: Mapping[int, Runs], bare: Collection[int] = ()) -> bytes:
        arrow = library()
        table, kept = self.table, _kept(self.table, arrow)
        for number, slots in self.columns.items():
            if changed.keys().isdisjoint(slot for slot in slots if slot is not None):
                continue
            texts = arrow.chunked_array([arrow.array(self._texts(slots, changed), arrow.string())])
            before = table.schema.field(number)
            was = kept.pop(number, before).with_name(before.name)
            column = _cast(texts, was.type, arrow)
            if column is None:
                kept[number], column = was.with_name(""), texts
                was = before.with_type(arrow.string())
            table = table.set_column(number, was, column)
        if not changed.keys().isdisjoint(self.names):
            table = arrow.Table.from_arrays(table.columns, schema=self._renamed(table, changed))
        return self._written(_keep(table, kept, arrow))

    def _renamed(self, table: Any, changed: Mapping[int, Runs]) -> Any:
        names = ["".join(changed.get(name, self.slots[name].runs)) for name in self.names]
        fields = [one.with_name(name) for one, name in zip(table.schema, names, strict=True)]
        return library().schema(fields, metadata=table.schema.metadata)

    def _texts(self, slots: Sequence[int | None], changed: Mapping[int, Runs]) -> list[str | None]:
        return [
            None if slot is None else "".join(changed.get(slot, self.slots[slot].runs))
            for slot in slots
        ]

    def _written(self, table: Any) -> bytes:
        from pyarrow import parquet  # noqa: PLC0415  # an extra

        made = io.BytesIO()
        parquet.write_table(
            table, made, compression=self.compression, row_group_size=max(1, self.group)
        )
        return made.getvalue()


def library() -> Any:
    try:
        import pyarrow as pa  # noqa: PLC0415  # an extra
    except ImportError:
        raise Unwritable(
            "The library for Parquet is not installed.",
            hint="Install the extra `parquet`: `pip install 'curtilage[parquet]'`.",
        ) from None
    return pa


def read_columns(raw: bytes) -> Columns:
    """A table, column by column. Raises Unreadable."""
    arrow = library()
    from pyarrow import parquet  # noqa: PLC0415  # an extra

    try:
        file = parquet.ParquetFile(io.BytesIO(raw), pre_buffer=False)
        metadata = file.metadata
        groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
        if sum(group.total_byte_size for group in groups) > MOST_BYTES:
            raise Unreadable(f"It unfolds to more than {MOST_BYTES:,} bytes.", hint="Split it.")
        table = file.read(use_threads=False)
        table.validate(full=True)  # that texts are UTF-8, too
        names = table.schema.names
        packed = groups[0].column(0).compression if groups and metadata.num_columns else ""
        compression = PACKINGS.get(packed, "NONE")
        group = groups[0].num_rows if groups else 1
    except (arrow.ArrowException, OSError, ValueError, NotImplementedError):
        raise Unreadable(
            "It is broken, encrypted or cut off.", hint="See that other programs open it."
        ) from None
    columns: dict[int, Sequence[int | None]] = {}
    slots = [Slot((name,)) for name in names]
    left_out = ["metadata"] if _has_words(table.schema) else []
    for number, column in enumerate(table.columns):
        texts = _as_texts(column, arrow)
        if texts is None:
            if not arrow.types.is_boolean(column.type):
                left_out.append(f"column {names[number][:80]}")
            continue
        is_bare = not _is_text(column.type, arrow)
        columns[number] = list(_number(texts, slots, is_bare=is_bare))
    return Columns(table, compression, group, columns, range(len(names)), slots, left_out)


def _has_words(schema: Any) -> bool:
    """Whether somebody wrote something beside the columns, or beside one of them."""
    beside = [schema.metadata, *(one.metadata for one in schema)]
    return any(set(words or ()) - {KEPT, FIELD_ID} for words in beside)


def _number(
    texts: Sequence[str | None], slots: list[Slot], *, is_bare: bool
) -> Iterator[int | None]:
    for text in texts:
        if text is None:
            yield None
        else:
            slots.append(Slot((text,), is_bare=is_bare))
            yield len(slots) - 1


def _is_text(kind: Any, arrow: Any) -> bool:
    types = arrow.types
    return bool(types.is_string(kind) or types.is_large_string(kind))


def _as_texts(column: Any, arrow: Any) -> Sequence[str | None] | None:
    """The cells as texts; None where they could not be read again."""
    if arrow.types.is_boolean(column.type):
        return None
    try:
        texts = column.cast(arrow.string())
    except (arrow.ArrowException, NotImplementedError):
        return None
    again = _cast(texts, column.type, arrow)
    if again is None or not again.equals(column):
        return None
    found: Sequence[str | None] = texts.to_pylist()
    return found


def _cast(texts: Any, kind: Any, arrow: Any) -> Any:
    """Texts as what they stand for; None where that does not work."""
    try:
        if arrow.types.is_dictionary(kind):
            return texts.cast(kind.value_type).dictionary_encode().cast(kind)
        return texts.cast(kind)
    except (arrow.ArrowException, NotImplementedError):
        return None


def _kept(table: Any, arrow: Any) -> dict[int, Any]:
    """The fields that were no texts when the file was protected."""
    raw = (table.schema.metadata or {}).get(KEPT)
    if raw is None:
        return {}
    try:
        document = json.loads(raw)
        schema = arrow.ipc.read_schema(arrow.py_buffer(base64.b64decode(document["schema"])))
        numbers = [number for number in document["columns"] if 0 <= number < table.num_columns]
        return {number: schema.field(place) for place, number in enumerate(numbers)}
    except (arrow.ArrowException, OSError, ValueError, KeyError, TypeError, IndexError):
        return {}  # somebody else's words: the columns stay texts


def _keep(table: Any, kept: Mapping[int, Any], arrow: Any) -> Any:
    metadata = {key: value for key, value in (table.schema.metadata or {}).items() if key != KEPT}
    if kept:
        schema = base64.b64encode(arrow.schema(list(kept.values())).serialize().to_pybytes())
        document = {"schema": schema.decode(), "columns": list(kept)}
        metadata[KEPT] = json.dumps(document).encode()
    return table.replace_schema_metadata(metadata or None)
