"""Builds the filter of leaked passwords from a list, in bounded memory.

A list has one password a line, or lines of `HASH:COUNT` as Have I Been Pwned hands them
out; the first line decides which. Hashes are sorted a million at a time and laid beside the
filter, in a file without a name; then all runs are merged into the filter. A list that is
in order already, as that one is, is read straight through.
"""

import hashlib
import heapq
import os
import re
import sys
import tempfile
from array import array
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import chain, islice, pairwise
from pathlib import Path
from typing import IO

from curtilage.identity.breach_format import (
    FULLEST,
    HEAD_BYTES,
    PER_BLOCK,
    Layout,
    buckets_for,
    encode_layout,
    number_of,
    place_of,
)
from curtilage.identity.errors import UnusablePasswordList

RUN = 1 << 20  # numbers sorted at a time: some 50 MB while they are
AHEAD = 1 << 12  # numbers read of each run at a time
LONGEST_LINE = 4096  # bytes; what is longer is no password that is accepted here
PIECE = 1 << 20

_HASH = re.compile(rb"([0-9A-Fa-f]{40})(?::([0-9]{1,12}))?")


@dataclass(frozen=True, slots=True)
class Built:
    """What was built: different hashes in it, lines that were left out, size in bytes."""

    keys: int
    skipped: int
    size: int


@dataclass(frozen=True, slots=True)
class _Run:
    """Numbers in order: where they lie in the scratch file."""

    at: int
    count: int
    first: int
    last: int


def read_list(path: Path) -> Iterator[bytes]:
    """The lines of a list. One that is too long comes out empty, however long it is."""
    try:
        with path.open("rb") as file:
            is_whole = True
            while line := file.readline(LONGEST_LINE):
                was_whole, is_whole = is_whole, line.endswith(b"\n")
                at_end = len(line) < LONGEST_LINE
                yield line.rstrip(b"\r\n") if was_whole and (is_whole or at_end) else b""
    except OSError:
        raise UnusablePasswordList("The list of leaked passwords cannot be read.") from None


def build_filter(
    lines: Iterable[bytes], path: Path, *, least_count: int = 1, at_a_time: int = RUN
) -> Built:
    """Write the filter to `path`, whole or not at all. Raises `UnusablePasswordList`.

    Hashes seen fewer than `least_count` times are left out. `at_a_time` are sorted in memory;
    beside the file there must be room for eight bytes a line."""
    with ExitStack() as stack:
        scratch = stack.enter_context(tempfile.TemporaryFile(dir=path.parent))
        numbers = _Numbers(lines, least_count)
        runs = list(_lay_runs(numbers, scratch, at_a_time))
        total = sum(run.count for run in runs)
        if not total:
            raise UnusablePasswordList("The list of leaked passwords is empty.")
        fresh = stack.enter_context(_Fresh(path))
        layout = _write(fresh.path, _merge(runs, scratch.fileno()), buckets_for(total))
        fresh.keep()
        return Built(layout.keys, numbers.skipped, layout.size)


class _Numbers:
    """The numbers of a list's lines; `skipped` counts those that have none."""

    def __init__(self, lines: Iterable[bytes], least_count: int) -> None:
        self._lines = lines
        self._least = least_count
        self.skipped = 0

    def __iter__(self) -> Iterator[int]:
        lines = iter(self._lines)
        first = next(lines, b"")
        are_hashes = _HASH.fullmatch(first) is not None
        for number, line in enumerate(chain([first], lines), start=1):
            found = self._of_hash(line, number) if are_hashes else self._of_password(line)
            if found is None:
                self.skipped += 1
            else:
                yield found

    def _of_hash(self, line: bytes, number: int) -> int | None:
        if not line:
            return None
        hashed = _HASH.fullmatch(line)
        if hashed is None:
            raise UnusablePasswordList(f"Line {number} is no SHA-1 hash; the first line is one.")
        is_rare = hashed[2] is not None and int(hashed[2]) < self._least
        return None if is_rare else int(hashed[1][:16], 16)

    @staticmethod
    def _of_password(line: bytes) -> int | None:
        return number_of(line) if line else None


