"""Commit logs that are kept in a shared store, copied into the files of this node.

A copy has the same bytes in the same segments as the files of a single node, so
whatever reads, verifies, proves, exports or prunes does not know the difference,
and a place in one node's copy is the same place in another's.
"""

import os
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from curtilage.ledger.disk import Sync, lock_file, make_directory, replace_file, sync_data
from curtilage.ledger.errors import LedgerTampered, RollbackDetected
from curtilage.ledger.frames import parse_batch_head, parse_segment_header
from curtilage.ledger.layout import (
    box_path,
    check_name,
    find_segments,
    log_directory,
    mark_path,
    segment_path,
)
from curtilage.ledger.mark import Mark, read_mark
from curtilage.ledger.models import StoredBatch
from curtilage.ledger.ports import SharedStore
from curtilage.ledger.recovery import recover_segment
from curtilage.ledger.segment import GuardedFile, create_box_file, iterate_batches, remove_file

STEP_BYTES = 32 * 1024 * 1024  # what one step takes at most of one log


class LogCopy:
    """The copy of one writer's log. `next` is the number of the record after its last."""

    def __init__(self, ledger: Path, slot: str, *, sync: Sync = sync_data) -> None:
        """Raises SlotInUse, LedgerTampered, or OSError."""
        self._slot = check_name(slot, "slot")
        self._directory = log_directory(ledger, slot)
        self._sync = sync
        self._log: GuardedFile | None = None
        self._box: GuardedFile | None = None
        make_directory(self._directory)
        self._lock = lock_file(self._directory / "lease")
        try:
            self.next = self._open()
        except BaseException:  # whatever ended it, another may try again
            self._close_files()
            os.close(self._lock)
            raise
        self._mark = Mark(mark_path(self._directory))

    def _open(self) -> int:
        segments, durable = find_segments(self._directory), read_mark(mark_path(self._directory))
        if not segments:
            if durable:
                raise LedgerTampered("A slot has a durable mark but no segments.")
            return 0
        self._first = segments[-1]
        found = recover_segment(self._directory, self._first, writer=self._slot, mark=durable or 0)
        self._log = _open_cut(segment_path(self._directory, self._first), found.log_size)
        if found.box_size:
            self._box = _open_cut(box_path(self._directory, self._first), found.box_size)
        return found.tail.n

    def append(self, batches: Sequence[StoredBatch]) -> None:
        """Add what follows. Raises LedgerTampered where it does not, or OSError."""
        for _, of_segment in groupby(batches, key=lambda batch: batch.segment):
            self._append(list(of_segment))

    def _append(self, batches: list[StoredBatch]) -> None:
        """Batches of one segment: one sync of each file, then the mark."""
        end = self.next
        for batch in batches:
            end = _check_follows(batch, end)
        if batches[0].header is not None:
            self._begin_segment(batches[0].segment, batches[0].header)
        if self._log is None or self._first != batches[0].segment:
            raise LedgerTampered("A batch in the shared store is of another segment.")
        boxes = b"".join(batch.boxes for batch in batches)
        if boxes:
            if self._box is None:
                self._box = create_box_file(box_path(self._directory, self._first), self._first)
            self._box.append(boxes, self._sync)  # first, so that a record never lacks its box
            self._box.settle(len(boxes))
        data = b"".join(batch.data for batch in batches)
        self._log.append(data, self._sync)
        self._log.settle(len(data))
        self._mark.put(end)
        self.next = end

    def _begin_segment(self, first: int, raw: bytes) -> None:
        header, length = parse_segment_header(raw)
        if (header.writer, header.tail.n, length) != (self._slot, self.next, len(raw)):
            raise LedgerTampered("A segment in the shared store belongs to another place.")
        self._close_files()
        replace_file(segment_path(self._directory, first), raw)
        remove_file(box_path(self._directory, first))
        self._log = GuardedFile.open(segment_path(self._directory, first), len(raw))
        self._first = first

    def _close_files(self) -> None:
        for file in (self._log, self._box):
            if file is not None:
                file.close()
        self._log = self._box = None

    def close(self) -> None:
        """Make the mark last, and let another process go on."""
        self._mark.close()
        self._close_files()
        os.close(self._lock)


def _open_cut(path: Path, size: int) -> GuardedFile:
    file = GuardedFile.open(path, size)
    file.cut_back()
    return file


def _check_follows(batch: StoredBatch, expected_first: int) -> int:
    """The number behind a batch that is whole and the next one. Raises LedgerTampered."""
    head = parse_batch_head(batch.data)
    whole = next(iterate_batches(batch.data, 0), None)
    if head is None or whole is None or whole.end != len(batch.data):
        raise LedgerTampered("A batch in the shared store is damaged.")
    if batch.first != expected_first or head.first != expected_first:
        raise LedgerTampered("The shared store lacks the record that should be next.")
    return head.first + head.count


class Copies:
    """The copies of all logs below one directory."""

    def __init__(self, ledger: Path, store: SharedStore) -> None:
        self._ledger = ledger
        self._store = store
        self._open: dict[str, LogCopy] = {}

    def take(self) -> int:
        """Copy what was added since, up to a limit. Gives the number of records.

        Raises LedgerUnavailable where the store does not answer, LedgerTampered where
        it is not as it was written, RollbackDetected where it has less than the copy."""
        try:
            return sum(self._take(slot, end) for slot, end in self._store.ends().items())
        except BaseException:  # what may be half done is read from the disk again
            self.close()
            raise

    def _take(self, slot: str, end: int) -> int:
        copy = self._open.get(slot)
        if copy is None:
            copy = self._open[slot] = LogCopy(self._ledger, slot)
        before = copy.next
        if end < before:
            raise RollbackDetected(
                "The shared store has fewer records of a slot than this node copied: "
                "it was put back to an earlier state."
            )
        if end > before:
            batches = self._store.batches(slot, before, limit_bytes=STEP_BYTES)
            if not batches:
                raise LedgerTampered("The shared store lacks the record that should be next.")
            copy.append(batches)
        return copy.next - before

    def close(self) -> None:
        """Give the files back; the next `take` opens them again."""
        while self._open:
            _, copy = self._open.popitem()
            copy.close()
