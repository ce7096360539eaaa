"""What comes out of archives: bounded, member by member, each to the reader of its kind.

Nothing is written where a name says, so no name is a danger here; who unpacks the
archive elsewhere is told. A member that is broken or unfolds too far ends early: what
came before is examined, and why it ended is a problem.
"""

import io
import lzma
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, BinaryIO, cast
from zipfile import BadZipFile

from curtilage.survey.errors import Unreadable
from curtilage.survey.models import Item, Note, Problem
from curtilage.survey.reading import read_items, read_within
from curtilage.survey.sources import Source

BROKEN = (
    zlib.error,
    lzma.LZMAError,
    BadZipFile,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,
    RuntimeError,
)
"""What unpackers raise on data that they cannot unpack."""
LEAST = 64 * 1024  # bytes: what is smaller counts as so much when it is asked how far it unfolds
LONGEST_NAME = 200  # characters of a name that are shown
UNPACK = "Unpack it, and scan what comes out."


@dataclass(frozen=True, slots=True)
class Packed:
    """A member as its archive has it."""

    name: str
    open: Callable[[], BinaryIO]
    size: int | None = None
    """As it is packed, in bytes; None: nobody knows."""
    is_counted: bool = True
    """Whether it comes out bigger than it lies there."""

    @property
    def label(self) -> str:
        return f"member {shorten(self.name)}"


class Member(io.RawIOBase):
    """The stream of a member. It ends where it breaks or passes a limit, and knows why."""

    def __init__(self, packed: Packed, source: Source) -> None:
        self._packed = packed
        self._source = source
        self._stream: BinaryIO | None = None
        self._count = 0
        self.why = ""
        self.advice = ""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        room = memoryview(buffer).cast("B")
        if self.why:
            return 0
        try:
            if self._stream is None:
                self._stream = self._packed.open()
            data = self._stream.read(len(room))
        except BROKEN as problem:
            self._end("It is broken or cut off; what came before was examined.")
            if isinstance(problem, NotImplementedError):
                self._end("It is packed in a way that is not known here.")
            return 0
        taken = self._take(len(data)) if self._packed.is_counted else len(data)
        room[:taken] = data[:taken]
        return taken

    def _take(self, count: int) -> int:
        """So many of the next bytes are within all limits."""
        limits, unfolded = self._source.limits, self._source.unfolded
        if unfolded.bytes + count > limits.unfolded:
            unfolded.is_spent = True
            self._end(
                f"More than {limits.unfolded:,} bytes come out of this file: no more was read."
            )
            count = max(0, limits.unfolded - unfolded.bytes)
        size = self._packed.size
        if size is not None and self._count + count > limits.ratio * max(size, LEAST):
            self._end(f"It unfolds to more than {limits.ratio} times its size: no more was read.")
            count = max(0, limits.ratio * max(size, LEAST) - self._count)
        unfolded.bytes += count
        self._count += count
        return count

    def _end(self, why: str) -> None:
        self.why, self.advice = why, "See that it is whole and what it claims to be. " + UNPACK


def read_members(source: Source, members: Iterable[Packed | Problem | Note]) -> Iterator[Item]:
    """What is in the members of an archive, in their order."""
    outside: list[str] = []
    for packed in members:
        if not isinstance(packed, Packed):
            yield packed
            continue
        if source.unfolded.members >= source.limits.members:
            source.unfolded.is_spent = True
            yield Problem(
                f"It has more than {source.limits.members:,} members: no more were read.",
                UNPACK,
                source.within,
            )
        if source.unfolded.is_spent:
            break
        source.unfolded.members += 1
        outside += [packed.name] if leads_outside(packed.name) else []
        yield from read_packed(source, packed, label=packed.label)
    if outside:
        yield Note(
            f"Its name leads out of the archive, as {len(outside):,} of all do: unpack it with care.",
            (*source.within, shorten(outside[0])),
        )


def read_packed(source: Source, packed: Packed, *, label: str) -> Iterator[Item]:
    """What is in one member, or in a file that is packed by itself (no label)."""
    within = (*source.within, label) if label else source.within
    member = Member(packed, source)
    opened = cast("BinaryIO", io.BufferedReader(member))
    try:
        inner = source.streamed(label, packed.name, opened)
    except Unreadable as problem:
        yield Problem(problem.detail, problem.advice, within)
        return
    yield from read_within(inner) if label else read_items(inner)
    if member.why:
        yield Problem(member.why, member.advice, within)


def leads_outside(name: str) -> bool:
    """Whether a name leads out of the folder that an archive is unpacked in."""
    name = name.replace("\\", "/")
    return name.startswith("/") or name[1:2] == ":" or ".." in PurePosixPath(name).parts


def shorten(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}…"
