"""Reading the commit logs: everything, from a cursor, or one record by its id.

Readers stop at each writer's durable mark and take no lock; they may run in any
process. Order is each writer's own; across writers only time tells, roughly.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from heapq import nlargest
from pathlib import Path
from zlib import crc32

import orjson

from curtilage.core.ids import id_instant
from curtilage.ledger.boxes import parse_boxes
from curtilage.ledger.errors import LedgerTampered, RecordNotFound
from curtilage.ledger.frames import (
    HEAD_BYTES,
    PREAMBLE,
    SegmentHeader,
    header_bytes,
    parse_batch_head,
    parse_segment_header,
    split_payload,
)
from curtilage.ledger.layout import (
    box_path,
    find_segments,
    find_writers,
    log_directory,
    mark_path,
    segment_path,
)
from curtilage.ledger.mark import read_mark
from curtilage.ledger.models import Cursor, Position, Record
from curtilage.ledger.record import parse_record

NEWEST_SEGMENTS = 4  # how far back `newest` looks for a tenant that was quiet: 64 MB


@dataclass(frozen=True, slots=True)
class ReadBatch:
    """A durable batch, and the position behind it."""

    first: int
    count: int
    payload: bytes
    position: Position

    def records(self) -> Iterator[bytes]:
        return split_payload(self.payload)


def read_segment_header(path: Path) -> tuple[SegmentHeader, int]:
    """The header of a segment, and where its first batch begins."""
    with path.open("rb") as file:
        preamble = file.read(PREAMBLE.size)
        return parse_segment_header(preamble + file.read(header_bytes(preamble)))


def read_batches(directory: Path, position: Position | None, *, until: int) -> Iterator[ReadBatch]:
    """The batches of one writer from `position` on, up to record `until`."""
    segments = find_segments(directory)
    if position is not None:
        segments = [first for first in segments if first >= position.segment]
    for number, first in enumerate(segments):
        offset = position.offset if position and position.segment == first else 0
        is_last = number == len(segments) - 1
        yield from _read_segment(directory, Position(first, offset), until, is_last=is_last)


def _read_segment(
    directory: Path, position: Position, until: int, *, is_last: bool
) -> Iterator[ReadBatch]:
    path = segment_path(directory, position.segment)
    at = position.offset or read_segment_header(path)[1]
    with path.open("rb") as file:
        file.seek(at)
        while raw := file.read(HEAD_BYTES):
            head = parse_batch_head(raw)
            if head is None or head.first + head.count > until:
                if head is None and not is_last:
                    raise LedgerTampered("A segment is damaged before its end.")
                return
            payload = file.read(head.length)
            if len(payload) != head.length or crc32(payload) != head.checksum:
                raise LedgerTampered("A durable batch is damaged.")
            at += HEAD_BYTES + head.length
            yield ReadBatch(head.first, head.count, payload, Position(position.segment, at))


def durable_until(directory: Path) -> int:
    """Before which record everything of a writer is durable."""
    return read_mark(mark_path(directory)) or 0


@dataclass(frozen=True, slots=True)
class Located:
    """A record and its index among its tenant's records of this writer."""

    record: Record
    index: int


