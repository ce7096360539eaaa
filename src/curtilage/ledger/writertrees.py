"""Compares the trees of one writer with their tiles and with every checkpoint of them.

It holds the right edge of each tenant's tree, and reads the head log's checkpoints
beside the walk, so that each is compared at the moment its tree has that size.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from curtilage.core.words import say
from curtilage.ledger.findings import count_records
from curtilage.ledger.layout import tree_directory
from curtilage.ledger.logwalk import LogWalk
from curtilage.ledger.note import Checkpoint
from curtilage.ledger.tiles import WIDTH, read_tile
from curtilage.ledger.treecheck import CheckedTree

PRUNED = -1  # the place of a leaf whose record is gone


@dataclass(slots=True)
class WriterTree:
    """One tenant's tree as rebuilt, and its stored checkpoint.

    `places` has the record numbers of the leaves from `base` on.
    """

    checked: CheckedTree
    stored: Checkpoint | None
    places: list[int] = field(default_factory=list)
    base: int = 0

    def trim(self) -> None:
        """Forget the places of leaves whose tile is full and was compared."""
        kept = len(self.checked.edges[0])
        del self.places[: len(self.places) - kept]
        self.base = self.checked.size - kept

    def place(self, leaf: int) -> int | None:
        at = leaf - self.base
        known = 0 <= at < len(self.places) and self.places[at] != PRUNED
        return self.places[at] if known else None

    def replay(self, size: int) -> None:
        """Grow up to `size` by the leaf hashes that are stored. Raises LedgerTampered."""
        while (start := self.checked.size) < size:
            index, inside = divmod(start, WIDTH)
            width = min(WIDTH, size - index * WIDTH)
            for leaf_hash in read_tile(self.checked.directory, 0, index, width)[inside:]:
                self.places.append(PRUNED)
                self.checked.append(leaf_hash)
            self.trim()


class WriterTrees:
    """All tenants' trees. `expected` are the head log's checkpoints of them, in order."""

    def __init__(
        self,
        walk: LogWalk,
        stored: Mapping[str, Checkpoint],
        expected: Iterator[tuple[str, Checkpoint]],
    ) -> None:
        self._walk = walk
        self._stored = stored
        self._expected = expected
        self._next = next(expected, None)
        self._trees: dict[str, WriterTree] = {}

    def sizes(self) -> dict[str, int]:
        """How many records each tenant has so far."""
        return {tenant: tree.checked.size for tenant, tree in self._trees.items()}

    def replay(self, leaves: Mapping[str, int]) -> None:
        """Rebuild the trees of pruned records from stored leaf hashes, and compare every
        checkpoint that was signed of them. Raises LedgerTampered."""
        while self._next is not None:
            tenant, checkpoint = self._next
            if checkpoint.size > leaves.get(tenant, 0):
                break
            self._replay(tenant, checkpoint.size)
            self._compare_root(tenant, self._trees[tenant].checked, checkpoint)
            self._next = next(self._expected, None)
        for tenant, size in leaves.items():
            self._replay(tenant, size)

    def _replay(self, tenant: str, size: int) -> None:
        if tenant not in self._trees:
            self._trees[tenant] = self._begin(tenant)
        self._trees[tenant].replay(size)

    def touch(self, tenant: str, touched: dict[str, WriterTree]) -> WriterTree:
        """The tree of `tenant`, noted as one that this batch adds to."""
        tree = self._trees.get(tenant)
        if tree is None:
            tree = self._trees[tenant] = self._begin(tenant)
        tree.trim()
        touched[tenant] = tree
        return tree

    def _begin(self, tenant: str) -> WriterTree:
        stored = self._stored.get(tenant)
        directory = tree_directory(self._walk.ledger, self._walk.writer, tenant)

        def report(leaf: int) -> None:
            if not self._walk.is_lost:
                self._walk.problem(
                    "record-changed",
                    say(
                        "It, or the tree, was changed: leaf {leaf} of tenant {tenant} has another "
                        "hash.",
                        leaf=leaf,
                        tenant=tenant,
                    ),
                    tree.place(leaf),
                )

        tree = WriterTree(CheckedTree(directory, stored.size if stored else 0, report), stored)
        return tree

    def compare(self, touched: Mapping[str, WriterTree]) -> None:
        """Compare, after a batch, what it may have completed."""
        if self._walk.is_lost:
            return
        for tenant, tree in touched.items():
            if tree.stored is not None and tree.checked.size == tree.stored.size:
                tree.checked.compare_edges()
                self._compare_root(tenant, tree.checked, tree.stored)
        while self._next is not None:
            tenant, checkpoint = self._next
            reached = self._trees.get(tenant)
            if reached is None or reached.checked.size < checkpoint.size:
                return
            if reached.checked.size > checkpoint.size:
                self._differs(tenant, checkpoint)
            else:
                self._compare_root(tenant, reached.checked, checkpoint)
            self._next = next(self._expected, None)

    def _compare_root(self, tenant: str, tree: CheckedTree, checkpoint: Checkpoint) -> None:
        if not tree.is_broken and tree.root() != checkpoint.root:
            tree.is_broken = True
            self._differs(tenant, checkpoint)

    def _differs(self, tenant: str, checkpoint: Checkpoint) -> None:
        self._walk.problem(
            "tree-differs",
            say(
                "Tenant {tenant}: a checkpoint was signed over {records}, and they are others now: "
                "one of them was changed, removed or added.",
                tenant=tenant,
                records=count_records(checkpoint.size),
            ),
        )

    def check_ends(self) -> None:
        """Every stored and every expected checkpoint must have been reached."""
        if self._walk.is_lost:
            return
        if self._next is not None:
            self._too_short(*self._next)
        for tenant, stored in self._stored.items():
            tree = self._trees.get(tenant)
            if tree is None or tree.checked.size < stored.size:
                self._too_short(tenant, stored)

    def _too_short(self, tenant: str, checkpoint: Checkpoint) -> None:
        tree = self._trees.get(tenant)
        if tree is not None:
            tree.checked.compare_edges()  # where it begins to differ says more than where it ends
        present = tree.checked.size if tree is not None else 0
        self._walk.problem(
            "records-missing",
            say(
                "Tenant {tenant}: a checkpoint was signed over {records}, and the log has "
                "{present}: its end was cut off.",
                tenant=tenant,
                records=count_records(checkpoint.size),
                present=present,
            ),
        )
