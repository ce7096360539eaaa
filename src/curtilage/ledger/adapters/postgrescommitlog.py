"""The commit log of one slot in PostgreSQL: a batch is one statement.

The statement checks the fence of the slot and the number of the next record,
moves that number on, and stores the batch with the bytes that a file would have.
When the connection breaks before its answer came, the fence is raised: then the
old statement can happen no more, and the slot says whether it did. What was told
to be lost and is found later is handed over by `keep`, so that it gets an end.
Whoever lost a slot to another takes a new one and goes on there.
"""

import contextlib
import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from time import sleep

from curtilage.core.clock import Clock
from curtilage.ledger.adapters.postgresline import BROKE, HINT, NOW, Cut, Line
from curtilage.ledger.adapters.postgresslots import (
    LEASE_SECONDS,
    TakenSlot,
    fence_slot,
    give_back_slot,
    renew_slot,
)
from curtilage.ledger.commitlog import SEGMENT_BYTES
from curtilage.ledger.entries import Entry, advance, empty_tail, encode_boxes
from curtilage.ledger.errors import LedgerTampered, LedgerUnavailable, SlotInUse
from curtilage.ledger.frames import (
    SegmentHeader,
    encode_batch,
    encode_segment_header,
    parse_segment_header,
)
from curtilage.ledger.models import Tail
from curtilage.ledger.recovery import recover_tail

RENEW_SECONDS = 2.0
SETTLE_SECONDS = 6.0  # a fail-over of the database may take so long and no request is lost
PAUSE = 0.05

WRITE = f"""
WITH held AS (
  UPDATE ledger_slot SET next = %(end)s, ends_at = {NOW} + %(seconds)s
  WHERE name = %(name)s AND holder = %(holder)s AND fence = %(fence)s AND next = %(first)s
  RETURNING name
), segment AS (
  INSERT INTO ledger_segment (writer, first, header)
  SELECT name, %(segment)s, %(header)b FROM held WHERE %(header)b::bytea IS NOT NULL
)
INSERT INTO ledger_batch (writer, first, segment, data, boxes)
SELECT name, %(first)s, %(segment)s, %(data)b, %(boxes)b FROM held RETURNING first"""  # noqa: S608
SEGMENT = """
SELECT first, header FROM ledger_segment WHERE writer = %(name)s ORDER BY first DESC LIMIT 1"""
BATCHES = """
SELECT data FROM ledger_batch WHERE writer = %(name)s AND segment = %(segment)s ORDER BY first"""

LOST = "The slot of the ledger went to another process."
Take = Callable[[Line], TakenSlot]
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Batch:
    """What one statement stores; `header` where it begins a segment."""

    first: int
    segment: int
    header: bytes | None
    data: bytes
    boxes: bytes
    entries: Sequence[Entry]

    @property
    def end(self) -> int:
        return self.first + len(self.entries)


