"""Tar archives, as a stream: POSIX ustar and pax, GNU and the oldest ones.

Only what is needed to read members is parsed, by hand: a block is 512 bytes, and no
length in it is believed beyond what is there. Sparse members are read as they are stored.
"""

import io
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import partial
from typing import Any, BinaryIO, NamedTuple, cast

from curtilage.survey.errors import Unreadable
from curtilage.survey.models import Item, Note, Problem
from curtilage.survey.reading import Reader
from curtilage.survey.sources import Source
from curtilage.survey.unfolding import Packed, read_members

BLOCK = 512
LONGEST = 64 * 1024  # bytes of a name or of what pax says of a member
PIECE = 256 * 1024
FILES = b"\0" + b"07S"
LINKS_AND_DEVICES = b"12346"
LONG_NAME, LONG_LINK, PAX, PAX_OF_ALL = b"L", b"K", b"x", b"g"


class Header(NamedTuple):
    """What a block says of the member behind it."""

    name: str
    size: int
    kind: bytes
    is_continued: bool = False
    """Another block says where the pieces of a sparse file go."""


def read_tar(source: Source) -> Iterator[Item]:
    with source.open() as opened:
        yield from read_members(source, _members(opened, source.within))


def _members(opened: BinaryIO, within: tuple[str, ...]) -> Iterator[Packed | Problem | Note]:
    said: dict[str, str] = {}
    others = 0
    try:
        while (header := parse_header(_exactly(opened, BLOCK))) is not None:
            if header.kind in (LONG_NAME, LONG_LINK, PAX, PAX_OF_ALL):
                said |= _extension(header, _content(opened, header.size))
                continue
            name, size = said.get("path", header.name), _size(said, header)
            said = {}
            continued = header.is_continued
            while continued:
                continued = _exactly(opened, BLOCK)[504] != 0
            section = Section(opened, size)
            if header.kind in FILES and not name.endswith("/"):
                yield Packed(name, partial(cast, "BinaryIO", section), is_counted=False)
            others += header.kind in LINKS_AND_DEVICES
            section.skip()
    except (EOFError, Unreadable):
        yield Problem(
            "It is broken or cut off; what came before was examined.",
            "See that it is whole: other programs must open it too.",
            within,
        )
    if others:
        yield Note(
            f"{others:,} of its members are links or devices: they were not followed.", within
        )


def parse_header(block: bytes) -> Header | None:
    """The header in a block; None for the end. Raises Unreadable for what is none."""
    if not any(block):
        return None
    if len(block) != BLOCK or not _is_summed(block):
        raise Unreadable("A header of the archive is broken.")
    name = _text(block[:100])
    if block[257:263] == b"ustar\0" and (prefix := _text(block[345:500])):
        name = f"{prefix}/{name}"
    kind = block[156:157]
    return Header(name, _number(block[124:136]), kind, kind == b"S" and block[482] != 0)


def parse_extended(raw: bytes) -> Mapping[str, str]:
    """What pax says: `length name=value`, line by line; it ends where that does not hold."""
    said: dict[str, str] = {}
    while raw:
        digits, _, _ = raw[:20].partition(b" ")
        length = int(digits) if digits.isdigit() else 0
        line = raw[len(digits) + 1 : length]
        if length > len(raw) or not line.endswith(b"\n") or b"=" not in line:
            break
        name, _, value = line[:-1].partition(b"=")
        said[name.decode("utf-8", "replace")] = value.decode("utf-8", "replace")
        raw = raw[length:]
    return said


def _extension(header: Header, content: bytes) -> Mapping[str, str]:
    if header.kind == LONG_NAME:
        return {"path": _text(content)}
    said = parse_extended(content) if header.kind == PAX else {}
    return {name: said[name] for name in ("path", "size") if name in said}


def _size(said: Mapping[str, str], header: Header) -> int:
    """Pax says it where it does not fit into a header; links have none behind them."""
    if header.kind in LINKS_AND_DEVICES:
        return 0
    with suppress(ValueError):
        return max(0, int(said.get("size", header.size)))
    return header.size


def _content(opened: BinaryIO, size: int) -> bytes:
    section = Section(opened, size)
    content = section.read(LONGEST) or b""
    section.skip()
    return content


class Section(io.RawIOBase):
    """The next bytes of a stream, and the rest of their last block."""

    def __init__(self, opened: BinaryIO, size: int) -> None:
        self._opened = opened
        self._left = size
        self._padding = -size % BLOCK

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        room = memoryview(buffer).cast("B")
        data = self._opened.read(min(len(room), self._left, PIECE))
        if not data and self._left and len(room):
            raise EOFError
        self._left -= len(data)
        room[: len(data)] = data
        return len(data)

    def skip(self) -> None:
        """Go to where the next header is."""
        while self._left:
            data = self._opened.read(min(self._left, PIECE))
            if not data:
                raise EOFError
            self._left -= len(data)
        _exactly(self._opened, self._padding)
        self._padding = 0


def _exactly(opened: BinaryIO, size: int) -> bytes:
    data = b""
    while len(data) < size:
        more = opened.read(size - len(data))
        if not more:
            raise EOFError
        data += more
    return data


def _is_summed(block: bytes) -> bool:
    """Whether the sum of the bytes is as it says; old ones counted them with a sign."""
    if not block[148:156].strip(b" \0"):
        return False  # no sum at all; that of bytes with signs may be nought
    kept = block[:148] + b" " * 8 + block[156:]
    expected = _number(block[148:156])
    return expected in (sum(kept), sum(kept) - 256 * sum(byte > 127 for byte in kept))


def _number(field: bytes) -> int:
    """Octal digits, or binary where they do not suffice."""
    if field[:1] == b"\x80":
        return int.from_bytes(field[1:], "big")
    digits = field.strip(b" \0").partition(b"\0")[0]
    if not digits:
        return 0
    try:
        return max(0, int(digits, 8))
    except ValueError:
        raise Unreadable("A header of the archive is broken.") from None


def _text(field: bytes) -> str:
    return field.partition(b"\0")[0].decode("utf-8", "replace")


def _is_tar(head: bytes) -> bool:
    try:
        return parse_header(head[:BLOCK]) is not None
    except Unreadable:
        return False


READERS = (Reader("tar", read_tar, frozenset({"tar"}), _is_tar, rank=1, unfolds=True),)
