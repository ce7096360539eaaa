"""Do head and trees still contain what was signed of them before?

Asked when a sequencer begins, and after a fault: nothing may be signed that contradicts
what was. `verify` compares everything, and needs no sequencer.
"""

from dataclasses import dataclass

from curtilage.core.words import count
from curtilage.ledger.checkpoints import Checkpoints
from curtilage.ledger.errors import LedgerTampered, ProofInvalid, RollbackDetected
from curtilage.ledger.head import HeadLog, iterate_entries
from curtilage.ledger.layout import head_directory, tree_directory
from curtilage.ledger.note import (
    Checkpoint,
    claimed_origin,
    verify_checkpoint,
    verify_cosignature,
)
from curtilage.ledger.tiles import WIDTH, TileReader

RECENT_BUNDLES = 16  # of the head log, compared with the trees


@dataclass(frozen=True, slots=True)
class Past:
    """What the checkpoints of a ledger say that was signed."""

    checkpoints: Checkpoints

    def load_head(self) -> HeadLog:
        """The head log as its checkpoint has it. Raises LedgerTampered."""
        directory, signed = head_directory(self.checkpoints.ledger), self.checkpoints.head()
        if signed is None:
            return HeadLog(directory, 0)
        head = HeadLog(directory, signed.checkpoint.size)
        if head.root() != signed.checkpoint.root:
            raise LedgerTampered("The tiles of the head log do not lead to its checkpoint.")
        return head

    def check_anchor(self, head: HeadLog, note: bytes | None) -> int:
        """How much of the head the newest anchor covers. Raises RollbackDetected."""
        if note is None:
            return 0
        anchor = self._verify_anchor(note)
        if anchor.size > head.size:
            raise RollbackDetected(
                f"The newest anchor covers {count(anchor.size, 'checkpoint')}, but the head log has "
                f"{head.size}: the data directory is older than its anchors."
            )
        tiles = TileReader(head_directory(self.checkpoints.ledger), head.size)
        if anchor.size and tiles.subtree(0, anchor.size) != anchor.root:
            raise RollbackDetected("The head log does not contain what was anchored.")
        return anchor.size

    def _verify_anchor(self, note: bytes) -> Checkpoint:
        origins, key = self.checkpoints.origins, self.checkpoints.key
        try:
            anchor = verify_checkpoint(note, expected_origin=origins.head, key=key)
            verify_cosignature(note, name=origins.anchor, key=key)
        except ProofInvalid:
            raise LedgerTampered("The newest anchor is not one of this ledger's key.") from None
        return anchor

    def check_trees(self, head: HeadLog) -> None:
        """Each tree must contain the newest checkpoint that the head log has of it."""
        start = max(0, head.size // WIDTH - RECENT_BUNDLES) * WIDTH
        directory, newest = head_directory(self.checkpoints.ledger), dict[str, bytes]()
        for note in iterate_entries(directory, head.size, start):
            newest[claimed_origin(note)] = note
        for origin, note in newest.items():
            key = self.checkpoints.key
            self._check_tree(verify_checkpoint(note, expected_origin=origin, key=key))

    def _check_tree(self, signed: Checkpoint) -> None:
        tenant, writer = self.checkpoints.origins.parse_tree(signed.origin)
        present = self.checkpoints.tree(tenant, writer)
        if present is None or present.checkpoint.size < signed.size:
            raise RollbackDetected("A tree is older than the head log says.")
        directory = tree_directory(self.checkpoints.ledger, writer, tenant)
        tiles = TileReader(directory, present.checkpoint.size)
        if tiles.subtree(0, signed.size) != signed.root:
            raise RollbackDetected("A tree does not contain what was signed of it.")
