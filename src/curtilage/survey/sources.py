"""What is read: a file, a stream, the member of an archive. Bounded, and opened when read."""

import io
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from curtilage.survey.errors import Unreadable

HEAD = 8192  # bytes that tell a format
SMALL = 4 * 1024 * 1024  # bytes of what is kept in memory; the rest is streamed, or lies on disk
KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is read of what unfolds. What is longer is a problem, never an omission."""

    unfolded: int = 1 << 30
    """Bytes that come out of one file: an archive, a compressed document."""
    ratio: int = 200
    """How many times its own size a member may unfold to."""
    depth: int = 4
    """Archives within archives."""
    members: int = 100_000
    seconds: float = 120.0
    """For a format that takes long by itself: a PDF, an image."""


@dataclass(slots=True)
class Unfolded:
    """How much came out of one file so far: all that was in it counts together."""

    bytes: int = 0
    members: int = 0
    characters: int = 0
    """Of the rows of tables."""
    is_spent: bool = False
    """A limit was reached, and was told: nothing more comes out."""


@dataclass(frozen=True, slots=True)
class Source:
    """Something to read. `path` is where it lies on disk, if it does."""

    name: str
    head: bytes
    open: Callable[[], BinaryIO]
    size: int | None = None
    path: Path | None = None
    within: tuple[str, ...] = ()
    depth: int = 0
    limits: Limits = Limits()
    unfolded: Unfolded = field(default_factory=Unfolded, compare=False)
    """Shared by all that is in it: archives in archives multiply otherwise."""

    @property
    def suffix(self) -> str:
        """The ending of its name in lower case, without the dot."""
        return self.name.rpartition(".")[2].lower() if "." in self.name else ""

    def inner(self, label: str, name: str, content: bytes) -> "Source":
        """Something that was in this one: read like a file of its own."""
        return replace(
            self._deeper(label),
            name=name,
            head=content[:HEAD],
            open=lambda: io.BytesIO(content),
            size=len(content),
        )

    def streamed(self, label: str, name: str, stream: BinaryIO) -> "Source":
        """Something that comes out of this one. What is not small is read once, and not sought in.

        An empty label is for what is the file itself, packed."""
        deeper = self._deeper(label)
        content = stream.read(SMALL)
        if len(content) < SMALL:
            return replace(
                deeper,
                name=name,
                head=content[:HEAD],
                open=lambda: io.BytesIO(content),
                size=len(content),
            )
        return replace(
            deeper,
            name=name,
            head=content[:HEAD],
            open=lambda: cast("BinaryIO", Headed(content, stream)),
        )

    def _deeper(self, label: str) -> "Source":
        if self.depth >= self.limits.depth:
            raise Unreadable(
                f"It is nested deeper than {self.limits.depth} levels.",
                hint="Unpack it, and scan what comes out.",
            )
        within = (*self.within, label) if label else self.within
        return replace(self, size=None, path=None, within=within, depth=self.depth + 1)


def open_file(path: Path, limits: Limits | None = None) -> Source:
    """A file on disk. Raises Unreadable for what is none, without opening it."""
    try:
        kind = path.stat()
        for is_so, name in KINDS:
            if is_so(kind.st_mode):
                raise Unreadable(
                    f"It is {name}, not a file.",
                    hint="Leave it out, or give a file of what it holds.",
                )
        with _open_plain(path) as opened:
            head = opened.read(HEAD)
    except OSError as problem:
        raise unreadable(problem) from None
    return Source(
        name=path.name,
        head=head,
        open=lambda: _open_plain(path),
        size=kind.st_size,
        path=path,
        limits=limits or Limits(),
    )


class Headed(io.RawIOBase):
    """A stream whose first bytes were read already."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head = head
        self._rest = rest

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if not self._head:
            return self._rest.read(size)
        if size < 0:
            taken, self._head = self._head + self._rest.read(), b""
            return taken
        taken, self._head = self._head[:size], self._head[size:]
        return taken


def open_stream(stream: BinaryIO, limits: Limits | None = None) -> Source:
    """What comes in from another program. It is read once."""
    head = stream.read(HEAD)
    return Source(
        name="",
        head=head,
        open=lambda: cast("BinaryIO", Headed(head, stream)),
        limits=limits or Limits(),
    )


@contextmanager
def open_seekable(source: Source) -> Iterator[BinaryIO]:
    """A source as a file to seek in: a stream is copied first, what is big to a nameless file."""
    with source.open() as opened:
        if opened.seekable():
            yield opened
            return
        with SpooledTemporaryFile(max_size=SMALL) as copy:
            copy_stream(opened, cast("BinaryIO", copy), source.limits)
            copy.seek(0)
            yield cast("BinaryIO", copy)


def copy_stream(stream: BinaryIO, copy: BinaryIO, limits: Limits) -> None:
    """Copy what comes as a stream, as far as may unfold. Raises Unreadable where it is more."""
    copied = 0
    while piece := stream.read(256 * 1024):
        copied += len(piece)
        if copied > limits.unfolded:
            raise Unreadable(
                f"It is longer than {limits.unfolded:,} bytes, and comes as a stream.",
                hint="Write it to a file, and scan that.",
            )
        copy.write(piece)


def _open_plain(path: Path) -> BinaryIO:
    """Open without waiting: what became a pipe since it was looked at is not waited for."""
    number = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    return os.fdopen(number, "rb")


def unreadable(problem: OSError) -> Unreadable:
    """What the system said, and what can be done about it."""
    if isinstance(problem, FileNotFoundError):
        return Unreadable(
            "It is not there.",
            hint="See that its name is right; it may also have been moved or deleted.",
        )
    if isinstance(problem, PermissionError):
        return Unreadable(
            "It may not be read.", hint="Give this user the right to read it, or leave it out."
        )
    return Unreadable(
        f"It cannot be read: {problem.strerror or type(problem).__name__}.",
        hint="See that the file and its disk are in order, and scan again.",
    )
