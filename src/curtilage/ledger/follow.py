"""Where the sequencer stands in one writer's log, and its trees there.

The place needs no file of its own: every record is a leaf of exactly one tree
of its writer, so the sizes of those trees add up to the number of records taken.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import orjson

from curtilage.ledger.checkpoints import Checkpoints
from curtilage.ledger.errors import LedgerTampered, RollbackDetected
from curtilage.ledger.layout import find_folders, find_segments, log_directory, tree_directory
from curtilage.ledger.merkle import hash_leaf
from curtilage.ledger.models import Position
from curtilage.ledger.read import durable_until, read_batches
from curtilage.ledger.tree import StoredTree

STEP_BYTES = 32 * 1024 * 1024  # what one step takes at most: bounds its memory and its time


class Follower:
    """Takes durable records of one writer into its trees. `changed` trees need a checkpoint."""

    def __init__(
        self, ledger: Path, writer: str, checkpoints: Checkpoints, *, step_bytes: int = STEP_BYTES
    ) -> None:
        self._ledger = ledger
        self._step_bytes = step_bytes
        self._writer = writer
        self._directory = log_directory(ledger, writer)
        self._trees: dict[str, StoredTree] = {}
        self.changed: dict[str, StoredTree] = {}
        self._load(checkpoints)
        self._position = self._find_position()

    def _load(self, checkpoints: Checkpoints) -> None:
        self._taken = 0
        for tenant in find_folders(self._ledger / "tree" / self._writer):
            signed = checkpoints.tree(tenant, self._writer)
            if signed is not None:
                tree = self._tree(tenant, signed.checkpoint.size)
                if tree.root() != signed.checkpoint.root:
                    raise LedgerTampered("The tiles of a tree do not lead to its checkpoint.")
                self._taken += tree.size

    def _tree(self, tenant: str, size: int = 0) -> StoredTree:
        directory = tree_directory(self._ledger, self._writer, tenant)
        tree = self._trees[tenant] = StoredTree(directory, size)
        return tree

    def _find_position(self) -> Position | None:
        """Behind the last batch that was taken."""
        if self._taken > durable_until(self._directory):
            raise RollbackDetected("A commit log ends before what was signed of it.")
        firsts = [first for first in find_segments(self._directory) if first <= self._taken]
        if not firsts:
            return None
        position = Position(firsts[-1], 0)
        for batch in read_batches(self._directory, position, until=self._taken):
            position = batch.position
        return position

    def durable(self) -> int:
        """Before which record everything can be taken now."""
        return durable_until(self._directory)

    def end_of(self, sizes: Mapping[str, int]) -> int:
        """Before which record the log stands when these trees have these sizes."""
        known = ((self._trees.get(tenant), size) for tenant, size in sizes.items())
        return self._taken + sum(size - (tree.size if tree else 0) for tree, size in known)

    def take_until(self, end: int) -> None:
        """Take the records before `end`, all of which are durable."""
        while self._taken < end:
            self._take_step(end)

    def take(self) -> int:
        """Take what became durable since, up to a limit. Gives the number of records."""
        return self._take_step(self.durable())

    def _take_step(self, until: int) -> int:
        before, size = self._taken, 0
        for batch in read_batches(self._directory, self._position, until=until):
            if batch.first != self._taken:
                raise LedgerTampered("A commit log lacks the record that should be next.")
            self._append(batch.records())
            self._taken += batch.count
            self._position = batch.position
            size += len(batch.payload)
            if size >= self._step_bytes:
                break
        else:
            if self._taken < until:
                raise LedgerTampered("A commit log ends before what is durable or was signed.")
        return self._taken - before

    def _append(self, records: Iterator[bytes]) -> None:
        for raw in records:
            tenant = orjson.loads(raw)["tenant"]
            tree = self.changed.get(tenant)
            if tree is None:
                tree = self._trees.get(tenant) or self._tree(tenant)
                self.changed[tenant] = tree
            tree.append(hash_leaf(raw))
