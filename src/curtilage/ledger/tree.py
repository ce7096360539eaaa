"""A tree that grows: its compact range, and the tiles of its right edge.

The compact range holds one root per perfect subtree, so an append costs one
node on average; whenever a merge completes 256^L leaves, that root is the next
hash of a tile of level L.
"""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from curtilage.ledger.merkle import NODE, fold_peaks, root_of
from curtilage.ledger.tiles import HEIGHT, WIDTH, read_tile, tile_path, write_tile

FullTile = Callable[[int, int, list[bytes]], None]
"""Told of each tile that became full: level, index, hashes."""


class GrowingTree:
    """Appends leaf hashes. `edges[L]` is the partial tile of level L."""

    def __init__(self, on_full: FullTile) -> None:
        self.size = 0
        self.edges: list[list[bytes]] = [[]]
        self._peaks: list[bytes] = []
        self._on_full = on_full

    def append(self, leaf_hash: bytes) -> None:
        """Add one leaf, then merge as long as the two last subtrees are equally large."""
        self._add_to_tile(0, leaf_hash)
        node, remaining, height = leaf_hash, self.size, 0
        while remaining & 1:
            node = sha256(NODE + self._peaks.pop() + node).digest()
            remaining >>= 1
            height += 1
            if height % HEIGHT == 0:
                self._add_to_tile(height // HEIGHT, node)
        self._peaks.append(node)
        self.size += 1

    def _add_to_tile(self, level: int, hash_: bytes) -> None:
        if level == len(self.edges):
            self.edges.append([])
        edge = self.edges[level]
        edge.append(hash_)
        if len(edge) == WIDTH:
            index = self.size >> (HEIGHT * (level + 1))
            self.edges[level] = []
            self._on_full(level, index, edge)

    def root(self) -> bytes:
        return fold_peaks(self._peaks)

    def load(self, tree: Path, size: int) -> None:
        """Take over the right edge of a stored tree of `size` leaves."""
        self.size, self.edges, self._peaks = size, [], []
        level = 0
        while (count := size >> (HEIGHT * level)) or level == 0:
            index, width = count // WIDTH, count % WIDTH
            self.edges.append(read_tile(tree, level, index, width) if width else [])
            level += 1
        for edge in reversed(self.edges):
            self._peaks += _peaks_of(edge)


def _peaks_of(hashes: list[bytes]) -> list[bytes]:
    """The roots of the perfect subtrees over a row, largest first."""
    peaks, at = [], 0
    for bit in reversed(range(HEIGHT)):
        if len(hashes) >> bit & 1:
            peaks.append(root_of(hashes[at : at + (1 << bit)]))
            at += 1 << bit
    return peaks


class StoredTree:
    """A tree whose tiles lie in a folder; what is not yet covered may be overwritten."""

    def __init__(self, directory: Path, size: int = 0) -> None:
        self.directory = directory
        self._full: list[tuple[int, int, list[bytes]]] = []
        self._grown = GrowingTree(lambda *tile: self._full.append(tile))
        self._grown.load(directory, size)
        self._stale = self._partials()

    @property
    def size(self) -> int:
        return self._grown.size

    def append(self, leaf_hash: bytes) -> None:
        self._grown.append(leaf_hash)

    def root(self) -> bytes:
        return self._grown.root()

    def save(self) -> None:
        """Make every tile of the present size durable."""
        for level, index, hashes in self._full:
            write_tile(self.directory, level, index, hashes)
        self._full.clear()
        for level, index, width in self._partials():
            if (level, index, width) not in self._stale:
                write_tile(self.directory, level, index, self._grown.edges[level][:width])

    def forget_partials(self) -> None:
        """Remove the partial tiles that the new checkpoint no longer needs."""
        present = self._partials()
        for level, index, width in set(self._stale) - set(present):
            _remove_partial(self.directory, level, index, width)
        self._stale = present

    def _partials(self) -> list[tuple[int, int, int]]:
        size = self._grown.size
        found = []
        for level, edge in enumerate(self._grown.edges):
            if edge:
                found.append((level, (size >> (HEIGHT * level)) // WIDTH, len(edge)))
        return found


def _remove_partial(directory: Path, level: int, index: int, width: int) -> None:
    path = tile_path(directory, level, index, width)
    path.unlink(missing_ok=True)
    if not any(path.parent.iterdir()):
        path.parent.rmdir()
