"""The head log: its leaves are the checkpoints of all trees, in order of signing.

So a log that is gone, or a tree that was cut, shows: the head still names it.
Its entries lie in bundles as C2SP tlog-tiles lays them out. A step of the
sequencer is first written to `pending`, so that a crash inside it is finished
at the next start and never half done.
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

from curtilage.core.canonical import encode_trusted
from curtilage.core.words import say
from curtilage.ledger.disk import make_directory, replace_file
from curtilage.ledger.errors import LedgerTampered
from curtilage.ledger.merkle import hash_leaf
from curtilage.ledger.tiles import READ_TRIES, WIDTH, candidates, encode_index
from curtilage.ledger.tree import StoredTree

LENGTH = struct.Struct(">H")  # C2SP tlog-tiles, entry bundles


def bundle_path(head: Path, index: int, width: int = WIDTH) -> Path:
    path = head / "tile" / "entries" / encode_index(index)
    return path if width == WIDTH else path.with_name(path.name + ".p") / str(width)


def encode_bundle(entries: Sequence[bytes]) -> bytes:
    return b"".join(LENGTH.pack(len(entry)) + entry for entry in entries)


def parse_bundle(raw: bytes) -> list[bytes]:
    """The entries of a bundle. Raises LedgerTampered."""
    entries, at = [], 0
    while at < len(raw):
        length = LENGTH.unpack_from(raw, at)[0] if len(raw) - at >= LENGTH.size else len(raw)
        at += LENGTH.size
        if length > len(raw) - at:
            raise LedgerTampered(say("A bundle of the head log ends inside an entry."))
        entries.append(raw[at : at + length])
        at += length
    return entries


def read_bundle(head: Path, index: int, width: int) -> list[bytes]:
    """The first `width` entries of a bundle. Raises LedgerTampered where it lacks them."""
    for _ in range(READ_TRIES):
        for path in candidates(bundle_path(head, index), width):
            try:
                entries = parse_bundle(path.read_bytes())
            except FileNotFoundError:
                continue
            if len(entries) >= width:
                return entries[:width]
    raise LedgerTampered(say("A bundle of the head log is missing or too short."))


def iterate_entries(head: Path, size: int, start: int = 0) -> Iterator[bytes]:
    """The leaves from `start`, which begins a bundle, up to `size`."""
    for index in range(start // WIDTH, -(-size // WIDTH)):
        yield from read_bundle(head, index, min(WIDTH, size - index * WIDTH))


class HeadLog:
    """The head log as it grows. `size` leaves are covered by its checkpoint on disk."""

    def __init__(self, directory: Path, size: int) -> None:
        self._directory = directory
        self._tree = StoredTree(directory, size)
        index, width = divmod(size, WIDTH)
        self._bundle = read_bundle(directory, index, width) if width else []

    @property
    def size(self) -> int:
        return self._tree.size

    def root(self) -> bytes:
        return self._tree.root()

    def ends_with(self, notes: Sequence[bytes]) -> bool:
        """Are these the last leaves?"""
        first = self.size - len(notes)
        start = first // WIDTH * WIDTH
        leaves = list(iterate_entries(self._directory, self.size, start))
        return leaves[first - start :] == list(notes)

    def append(self, note: bytes) -> None:
        """Add a leaf; a bundle that it fills is written at once."""
        self._bundle.append(note)
        self._tree.append(hash_leaf(note))
        if len(self._bundle) == WIDTH:
            self._save_bundle(self.size // WIDTH - 1)
            self._bundle = []

    def save(self) -> None:
        """Make entries and tiles durable, before a checkpoint speaks of them."""
        if self._bundle:
            self._save_bundle(self.size // WIDTH)
        self._tree.save()

    def _save_bundle(self, index: int) -> None:
        path = bundle_path(self._directory, index, len(self._bundle))
        make_directory(path.parent)
        replace_file(path, encode_bundle(self._bundle))

    def forget_partials(self) -> None:
        """Remove what the new checkpoint no longer needs."""
        self._tree.forget_partials()
        index, width = divmod(self.size, WIDTH)
        for stale_index in (index - 1, index):
            folder = (
                bundle_path(self._directory, stale_index, 1).parent if stale_index >= 0 else None
            )
            if folder is not None and folder.is_dir():
                _clear(folder, keep=str(width) if stale_index == index else "")


def _clear(folder: Path, *, keep: str) -> None:
    for path in folder.iterdir():
        if path.name != keep:
            path.unlink()
    if not any(folder.iterdir()):
        folder.rmdir()


@dataclass(frozen=True, slots=True)
class Pending:
    """A step that was begun: the size of the head before it, and its new leaves."""

    head_size: int
    notes: tuple[bytes, ...]

    def encode(self) -> bytes:
        notes = [note.decode() for note in self.notes]
        return encode_trusted({"v": 1, "head": self.head_size, "notes": notes})


def parse_pending(raw: bytes) -> Pending:
    """The step that a crash interrupted. Raises LedgerTampered."""
    try:
        fields = orjson.loads(raw)
        pending = Pending(fields["head"], tuple(note.encode() for note in fields["notes"]))
        if fields["v"] == 1 and pending.encode() == raw:
            return pending
    except (ValueError, KeyError, TypeError, AttributeError):
        pass
    raise LedgerTampered(say("The unfinished step of the sequencer is damaged."))
