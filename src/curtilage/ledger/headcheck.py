"""Checks the head log and the anchors, and then speaks of the trees by them.

Two walks over the head's entries, neither of which keeps them: one for the head
itself, and one for each writer, beside the walk over that writer's records.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from curtilage.core.words import say
from curtilage.ledger.checkpoints import SignedHead
from curtilage.ledger.errors import LedgerTampered, ProofInvalid
from curtilage.ledger.findings import Findings, count_checkpoints, placed
from curtilage.ledger.head import iterate_entries
from curtilage.ledger.layout import head_directory
from curtilage.ledger.merkle import EMPTY_ROOT, hash_leaf
from curtilage.ledger.note import (
    Checkpoint,
    claimed_origin,
    note_text,
    parse_checkpoint,
    verify_checkpoint,
    verify_cosignature,
)
from curtilage.ledger.origins import Origins
from curtilage.ledger.treecheck import CheckedTree


@dataclass(frozen=True, slots=True)
class Anchor:
    """A head checkpoint kept outside, and when that was."""

    checkpoint: Checkpoint
    at: datetime


@dataclass(slots=True)
class HeadState:
    """What the head log says: the newest size of each tree, and what is anchored."""

    sizes: dict[tuple[str, str], int] = field(default_factory=dict)
    anchored_at: datetime | None = None
    anchored_records: int = 0


@dataclass(frozen=True, slots=True)
class HeadCheck:
    """The head log as of one checkpoint, `signed`; None where there is none yet."""

    ledger: Path
    origins: Origins
    key: Ed25519PublicKey
    signed: SignedHead | None
    findings: Findings

    @property
    def _size(self) -> int:
        return self.signed.checkpoint.size if self.signed else 0

    def run(self, anchors: Iterator[bytes]) -> HeadState:
        """Rebuild the head log; compare tiles, checkpoint and every anchor."""
        state = HeadState()
        waiting = self._verified_anchors(anchors)
        anchor = next(waiting, None)
        if anchor is None and self._size:
            self.findings.add(
                "anchor-missing",
                say(
                    "No anchor is there, though the head log is signed: without anchors, "
                    "nobody can tell whether records are missing at the end."
                ),
            )
        tree = CheckedTree(head_directory(self.ledger), self._size, self._tile_differs)
        for checkpoint in self.checkpoints(tree):
            self._note_tree(state, checkpoint)
            while anchor is not None and anchor.checkpoint.size == tree.size:
                self._compare_anchor(state, anchor, tree)
                anchor = next(waiting, None)
        self._compare_end(tree, anchor)
        return state

    def checkpoints(self, tree: CheckedTree | None = None) -> Iterator[Checkpoint]:
        """The leaves in order, unverified; with `tree`, faults are findings."""
        try:
            for note in iterate_entries(head_directory(self.ledger), self._size):
                if tree is not None:
                    tree.append(hash_leaf(note))
                yield parse_checkpoint(note_text(note), expected_origin=claimed_origin(note))
        except (LedgerTampered, ProofInvalid) as fault:
            if tree is not None:
                tree.is_broken = True
                where = say("leaf {leaf} of the head log", leaf=tree.size)
                self.findings.add("head-damaged", placed(fault.detail, where))

    def _note_tree(self, state: HeadState, checkpoint: Checkpoint) -> None:
        try:
            place = self.origins.parse_tree(checkpoint.origin)
        except ProofInvalid as fault:
            self.findings.add("head-damaged", fault.detail)
            return
        if checkpoint.size < state.sizes.get(place, 0):
            self.findings.add(
                "head-inconsistent",
                say("The head log names a tree that became smaller: two pasts were signed."),
                writer=place[1],
            )
        state.sizes[place] = checkpoint.size

    def _tile_differs(self, leaf: int) -> None:
        detail = say("Leaf {leaf} of the head log, or its tree, was changed.", leaf=leaf)
        self.findings.add("head-changed", detail)

    def _compare_anchor(self, state: HeadState, anchor: Anchor, tree: CheckedTree) -> None:
        if tree.root() == anchor.checkpoint.root:
            state.anchored_at = anchor.at
            state.anchored_records = sum(state.sizes.values())
        elif not tree.is_broken:
            tree.is_broken = True
            self.findings.add(
                "anchor-differs",
                say(
                    "An anchor covers {covered}, and the head log has others now.",
                    covered=count_checkpoints(tree.size),
                ),
            )

    def _compare_end(self, tree: CheckedTree, anchor: Anchor | None) -> None:
        if tree.is_broken:
            return
        if anchor is not None:
            self.findings.add("rollback", self._describe_rollback(anchor.checkpoint.size))
        tree.compare_edges()
        expected = self.signed.checkpoint.root if self.signed else EMPTY_ROOT
        if tree.root() != expected:
            self.findings.add(
                "head-changed",
                say("The head log is not the one that its checkpoint was signed over."),
            )

    def _describe_rollback(self, anchored: int) -> str:
        covered = count_checkpoints(anchored)
        if not self._size:
            return say(
                "The head log is gone from head/: an anchor covers {covered} of it.",
                covered=covered,
            )
        return say(
            "The data is older than its anchors: one covers {covered}, the head log has {size}. "
            "A backup was put back, or the end of everything was cut off.",
            covered=covered,
            size=self._size,
        )

    def _verified_anchors(self, anchors: Iterator[bytes]) -> Iterator[Anchor]:
        """Every anchor that is signed, in order; the first that is not ends it."""
        size = 0
        try:
            for number, note in enumerate(anchors):
                checkpoint = verify_checkpoint(
                    note, expected_origin=self.origins.head, key=self.key
                )
                at = verify_cosignature(note, name=self.origins.anchor, key=self.key)
                if checkpoint.size <= size:
                    raise ProofInvalid(
                        say("Anchor {number} covers no more than the one before.", number=number)
                    )
                size = checkpoint.size
                yield Anchor(checkpoint, at)
        except (LedgerTampered, ProofInvalid) as fault:
            self.findings.add("anchor-damaged", fault.detail)
