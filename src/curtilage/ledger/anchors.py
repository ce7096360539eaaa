"""Anchors in a folder of their own: one append-only file, one note per line.

A line is canonical JSON, `{"note":"…","v":1}`. What witnesses cosigned lies beside
it in the same form, a file for each witness.
"""

from collections.abc import Iterator
from pathlib import Path

import orjson

from curtilage.core.canonical import encode_trusted
from curtilage.core.words import say
from curtilage.ledger.errors import LedgerTampered
from curtilage.ledger.lines import LineFile
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
    raise LedgerTampered(say("A line of the anchor file is damaged."))


class DirectoryAnchors:
    """An AnchorStore in a folder, by default `anchors` in the key directory."""

    def __init__(self, directory: Path, file: str = FILE) -> None:
        self._lines = LineFile(directory / file, LINE_LIMIT)

    def append(self, note: bytes) -> None:
        self._lines.append(encode_anchor(note))

    def newest(self) -> bytes | None:
        line = self._lines.newest()
        return None if line is None else parse_anchor(line)

    def iterate(self) -> Iterator[bytes]:
        for line in self._lines.iterate():
            yield parse_anchor(line)