def _lay_runs(numbers: Iterable[int], scratch: IO[bytes], at_a_time: int) -> Iterator[_Run]:
    rest, at = iter(numbers), 0
    while taken := sorted(islice(rest, at_a_time)):
        scratch.write(_words("Q", taken))
        yield _Run(at, len(taken), taken[0], taken[-1])
        at += 8 * len(taken)
    scratch.flush()


def _merge(runs: list[_Run], scratch: int) -> Iterator[int]:
    readers = [_read_run(run, scratch) for run in runs]
    if all(run.last <= later.first for run, later in pairwise(runs)):
        return chain.from_iterable(readers)
    return heapq.merge(*readers)


def _read_run(run: _Run, scratch: int) -> Iterator[int]:
    for first in range(0, run.count, AHEAD):
        words = array("Q")
        size = 8 * min(AHEAD, run.count - first)
        words.frombytes(os.pread(scratch, size, run.at + 8 * first))
        if sys.byteorder == "big":
            words.byteswap()
        yield from words


def _words(kind: str, numbers: Iterable[int]) -> bytes:
    """Numbers, the lowest byte first."""
    words = array(kind, numbers)
    if sys.byteorder == "big":
        words.byteswap()
    return words.tobytes()


def _write(path: Path, numbers: Iterable[int], buckets: int) -> Layout:
    """The three parts side by side, then the head."""
    blank = Layout(buckets, 0)
    with (
        path.open("r+b") as counts,
        path.open("r+b") as offsets,
        path.open("r+b") as rests,
    ):
        counts.seek(HEAD_BYTES)
        offsets.seek(blank.offsets_at)
        rests.seek(blank.rests_at)
        keys = 0
        for held in _blocks(numbers, buckets):
            offsets.write(_words("Q", [keys]))
            counts.write(bytes(len(bucket) for bucket in held))
            rests.write(_words("H", chain.from_iterable(held)))
            keys += sum(map(len, held))
    layout = Layout(buckets, keys, _hash_body(path))
    with path.open("r+b") as file:
        file.write(encode_layout(layout))
        file.flush()
        os.fsync(file.fileno())
    return layout


def _blocks(numbers: Iterable[int], buckets: int) -> Iterator[list[list[int]]]:
    """What the buckets hold, up to 256 buckets at a time, none left out."""
    held: list[list[int]] = [[] for _ in range(min(PER_BLOCK, buckets))]
    begin = 0
    for number in numbers:
        bucket, rest = place_of(number, buckets)
        while bucket >= begin + len(held):
            yield held
            begin += PER_BLOCK
            held = [[] for _ in range(min(PER_BLOCK, buckets - begin))]
        rests = held[bucket - begin]
        if not rests or rests[-1] != rest:
            rests.append(rest)
        if len(rests) > FULLEST:
            raise UnusablePasswordList("The hashes of the list are too much alike to be SHA-1.")
    yield held
    for later in range(begin + PER_BLOCK, buckets, PER_BLOCK):
        yield [[] for _ in range(min(PER_BLOCK, buckets - later))]


def _hash_body(path: Path) -> bytes:
    found = hashlib.sha256()
    with path.open("rb") as file:
        file.seek(HEAD_BYTES)
        while piece := file.read(PIECE):
            found.update(piece)
    return found.digest()


class _Fresh:
    """A new file beside `path` that takes its place, or is gone."""

    def __init__(self, path: Path) -> None:
        self._target = path

    def __enter__(self) -> "_Fresh":
        handle, name = tempfile.mkstemp(prefix=f".{self._target.name}.", dir=self._target.parent)
        os.fchmod(handle, 0o644)  # what leaked is no secret, and others run the service
        os.close(handle)
        self.path = Path(name)
        return self

    def keep(self) -> None:
        self.path.replace(self._target)

    def __exit__(self, *_: object) -> None:
        self.path.unlink(missing_ok=True)
