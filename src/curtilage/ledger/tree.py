"""A tree that grows, and the tiles of its right edge."""

from collections.abc import Callable
from pathlib import Path

from curtilage.ledger.disk import sync_directory
from curtilage.ledger.merkle import fold_peaks, root_of
from curtilage.ledger.tiles import HEIGHT, WIDTH, read_tile, tile_path, write_tile

FullTile = Callable[[int, int, list[bytes]], None]
"""Told of each tile that became full: level, index, hashes."""


class GrowingTree:
    """Appends leaf hashes. `edges[L]` is the partial tile of level L.

    The edges are the compact range, in steps of 256: a tile that becomes full
    is hashed once, in whole rows, and its root is the next hash of the level
    above. So an append costs a list's, and a root one tile of each level.
    """

    def __init__(self, on_full: FullTile) -> None:
        self.size = 0
        self.edges: list[list[bytes]] = [[]]
        self._on_full = on_full

    def append(self, leaf_hash: bytes) -> None:
        """Add one leaf; a tile that it fills goes up a level."""
        edge = self.edges[0]
        edge.append(leaf_hash)
        self.size += 1
        if len(edge) == WIDTH:
            self._lift(0)

    def _lift(self, level: int) -> None:
        full, self.edges[level] = self.edges[level], []
        index = (self.size >> (HEIGHT * (level + 1))) - 1
        if level + 1 == len(self.edges):
            self.edges.append([])
        self.edges[level + 1].append(root_of(full))
        self._on_full(level, index, full)
        if len(self.edges[level + 1]) == WIDTH:
            self._lift(level + 1)

    def root(self) -> bytes:
        return fold_peaks([peak for edge in reversed(self.edges) for peak in _peaks_of(edge)])

    def load(self, tree: Path, size: int) -> None:
        """Take over the right edge of a stored tree of `size` leaves."""
        self.size, self.edges = size, []
        level = 0
        while (count := size >> (HEIGHT * level)) or level == 0:
            index, width = count // WIDTH, count % WIDTH
            self.edges.append(read_tile(tree, level, index, width) if width else [])
            level += 1


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
        folders = {write_tile(self.directory, *tile) for tile in self._full}
        self._full.clear()
        for level, index, width in self._partials():
            if (level, index, width) not in self._stale:
                folders.add(write_tile(self.directory, level, index, self._grown.edges[level]))
        for folder in folders:
            sync_directory(folder)

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
