"""Files that are packed by themselves: gzip, bzip2, xz. They are read as what is in them.

What other packers made is told of, not passed over: it holds something.
"""

import bz2
import gzip
import io
import lzma
import re
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, cast

from curtilage.survey.errors import Unreadable
from curtilage.survey.models import Item
from curtilage.survey.reading import Reader
from curtilage.survey.sources import Source
from curtilage.survey.unfolding import Packed, read_packed

MEMORY = (
    128 * 1024 * 1024
)  # bytes that an xz file may ask for; its highest usual level takes 65 MiB
PIECE = 64 * 1024
TARS = frozenset({"tgz", "tbz", "tbz2", "txz"})
FOREIGN = {
    b"7z\xbc\xaf\x27\x1c": "7-Zip",
    b"Rar!\x1a\x07": "RAR",
    b"\x28\xb5\x2f\xfd": "Zstandard",
}


class XZ(io.RawIOBase):
    """The content of an xz file, stream after stream, in bounded memory."""

    def __init__(self, opened: BinaryIO) -> None:
        self._opened = opened
        self._decompressor = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=MEMORY)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        room = memoryview(buffer).cast("B")
        data = b""
        while not data and len(room):
            given = self._given()
            if given is None:
                break
            data = self._decompressor.decompress(given, len(room))
        room[: len(data)] = data
        return len(data)

    def _given(self) -> bytes | None:
        """The next packed bytes; None: the file is at its end."""
        if self._decompressor.eof:
            rest = self._decompressor.unused_data.lstrip(b"\0")
            rest = rest or self._opened.read(PIECE).lstrip(b"\0")
            if not rest:
                return None
            self._decompressor = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=MEMORY)
            return rest
        if not self._decompressor.needs_input:
            return b""
        given = self._opened.read(PIECE)
        if not given:
            raise EOFError
        return given


def _reading(unpack: Callable[[BinaryIO], object]) -> Callable[[Source], Iterator[Item]]:
    def read(source: Source) -> Iterator[Item]:
        with source.open() as opened:
            packed = Packed(
                inner_name(source.name), lambda: cast("BinaryIO", unpack(opened)), source.size
            )
            yield from read_packed(source, packed, label="")

    return read


def inner_name(name: str) -> str:
    """The name of what was packed: `a.log.gz` was `a.log`, `a.tgz` was `a.tar`."""
    stem, dot, suffix = name.rpartition(".")
    if not dot:
        return name
    return f"{stem}.tar" if suffix.lower() in TARS else stem


def read_foreign(source: Source) -> Iterator[Item]:
    name = next(name for mark, name in FOREIGN.items() if source.head.startswith(mark))
    raise Unreadable(
        f"It was packed with {name}, which is not read here.",
        hint="Unpack it, and scan what comes out.",
    )


def _is_bzip2(head: bytes) -> bool:
    return re.match(rb"BZh[1-9](?:1AY&SY|\x17\x72\x45\x38\x50\x90)", head) is not None


def _begins(*marks: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(marks)


READERS = (
    Reader(
        "gzip",
        _reading(lambda opened: gzip.GzipFile(fileobj=opened)),
        frozenset({"gz", "tgz"}),
        _begins(b"\x1f\x8b\x08"),
        unfolds=True,
    ),
    Reader(
        "bzip2", _reading(bz2.BZ2File), frozenset({"bz2", "tbz", "tbz2"}), _is_bzip2, unfolds=True
    ),
    Reader("xz", _reading(XZ), frozenset({"xz", "txz"}), _begins(b"\xfd7zXZ\0"), unfolds=True),
    Reader("foreign archive", read_foreign, frozenset({"7z", "rar", "zst"}), _begins(*FOREIGN)),
)
