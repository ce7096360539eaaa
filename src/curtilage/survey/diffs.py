"""The lines that commits brought in, from what `git log -p -U0` prints.

A line of a file has a mark before it and a header has none, so neither can pass for the
other. How many lines a hunk says it has is not believed: of some merges git counts one too
few without context, and prints 2^64 - 1. Of a merge, only lines count that no parent had.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from curtilage.survey.encodings import FALLBACK
from curtilage.survey.models import Commit

PRETTY = "%x00%H%x00%an <%ae>%x00%aI"
"""Of `git log`: no line of a diff begins with a zero byte."""
LARGEST = 4 * 1024 * 1024  # bytes of a fragment; what is longer goes on in the next
MARKS = (b"+", b"-", b" ", b"\\")
"""What every line of a hunk begins with, and no line between two of them."""
_HUNK = re.compile(rb"(?P<marks>@@+)(?: -[0-9]+(?:,[0-9]+)?)+ \+(?P<line>[0-9]+)(?:,[0-9]+)? @@")
_ESCAPE = re.compile(rb'\\(?:([0-7]{3})|(["\\abfnrtv]))')
_LETTERS = {
    b"a": b"\a",
    b"b": b"\b",
    b"f": b"\f",
    b"n": b"\n",
    b"r": b"\r",
    b"t": b"\t",
    b"v": b"\v",
}


@dataclass(frozen=True, slots=True)
class Fragment:
    """What one commit added to one file."""

    commit: Commit | None
    path: str
    text: str
    hunks: tuple[tuple[int, int], ...]
    """For each run of lines: its first line in the text, from 0, and in the file, from 1."""


class DiffParser:
    """Takes the output line by line; gives fragments as they are complete."""

    def __init__(self) -> None:
        self.commits = 0
        self.binaries = 0
        self._commit: Commit | None = None
        self._path = ""
        self._pieces: list[bytes] = []
        self._size = 0
        self._count = 0
        """Lines of the fragment so far."""
        self._hunks: list[tuple[int, int]] = []
        self._is_in_hunk = False
        self._parents = 1
        self._line = 0
        self._is_cut = self._is_kept = False
        """Whether the last piece was no whole line, and whether it was an added one."""

    def feed(self, line: bytes) -> Iterator[Fragment]:
        """Take a line with its end, or a piece of one that is very long."""
        if self._is_cut:
            self._go_on(line)
        elif self._is_in_hunk and line.startswith(MARKS):
            self._take(line)
        elif line.startswith(b"@@"):
            self._open_hunk(line)
        elif line.startswith((b"diff --", b"\0")):
            yield from self._give()
            self._path, self._is_in_hunk = "", False
            if line.startswith(b"\0"):
                self._open_commit(line)
        elif line.startswith(b"+++ "):
            self._path = parse_path(line[4:])
        elif line.startswith(b"Binary files "):
            self.binaries += 1
        self._is_cut = not line.endswith(b"\n")
        if self._size > LARGEST:
            yield from self._give()

    def close(self) -> Iterator[Fragment]:
        """What the last file still has."""
        yield from self._give()

    def _open_commit(self, line: bytes) -> None:
        parts = _decoded(line).rstrip("\n").split("\0")
        if len(parts) >= 4:
            self._commit = Commit(parts[1], parts[2], parts[3][:10])
            self.commits += 1

    def _open_hunk(self, line: bytes) -> None:
        match = _HUNK.match(line)
        self._is_in_hunk = match is not None
        if match is not None:
            self._parents = len(match["marks"]) - 1
            self._line = int(match["line"])

    def _take(self, line: bytes) -> None:
        """A line of a hunk: `+`, `-` or a space for each parent, then the line itself."""
        marks = line[: self._parents]
        self._is_kept = marks == b"+" * self._parents
        if marks.startswith(b"\\"):  # no line feed at the end of the file
            return
        if b"-" in marks:
            return
        if self._is_kept:
            if (
                not self._hunks
                or self._line - self._hunks[-1][1] != self._count - self._hunks[-1][0]
            ):
                self._hunks.append((self._count, self._line))
            self._count += 1
            self._add(line[self._parents :])
        self._line += 1

    def _go_on(self, piece: bytes) -> None:
        if self._is_kept:
            if not self._hunks:  # the beginning was given already
                self._hunks.append((0, self._line - 1))
                self._count = 1
            self._add(piece)

    def _add(self, piece: bytes) -> None:
        self._pieces.append(piece)
        self._size += len(piece)

    def _give(self) -> Iterator[Fragment]:
        if self._pieces:
            text = _decoded(b"".join(self._pieces))
            yield Fragment(self._commit, self._path, text, tuple(self._hunks))
        self._pieces, self._hunks, self._size, self._count = [], [], 0, 0


def parse_path(raw: bytes) -> str:
    """The path behind `+++ `, which git quotes where it must."""
    path = raw.rstrip(b"\r\n").removesuffix(b"\t")
    if path.startswith(b'"') and path.endswith(b'"') and len(path) > 1:
        path = _ESCAPE.sub(_unescaped, path[1:-1])
    return _decoded(path.removeprefix(b"b/"))


def _unescaped(match: re.Match[bytes]) -> bytes:
    if match[1]:
        return bytes([int(match[1], 8) & 0xFF])
    return _LETTERS.get(match[2], match[2])


def _decoded(raw: bytes) -> str:
    return raw.decode("utf-8", FALLBACK)
