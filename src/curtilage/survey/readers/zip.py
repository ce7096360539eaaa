"""Zip archives, and what is one by another name: JAR, wheels, EPUB.

The directory at the end is measured before it is read: what it claims to hold costs
memory. Members are read one by one and never written to disk under their names.
"""

import struct
from collections.abc import Callable, Iterator
from typing import BinaryIO, cast
from zipfile import BadZipFile, ZipFile, ZipInfo

from curtilage.survey.errors import Unreadable
from curtilage.survey.models import Item, Note, Problem
from curtilage.survey.reading import Reader
from curtilage.survey.sources import Source, open_seekable
from curtilage.survey.unfolding import UNPACK, Packed, read_members, shorten

MOST = 16 * 1024 * 1024  # bytes of a directory: a hundred thousand members with long names
END, END64 = b"PK\x05\x06", b"PK\x06\x06"
TAIL = 22 + 65_535  # bytes: the end record and the longest comment behind it
LINK = 0xA000  # of the mode of a file in Unix
ENCRYPTED = 1  # of the flags


def read_zip(source: Source) -> Iterator[Item]:
    with open_seekable(source) as opened:
        if measure_directory(opened) > MOST:
            raise Unreadable(f"Its directory is longer than {MOST:,} bytes.", hint=UNPACK)
        try:
            archive = ZipFile(opened)
        except (BadZipFile, NotImplementedError, ValueError, EOFError, struct.error):
            raise Unreadable(
                "Its directory is broken or cut off, or it is one of several volumes.",
                hint="See that it is whole: other programs must open it too.",
            ) from None
        with archive:
            yield from read_members(source, _members(archive, source.within))


def _members(archive: ZipFile, within: tuple[str, ...]) -> Iterator[Packed | Problem | Note]:
    sealed: list[str] = []
    links = 0
    for info in archive.infolist():
        if info.is_dir():
            continue
        if info.flag_bits & ENCRYPTED:
            sealed.append(info.filename)
        elif _is_link(info):
            links += 1
        else:
            yield Packed(info.filename, _opener(archive, info), info.compress_size)
    if links:
        yield Note(f"{links:,} of its members are links: they were not followed.", within)
    if sealed:
        yield Problem(
            f"{len(sealed):,} of its members are encrypted, the first is {shorten(sealed[0])}.",
            "Unpack it with its password, and scan what comes out.",
            within,
        )


def _opener(archive: ZipFile, info: ZipInfo) -> Callable[[], BinaryIO]:
    return lambda: cast("BinaryIO", archive.open(info))


def _is_link(info: ZipInfo) -> bool:
    return (info.external_attr >> 16) & 0xF000 == LINK


def measure_directory(opened: BinaryIO) -> int:
    """How long the directory says it is; 0 where none is found."""
    size = opened.seek(0, 2)
    start = opened.seek(max(0, size - TAIL - 76))
    tail = opened.read()
    opened.seek(0)
    place = tail.rfind(END)
    if place < 0 or len(tail) < place + 16:
        return 0
    (length,) = struct.unpack_from("<L", tail, place + 12)
    wide = tail.rfind(END64, 0, place)
    if wide >= 0 and len(tail) >= wide + 48:
        length = max(
            length if length < 0xFFFFFFFF else 0, *struct.unpack_from("<Q", tail, wide + 40)
        )
    return min(int(length), size) if start or length <= size else size


def _is_zip(head: bytes) -> bool:
    return head.startswith((b"PK\x03\x04", b"PK\x05\x06"))


READERS = (
    Reader(
        "zip",
        read_zip,
        frozenset({"zip", "jar", "war", "ear", "whl", "egg", "apk", "xpi", "epub"}),
        _is_zip,
        unfolds=True,
    ),
)
