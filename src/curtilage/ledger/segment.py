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
    identity: tuple[int, int]

    @classmethod
    def open(cls, path: Path, size: int) -> "GuardedFile":
        fd = os.open(path, os.O_RDWR)
        return cls(path, fd, size, _identity(os.fstat(fd)))

    def append(self, data: bytes, sync: Sync) -> None:
        """Write and sync at the durable end. `size` moves only with `settle`."""
        if os.fstat(self.fd).st_size != self.size:
            raise LedgerUnavailable(GONE)
        write_all(self.fd, data, self.size)
        sync(self.fd)
        self.check_in_place()

    def check_in_place(self) -> None:
        """Raise LedgerUnavailable if the path leads elsewhere by now."""
        try:
            there = os.stat(self.path)  # noqa: PTH116 - a third of the time that Path.stat takes
        except FileNotFoundError:
            raise LedgerUnavailable(GONE) from None
        if _identity(there) != self.identity:
            raise LedgerUnavailable(GONE)

    def settle(self, added: int) -> None:
        self.size += added

    def cut_back(self) -> None:
        os.ftruncate(self.fd, self.size)

    def close(self) -> None:
        os.close(self.fd)


def _identity(status: os.stat_result) -> tuple[int, int]:
    """What a path must lead to; an inode is not used anew while it is open."""
    return status.st_ino, status.st_dev


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