class PostgresCommitLog:
    """Implements `Commits`. `take` gives the slot at the start, and another when it was lost."""

    tail: Tail

    def __init__(
        self,
        url: str,
        *,
        take: Take,
        opens: Collection[str],
        clock: Clock,
        segment_bytes: int = SEGMENT_BYTES,
        settle_seconds: float = SETTLE_SECONDS,
    ) -> None:
        """Raises SlotInUse, LedgerTampered, or LedgerUnavailable."""
        self._line = Line(url)
        self._take = take
        self._opens = frozenset(opens)
        self._clock = clock
        self._limit = segment_bytes
        self._settle_seconds = settle_seconds
        self._doubt: _Batch | None = None  # sent, and nobody knows whether it was done
        self._abandoned: list[bytes] = []
        self._is_lost = self._is_stale = False
        self._renewed_at = clock.monotonic()
        try:
            self._begin()
        except Cut:
            self._line.drop()
            raise LedgerUnavailable(BROKE, hint=HINT) from None
        except BaseException:  # whatever ended it, cancellation too: no connection stays open
            self._line.drop()
            raise

    @property
    def slot(self) -> str:
        return self._slot.name

    @property
    def is_broken(self) -> bool:
        """The slot is another's, or it holds more than was acknowledged; `keep` goes on."""
        return self._is_lost or self._is_stale

    def _begin(self) -> None:
        self._slot = self._take(self._line)
        self._recover()
        self._is_lost = self._is_stale = False
        self._doubt, self._abandoned = None, []

    def _recover(self) -> None:
        self.tail, self._size = empty_tail(), 0
        self._segment: int | None = None
        rows = self._line.ask(SEGMENT, {"name": self.slot})
        if rows:
            self._resume(*rows[0])
        if self.tail.n != self._slot.next:
            raise LedgerTampered("A slot in the database does not end where it should.")

    def _resume(self, first: int, raw: bytes) -> None:
        header, length = parse_segment_header(raw)
        if header.writer != self.slot or header.tail.n != first or length != len(raw):
            raise LedgerTampered("A segment's header belongs to another place.")
        rows = self._line.ask(BATCHES, {"name": self.slot, "segment": first})
        self.tail = recover_tail(header, (data for (data,) in rows))
        if header.opens == self._opens:  # a segment knows only one answer
            self._segment = first
            self._size = length + sum(len(data) for (data,) in rows)

    def write(self, entries: Sequence[Entry]) -> None:
        """Make `entries` durable, all or none. Raises LedgerUnavailable."""
        if self._doubt is not None and not self.is_broken:
            self._settle_late(self._doubt)
        if self.is_broken:
            raise LedgerUnavailable(LOST)
        batch = self._encode(entries)
        try:
            self._send(batch)
        except Cut:
            if not self._settle_soon(batch):
                self._send_again(batch)
        self._note(batch)

    def _encode(self, entries: Sequence[Entry]) -> _Batch:
        first, segment, header = self.tail.n, self._segment, None
        if segment is None or self._size >= self._limit:
            segment = first
            header = encode_segment_header(SegmentHeader(self.slot, self.tail, self._opens))
        data = encode_batch(first, [entry.raw for entry in entries])
        return _Batch(first, segment, header, data, encode_boxes(first, entries), entries)

    def _send(self, batch: _Batch) -> None:
        """One statement, which is a transaction. Raises Cut, or LedgerUnavailable."""
        values = {
            "name": self.slot,
            "holder": self._slot.holder,
            "fence": self._slot.fence,
            "first": batch.first,
            "end": batch.end,
            "segment": batch.segment,
            "header": batch.header,
            "data": batch.data,
            "boxes": batch.boxes,
            "seconds": LEASE_SECONDS,
        }
        asked_at = self._clock.monotonic()
        if not self._line.ask(WRITE, values):
            self._is_lost = True
            raise LedgerUnavailable(LOST)
        self._renewed_at = asked_at

    def _send_again(self, batch: _Batch) -> None:
        try:
            self._send(batch)
        except Cut:
            self._doubt = batch
            raise LedgerUnavailable(BROKE, hint=HINT) from None

    def _note(self, batch: _Batch) -> None:
        size = len(batch.data) + len(batch.header or b"")
        self._size = size if batch.header else self._size + size
        self._segment = batch.segment
        self.tail = advance(self.tail, batch.entries, self._opens)

    def _settle_soon(self, batch: _Batch) -> bool:
        """Was it done? Asks again until the database answers, as long as callers may wait."""
        self._doubt = batch
        give_up = self._clock.monotonic() + self._settle_seconds
        while True:
            try:
                return self._was_done(batch)
            except (Cut, LedgerUnavailable):
                if self._is_lost or self._clock.monotonic() >= give_up:
                    raise LedgerUnavailable(BROKE, hint=HINT) from None
            sleep(PAUSE)

    def _was_done(self, batch: _Batch) -> bool:
        """Shut out what may be on its way, then look. Raises Cut, or LedgerUnavailable."""
        slot = fence_slot(self._line, self._slot)
        if slot is None or slot.next not in (batch.first, batch.end):
            self._is_lost = True
            raise LedgerUnavailable(LOST)
        self._slot, self._doubt = slot, None
        return slot.next == batch.end

    def _settle_late(self, batch: _Batch) -> None:
        """As `_settle_soon` for a batch that was told to be lost. Raises LedgerUnavailable."""
        try:
            was_done = self._was_done(batch)
        except Cut:
            raise LedgerUnavailable(BROKE, hint=HINT) from None
        if was_done:
            self._note(batch)
            ids = (entry.id for entry in batch.entries)
            self._abandoned += [self.tail.open[id_] for id_ in ids if id_ in self.tail.open]
            self._is_stale = True

    def keep(self) -> Sequence[bytes] | None:
        """As `Commits` has it; while the database does not answer, all is as it was."""
        try:
            return self._keep()
        except (Cut, LedgerUnavailable, SlotInUse):
            self._line.drop()
            return None

    def _keep(self) -> Sequence[bytes] | None:
        if self._doubt is not None and not self._is_lost:
            self._settle_late(self._doubt)
        now = self._clock.monotonic()
        if not self.is_broken and now - self._renewed_at >= RENEW_SECONDS:
            self._is_lost = not renew_slot(self._line, self._slot)
            self._renewed_at = now
        if self._is_lost:
            log.warning("ledger slot lost", extra={"event": "ledger.slot-lost"})
            self._begin()
            return list(self.tail.open.values())
        if self._is_stale:
            abandoned, self._abandoned, self._is_stale = self._abandoned, [], False
            return abandoned
        return None

    def close(self) -> None:
        """Give the slot back, unless the next one must look what became of a batch."""
        if self._doubt is None and not self.is_broken:
            with contextlib.suppress(Cut, LedgerUnavailable):
                give_back_slot(self._line, self._slot)
        self._line.drop()
