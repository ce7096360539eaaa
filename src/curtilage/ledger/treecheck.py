"""Rebuilds a tree from its leaves and compares what is stored of it on the way."""

from collections.abc import Callable
from pathlib import Path

from curtilage.ledger.errors import LedgerTampered
from curtilage.ledger.tiles import HEIGHT, WIDTH, read_tile
from curtilage.ledger.tree import GrowingTree

Mismatch = Callable[[int], None]
"""Told the first leaf under a hash that differs from the stored one."""


class CheckedTree(GrowingTree):
    """A growing tree that compares its tiles with those stored for `stored_size` leaves.

    `is_broken` is set at the first difference: what follows from it is no news.
    """

    def __init__(self, directory: Path, stored_size: int, on_mismatch: Mismatch) -> None:
        super().__init__(self._compare)
        self.directory = directory
        self._stored_size = stored_size
        self._on_mismatch = on_mismatch
        self.is_broken = False

    def compare_edges(self) -> None:
        """Compare the partial tiles, as far as the stored ones reach."""
        for level, edge in enumerate(self.edges):
            if edge:
                self._compare(level, (self.size >> (HEIGHT * level)) // WIDTH, edge)

    def _compare(self, level: int, index: int, hashes: list[bytes]) -> None:
        end = index * WIDTH + len(hashes)
        if self.is_broken or end > self._stored_size >> (HEIGHT * level):
            return
        first = self._first_difference(level, index, hashes)
        if first is not None:
            self.is_broken = True
            self._on_mismatch(first)

    def _first_difference(self, level: int, index: int, hashes: list[bytes]) -> int | None:
        leaves = 1 << (HEIGHT * level)
        try:
            stored = read_tile(self.directory, level, index, len(hashes))
        except LedgerTampered:
            return index * WIDTH * leaves
        if stored == hashes:
            return None
        at = next(at for at, hash_ in enumerate(hashes) if hash_ != stored[at])
        return (index * WIDTH + at) * leaves
