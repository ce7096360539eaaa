"""An append-only file of lines, each one synced before anyone relies on it.

A last line without its newline is an append that a crash cut short; opening for
appending removes it.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from curtilage.ledger.disk import make_directory, opened, sync_directory, write_all


class LineFile:
    """Lines of at most `limit` bytes, newline included."""

    def __init__(self, path: Path, limit: int) -> None:
        self._path = path
        self._limit = limit

    def append(self, line: bytes) -> None:
        """Add a line, which ends with its newline, and make it last."""
        make_directory(self._path.parent)
        is_new = not self._path.exists()
        with opened(self._path, os.O_RDWR | os.O_CREAT) as fd:
            end = self._whole_lines(fd)
            os.ftruncate(fd, end)
            write_all(fd, line, end)
            os.fsync(fd)
        if is_new:
            sync_directory(self._path.parent)

    def _whole_lines(self, fd: int) -> int:
        """Where the last line ends that has its newline."""
        size = os.fstat(fd).st_size
        tail = os.pread(fd, self._limit, max(0, size - self._limit))
        return size - len(tail) + tail.rfind(b"\n") + 1

    def newest(self) -> bytes | None:
        """The last whole line; None before the first."""
        if not self._path.exists():
            return None
        with opened(self._path, os.O_RDONLY) as fd:
            end = self._whole_lines(fd)
            tail = os.pread(fd, min(end, self._limit), max(0, end - self._limit))
        return tail[tail.rfind(b"\n", 0, -1) + 1 :] or None

    def iterate(self) -> Iterator[bytes]:
        """All lines in their order; one that was cut short, too."""
        if not self._path.exists():
            return
        with self._path.open("rb") as file:
            while line := file.readline(self._limit):
                yield line
