"""The commit log of one slot: one lock, one open segment, one batch at a time.

Only one thread calls this. A batch is acknowledged after its sync, or it is cut
away: a full disk leaves the log at its last durable batch, ready to go on. After
a failed sync or any other fault the page cache is not trusted: the segment is
closed, read again up to its durable end, and a new one begun.
"""

import errno
import os
from collections.abc import Collection, Sequence
from pathlib import Path

from curtilage.ledger.disk import Sync, lock_file, make_directory, replace_file, sync_data
from curtilage.ledger.entries import Entry, advance, empty_tail, encode_boxes
from curtilage.ledger.errors import LedgerTampered, LedgerUnavailable
from curtilage.ledger.frames import SegmentHeader, encode_batch, encode_segment_header
from curtilage.ledger.layout import (
    box_path,
    check_name,
    find_segments,
    log_directory,
    mark_path,
    segment_path,
)
from curtilage.ledger.mark import Mark, read_mark
from curtilage.ledger.models import Tail
from curtilage.ledger.recovery import Recovered, recover_segment
from curtilage.ledger.segment import GONE, GuardedFile, create_box_file, remove_file

SEGMENT_BYTES = 16 * 1024 * 1024  # bounds what a restart reads: about 40,000 records, 0.2 s
NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class CommitLog:
    """Holds the slot until closed. `tail` is the state after the last durable record."""

    tail: Tail
    slot: str

    def __init__(
        self,
        ledger: Path,
        *,
        slot: str,
        opens: Collection[str],
        segment_bytes: int = SEGMENT_BYTES,
        sync: Sync = sync_data,
    ) -> None:
        self.slot = check_name(slot, "slot")
        self._directory = log_directory(ledger, slot)
        self._opens = frozenset(opens)
        self._limit = segment_bytes
        self._sync = sync
        self._box: GuardedFile | None = None
        self._broken = False  # a file is gone: only a restart, which checks, may go on
        self._doubtful = False  # the next write must first read everything again
        make_directory(self._directory)
        self._lock = lock_file(self._directory / "lease")
        try:
            self._open()
        except BaseException:  # whatever ended it, the slot must be free again
            os.close(self._lock)
            raise

    def _open(self) -> None:
        segments = find_segments(self._directory)
        durable = read_mark(mark_path(self._directory))
        if durable is None and segments:
            raise LedgerTampered("A slot has segments but no durable mark.")
        if durable and not segments:
            raise LedgerTampered("A slot has a durable mark but no segments.")
        self._mark = Mark(mark_path(self._directory))
        if segments:
            self._resume(segments[-1], durable or 0)
        else:
            self.tail = empty_tail()
            self._begin_segment()

    def _resume(self, first: int, durable: int) -> None:
        found = recover_segment(self._directory, first, writer=self.slot, mark=durable)
        self.tail = found.tail
        self._open_segment(first, found)
        self._mark.put(self.tail.n)

    def _open_segment(self, first: int, found: Recovered) -> None:
        self._first = first
        self._log = GuardedFile.open(segment_path(self._directory, first), found.log_size)
        self._log.cut_back()
        os.fsync(self._log.fd)
        if found.box_size:
            self._box = GuardedFile.open(box_path(self._directory, first), found.box_size)
            self._box.cut_back()
            os.fsync(self._box.fd)
        if found.header.opens != self._opens:
            self._roll()  # what opens changed with an upgrade; a segment knows only one answer

    def _begin_segment(self) -> None:
        """Start a segment at the tail. Whatever has its name holds no durable record."""
        first = self.tail.n
        header = encode_segment_header(SegmentHeader(self.slot, self.tail, self._opens))
        path = segment_path(self._directory, first)
        replace_file(path, header)
        remove_file(box_path(self._directory, first))
        self._log, self._box = GuardedFile.open(path, len(header)), None
        self._first = first

    def _roll(self) -> None:
        old = [self._log, *([self._box] if self._box else [])]
        self._begin_segment()
        for file in old:
            file.close()

    @property
    def is_broken(self) -> bool:
        """A file of it is gone or was changed: every write is refused until a restart."""
        return self._broken

    def write(self, entries: Sequence[Entry]) -> None:
        """Make `entries` durable, all or none. Raises LedgerUnavailable."""
        if self._broken:
            raise LedgerUnavailable(hint="Run `curtilage ledger verify`, then restart the service.")
        try:
            self._settle_doubt()
            if self._log.size >= self._limit:
                self._roll()
            self._write(entries)
        except LedgerUnavailable:
            self._broken = True
            raise
        except LedgerTampered as found:
            self._broken = True
            raise LedgerUnavailable(found.detail, hint=found.advice) from None
        except FileNotFoundError:  # the folder is gone: nothing that waiting mends
            self._broken = True
            raise LedgerUnavailable(GONE) from None
        except OSError as fault:
            self._retreat(fault)
            raise LedgerUnavailable(
                f"A write to the commit log failed ({errno.errorcode.get(fault.errno or 0, 'unknown')})."
            ) from None

    def _write(self, entries: Sequence[Entry]) -> None:
        first = self.tail.n
        boxes = encode_boxes(first, entries)
        if boxes:
            if self._box is None:
                self._box = create_box_file(box_path(self._directory, self._first), self._first)
            self._box.append(boxes, self._sync)  # first, so that a record never lacks its box
        data = encode_batch(first, [entry.raw for entry in entries])
        self._log.append(data, self._sync)
        self._mark.put(first + len(entries))
        self._log.settle(len(data))
        if self._box is not None:
            self._box.settle(len(boxes))
        self.tail = advance(self.tail, entries, self._opens)

    def _retreat(self, fault: OSError) -> None:
        """Cut what the failed batch may have left; doubt everything if that fails too."""
        try:
            self._log.cut_back()
            if self._box is not None:
                self._box.cut_back()
        except OSError:
            self._doubtful = True
        if fault.errno not in NO_SPACE:
            self._doubtful = True

    def _settle_doubt(self) -> None:
        """After a failed sync: open, cut and read the segment again, then begin a new one."""
        if not self._doubtful:
            return
        old, self._log = self._log, GuardedFile.open(self._log.path, self._log.size)
        old.close()
        self._log.cut_back()
        _forget_cache(self._log.fd)
        os.fsync(self._log.fd)
        if self._box is not None:
            self._box.cut_back()
            os.fsync(self._box.fd)
        found = recover_segment(self._directory, self._first, writer=self.slot, mark=self.tail.n)
        if found.tail != self.tail:
            raise LedgerUnavailable("The commit log does not read back as it was written.")
        self._roll()
        self._doubtful = False

    def keep(self) -> None:
        """Nothing: the kernel keeps the lock of a file, and its tail is known."""

    def close(self) -> None:
        """Give the slot back. The mark is made to last, so that a cut tail shows."""
        self._mark.close()
        self._log.close()
        if self._box is not None:
            self._box.close()
        os.close(self._lock)


def _forget_cache(fd: int) -> None:
    """Ask the kernel to read from the disk again, where it can be asked."""
    advise = getattr(os, "posix_fadvise", None)
    if advise is not None:
        advise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
