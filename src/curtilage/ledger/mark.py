"""The durable mark: before which record everything of a writer is on disk.

Readers stop at it, so nobody acts on a record that a power cut could take back.
It is written after the sync it speaks of and is itself synced only on closing:
after a crash it may say too little, never too much. A log that ends before its
mark has lost records.
"""

import contextlib
import os
import struct
from pathlib import Path
from zlib import crc32

from curtilage.core.words import say
from curtilage.ledger.disk import replace_file, write_all
from curtilage.ledger.errors import LedgerTampered

BODY = struct.Struct(">8sQ")
CHECKSUM = struct.Struct(">I")
MAGIC = b"\xf5CURTMRK"
READ_TRIES = 10


def encode_mark(n: int) -> bytes:
    body = BODY.pack(MAGIC, n)
    return body + CHECKSUM.pack(crc32(body))


def parse_mark(raw: bytes) -> int:
    if len(raw) == BODY.size + CHECKSUM.size:
        n: int = BODY.unpack_from(raw)[1]
        if raw == encode_mark(n):
            return n
    raise LedgerTampered(say("The durable mark of a writer is damaged."))


def read_mark(path: Path) -> int | None:
    """What the mark says; None where there is none.

    The kernel may show a mark half way through being rewritten, so a damaged
    one is read again before it is believed.
    """
    try:
        for _ in range(READ_TRIES):
            with contextlib.suppress(LedgerTampered):
                return parse_mark(path.read_bytes())
        return parse_mark(path.read_bytes())
    except FileNotFoundError:
        return None


class Mark:
    """The mark of the writer that holds the slot."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            replace_file(path, encode_mark(0))
        self._fd = os.open(path, os.O_WRONLY)

    def put(self, n: int) -> None:
        write_all(self._fd, encode_mark(n), 0)

    def close(self) -> None:
        os.fsync(self._fd)
        os.close(self._fd)
