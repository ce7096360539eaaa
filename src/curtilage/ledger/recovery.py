"""Read the last segment of a slot after a stop, however it stopped. Changes nothing.

A torn tail is the last batch, unfinished, past the durable mark: it was never
acknowledged and may be cut. Anything else that does not fit is damage.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson

from curtilage.ledger.boxes import BOX_FILE_HEAD, parse_boxes
from curtilage.ledger.errors import LedgerTampered
from curtilage.ledger.frames import (
    SegmentHeader,
    find_later_batch,
    parse_segment_header,
    split_payload,
)
from curtilage.ledger.intents import note_intent
from curtilage.ledger.layout import box_path, segment_path
from curtilage.ledger.models import Tail
from curtilage.ledger.record import parse_record
from curtilage.ledger.segment import Batch, iterate_batches


@dataclass(frozen=True, slots=True)
class Recovered:
    """Where the last segment really ends, and the state there. No box file: size 0."""

    header: SegmentHeader
    tail: Tail
    log_size: int
    box_size: int


def recover_segment(directory: Path, first: int, *, writer: str, mark: int) -> Recovered:
    """The end of the segment that begins with `first`. Raises LedgerTampered."""
    raw = segment_path(directory, first).read_bytes()
    header, end = parse_segment_header(raw)
    if header.writer != writer or header.tail.n != first:
        raise LedgerTampered("A segment's header belongs to another place.")
    state = _State(header)
    for batch in iterate_batches(raw, end):
        state.take(batch)
        end = batch.end
    if state.n < mark or find_later_batch(raw, end, state.n) is not None:
        raise LedgerTampered("A commit log is damaged before its end.")
    return Recovered(header, state.tail(), end, _box_size(directory, first, state))


def recover_tail(header: SegmentHeader, batches: Iterable[bytes]) -> Tail:
    """The state behind `batches`, all that a segment has. Raises LedgerTampered."""
    state = _State(header)
    for raw in batches:
        batch = next(iterate_batches(raw, 0), None)
        if batch is None or batch.end != len(raw):
            raise LedgerTampered("A batch of a commit log is damaged.")
        state.take(batch)
    return state.tail()


class _State:
    """What the records of one segment add to its header."""

    def __init__(self, header: SegmentHeader) -> None:
        self.n = header.tail.n
        self.last: bytes | None = None
        self.sealed: list[int] = []
        self.leaves = dict(header.tail.leaves)
        self.open = dict(header.tail.open)
        self.opens = header.opens
        self.before = header.tail

    def take(self, batch: Batch) -> None:
        if batch.head.first != self.n:
            raise LedgerTampered("A batch of a commit log is not the next one.")
        for raw in split_payload(batch.payload):
            self._note(raw)
            self.n, self.last = self.n + 1, raw
        if self.n != batch.head.first + batch.head.count:
            raise LedgerTampered("A batch of a commit log does not hold what it says.")

    def _note(self, raw: bytes) -> None:
        fields = orjson.loads(raw)
        tenant = fields["tenant"]
        self.leaves[tenant] = self.leaves.get(tenant, 0) + 1
        facts = fields.get("facts") or {}
        note_intent(
            self.open,
            self.opens,
            id=fields["id"],
            kind=fields["kind"],
            intent=facts.get("intent"),
            raw=raw,
        )
        if "sealed" in fields:
            self.sealed.append(self.n)

    def tail(self) -> Tail:
        if self.last is None:
            return Tail(self.n, self.before.prev, self.before.time, self.leaves, self.open)
        record = parse_record(self.last)
        return Tail(self.n, record.hash, record.time, self.leaves, self.open)


def _box_size(directory: Path, first: int, state: _State) -> int:
    """Up to where the box file belongs to records that exist."""
    path = box_path(directory, first)
    missing = set(state.sealed)
    end = 0
    if path.exists():
        end = BOX_FILE_HEAD.size
        for n, box_end in _sound_boxes(path.read_bytes(), first):
            if n >= state.n:
                break
            missing.discard(n)
            end = box_end
    if missing:
        raise LedgerTampered("Sealed parts of durable records are missing or damaged.")
    return end


def _sound_boxes(raw: bytes, first: int) -> Iterator[tuple[int, int]]:
    try:
        for box in parse_boxes(raw, first):
            yield box.n, box.end
    except LedgerTampered:
        return  # what is missing behind here, the caller finds; a torn end is no damage
