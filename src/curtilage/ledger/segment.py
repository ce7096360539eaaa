"""One segment as files: open, check, append, cut back.

Every write names its offset, and every append first looks whether the file is
still the one that was opened, at the length that was left.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

from curtilage.ledger.boxes import encode_box_file_head
from curtilage.ledger.disk import Sync, replace_file, sync_directory, write_all
from curtilage.ledger.errors import LedgerUnavailable
from curtilage.ledger.frames import HEAD_BYTES, BatchHead, parse_batch_head

GONE = "A file of the commit log was deleted, replaced or cut while it was open."


@dataclass(slots=True)
class GuardedFile:
    """A file that only we append to, with the length up to which it is durable."""

    path: Path
    fd: int
    size: int

    @classmethod
    def open(cls, path: Path, size: int) -> "GuardedFile":
        return cls(path, os.open(path, os.O_RDWR), size)

    def append(self, data: bytes, sync: Sync) -> None:
        """Write and sync at the durable end. `size` moves only with `settle`."""
        if os.fstat(self.fd).st_size != self.size:
            raise LedgerUnavailable(GONE)
        write_all(self.fd, data, self.size)
        sync(self.fd)
        self.check_in_place()

    def check_in_place(self) -> None:
        """Raise LedgerUnavailable if the path leads elsewhere by now."""
        ours = os.fstat(self.fd)
        try:
            there = self.path.stat()
        except FileNotFoundError:
            raise LedgerUnavailable(GONE) from None
        if (there.st_ino, there.st_dev) != (ours.st_ino, ours.st_dev):
            raise LedgerUnavailable(GONE)

    def settle(self, added: int) -> None:
        self.size += added

    def cut_back(self) -> None:
        os.ftruncate(self.fd, self.size)

    def close(self) -> None:
        os.close(self.fd)


def create_box_file(path: Path, first: int) -> GuardedFile:
    head = encode_box_file_head(first)
    replace_file(path, head)
    return GuardedFile.open(path, len(head))


@dataclass(frozen=True, slots=True)
class Batch:
    """One whole batch as read, and where it ends."""

    head: BatchHead
    payload: bytes
    end: int


def iterate_batches(raw: bytes, offset: int) -> Iterator[Batch]:
    """The sound batches from `offset` on; stops silently at the first that is not."""
    while (head := parse_batch_head(raw, offset)) is not None:
        start = offset + HEAD_BYTES
        payload = raw[start : start + head.length]
        if len(payload) != head.length or crc32(payload) != head.checksum:
            return
        offset = start + head.length
        yield Batch(head, payload, offset)


def remove_file(path: Path) -> None:
    """Remove `path` if it is there, so that it stays removed."""
    if path.exists():
        path.unlink()
        sync_directory(path.parent)