class LedgerReader:
    """Reads the ledger in one directory. Keeps nothing open and nothing in mind."""

    def __init__(self, directory: Path) -> None:
        self._ledger = directory

    def writers(self) -> list[str]:
        return find_writers(self._ledger)

    def read(self, cursor: Cursor, *, limit: int = 1000) -> tuple[list[Record], Cursor]:
        """About `limit` records behind `cursor`, and the cursor behind them.

        A cursor stands between batches, so the last batch is given whole. No
        record is ever skipped; after a crash a reader that stored its cursor
        before its work may see some again.
        """
        records: list[Record] = []
        positions = dict(cursor)
        for writer in self.writers():
            for batch in self._batches(writer, positions.get(writer)):
                if len(records) >= limit:
                    break
                records += [parse_record(raw) for raw in batch.records()]
                positions[writer] = batch.position
        return records, positions

    def end(self) -> Cursor:
        """The cursor behind everything that is durable now."""
        ends: dict[str, Position] = {}
        for writer in self.writers():
            newest = next(self._last_batches(writer, 2), None)  # the last may be empty yet
            if newest is not None:
                ends[writer] = newest.position
        return ends

    def iterate(self, *, writer: str = "", tenant: str = "") -> Iterator[Record]:
        """Every durable record, writer by writer, in constant memory."""
        for name in [writer] if writer else self.writers():
            for batch in self._batches(name, None):
                for raw in batch.records():
                    record = parse_record(raw)
                    if not tenant or record.event.tenant == tenant:
                        yield record

    def iterate_until(self, cursor: Cursor) -> Iterator[Record]:
        """Every durable record that lies before `cursor`, writer by writer, in constant memory."""
        for writer, end in sorted(cursor.items()):
            for batch in self._batches(writer, None):
                if batch.position > end:
                    break
                yield from (parse_record(raw) for raw in batch.records())

    def _batches(self, writer: str, position: Position | None) -> Iterator[ReadBatch]:
        directory = log_directory(self._ledger, writer)
        return read_batches(directory, position, until=durable_until(directory))

    def find(self, id: str) -> Record | None:
        """The record with this id, or None."""
        return next((record for record in self._mentions(id) if record.event.id == id), None)

    def get(self, id: str) -> Record:
        """The record with this id. Raises RecordNotFound."""
        record = self.find(id)
        if record is None:
            raise RecordNotFound
        return record

    def trail(self, id: str) -> list[Record]:
        """The record with this id and all that name it as their intent, in time's order."""
        found = {
            record.event.id: record
            for record in self._mentions(id)
            if id in (record.event.id, record.event.facts.get("intent"))
        }
        return sorted(found.values(), key=lambda record: (record.time, record.n))

    def _mentions(self, id: str) -> Iterator[Record]:
        """Records that hold the id anywhere, those of its time and later ones first."""
        try:
            made = id_instant(id)
        except ValueError:
            return
        needle = id.encode()
        for writer in self.writers():
            for first in self._likely_segments(writer, made):
                for batch in self._segment_batches(writer, first):
                    if needle in batch.payload:
                        yield from _parse_mentions(batch, needle)

    def _likely_segments(self, writer: str, made: datetime) -> list[int]:
        """Segments from the one that was open at `made` on, then the earlier ones."""
        directory = log_directory(self._ledger, writer)
        segments = find_segments(directory)
        start = 0
        for number, first in enumerate(segments):
            if read_segment_header(segment_path(directory, first))[0].tail.time <= made:
                start = number
        return segments[start:] + segments[:start][::-1]

    def _segment_batches(self, writer: str, first: int) -> Iterator[ReadBatch]:
        directory = log_directory(self._ledger, writer)
        until = durable_until(directory)
        return _read_segment(directory, Position(first, 0), until, is_last=True)

    def locate(self, record: Record) -> Located:
        """Which leaf `record` is in the tree of its tenant and writer."""
        directory = log_directory(self._ledger, record.writer)
        first = max(first for first in find_segments(directory) if first <= record.n)
        header, _ = read_segment_header(segment_path(directory, first))
        tenant = record.event.tenant
        index = header.tail.leaves.get(tenant, 0)
        n = first
        for batch in self._segment_batches(record.writer, first):
            for raw in batch.records():
                if n == record.n:
                    return Located(record, index)
                index += orjson.loads(raw)["tenant"] == tenant
                n += 1
        raise RecordNotFound

    def newest(self, limit: int, *, tenant: str = "") -> list[Record]:
        """The latest records of all writers, newest first."""
        found: list[Record] = []
        for writer in self.writers():
            kept: list[Record] = []
            for batch in self._last_batches(writer, NEWEST_SEGMENTS):
                records = [parse_record(raw) for raw in batch.records()]
                kept += [r for r in reversed(records) if not tenant or r.event.tenant == tenant]
                if len(kept) >= limit:
                    break
            found += kept[:limit]
        return nlargest(limit, found, key=lambda record: (record.time, record.event.id))

    def _last_batches(self, writer: str, segments: int) -> Iterator[ReadBatch]:
        """The batches of the last segments, the newest first; heads are read, then bodies."""
        directory = log_directory(self._ledger, writer)
        until = durable_until(directory)
        for first in reversed(find_segments(directory)[-segments:]):
            path = segment_path(directory, first)
            offsets = _batch_offsets(path, until)
            for offset in reversed(offsets):
                position = Position(first, offset)
                yield next(_read_segment(directory, position, until, is_last=True))

    def read_box(self, record: Record) -> bytes | None:
        """The sealed part of a record; None where it has none or it was removed."""
        if record.event.sealed is None:
            return None
        directory = log_directory(self._ledger, record.writer)
        first = max(first for first in find_segments(directory) if first <= record.n)
        path = box_path(directory, first)
        if not path.exists():
            return None
        boxes = parse_boxes(path.read_bytes(), first)
        return next((box.box for box in boxes if box.n == record.n), None)


def _parse_mentions(batch: ReadBatch, needle: bytes) -> Iterator[Record]:
    for raw in batch.records():
        if needle in raw:
            yield parse_record(raw)


def _batch_offsets(path: Path, until: int) -> list[int]:
    """Where each durable batch of a segment begins, by their heads alone."""
    at = read_segment_header(path)[1]
    offsets: list[int] = []
    with path.open("rb") as file:
        while True:
            file.seek(at)
            head = parse_batch_head(file.read(HEAD_BYTES))
            if head is None or head.first + head.count > until:
                return offsets
            offsets.append(at)
            at += HEAD_BYTES + head.length
