"""Anchors in a folder of their own: one append-only file, one note per line.

A line is canonical JSON, `{"note":"…","v":1}`. A last line without its newline
is an append that a crash cut short; opening for appending removes it.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import orjson

from curtilage.core.canonical import encode_trusted
from curtilage.ledger.disk import make_directory, opened, sync_directory, write_all
from curtilage.ledger.errors import LedgerTampered
from curtilage.ledger.note import NOTE_LIMIT

FILE = "anchors.jsonl"
LINE_LIMIT = 2 * NOTE_LIMIT


def encode_anchor(note: bytes) -> bytes:
    return encode_trusted({"v": 1, "note": note.decode()}) + b"\n"


def parse_anchor(line: bytes) -> bytes:
    """The note in one line. Raises LedgerTampered."""
    try:
        fields = orjson.loads(line)
        note: bytes = fields["note"].encode()
        if fields["v"] == 1 and encode_anchor(note) == line:
            return note
    except (ValueError, KeyError, TypeError, AttributeError):
        pass
    raise LedgerTampered("A line of the anchor file is damaged.")


class DirectoryAnchors:
    """An AnchorStore in a folder, by default `anchors` in the key directory."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / FILE

    def append(self, note: bytes) -> None:
        make_directory(self._path.parent)
        is_new = not self._path.exists()
        with opened(self._path, os.O_RDWR | os.O_CREAT) as fd:
            end = self._whole_lines(fd)
            os.ftruncate(fd, end)
            write_all(fd, encode_anchor(note), end)
            os.fsync(fd)
        if is_new:
            sync_directory(self._path.parent)

    def _whole_lines(self, fd: int) -> int:
        """Where the last line ends that has its newline."""
        size = os.fstat(fd).st_size
        tail = os.pread(fd, LINE_LIMIT, max(0, size - LINE_LIMIT))
        return size - len(tail) + tail.rfind(b"\n") + 1

    def newest(self) -> bytes | None:
        if not self._path.exists():
            return None
        with opened(self._path, os.O_RDONLY) as fd:
            end = self._whole_lines(fd)
            tail = os.pread(fd, min(end, LINE_LIMIT), max(0, end - LINE_LIMIT))
        if not tail:
            return None
        return parse_anchor(tail[tail.rfind(b"\n", 0, -1) + 1 :])

    def iterate(self) -> Iterator[bytes]:
        if not self._path.exists():
            return
        with self._path.open("rb") as file:
            while line := file.readline(LINE_LIMIT):
                yield parse_anchor(line)
