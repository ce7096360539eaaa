"""What other parties signed of the head log, compared with the head log as it is.

`verify` first lets each check look at how far its file reaches, then reads the
head, and so never takes a head that was signed meanwhile for one that is missing.
"""

from datetime import datetime
from typing import Protocol

from curtilage.core.words import say
from curtilage.ledger.checkpoints import Checkpoints, SignedHead
from curtilage.ledger.errors import LedgerTampered, ProofInvalid
from curtilage.ledger.findings import Findings, count_checkpoints
from curtilage.ledger.layout import head_directory
from curtilage.ledger.note import Checkpoint, verify_checkpoint
from curtilage.ledger.tiles import TileReader


class OutsideCheck(Protocol):
    """Checks what one other party signed."""

    def look(self) -> None:
        """Note how far what it signed reaches now."""

    def run(self, checkpoints: Checkpoints, head: SignedHead | None, findings: Findings) -> None:
        """Compare all up to there; problems and notices are findings."""


def verify_head(checkpoints: Checkpoints, note: bytes) -> Checkpoint:
    """The head checkpoint in `note`, signed by our log. Raises ProofInvalid."""
    return verify_checkpoint(note, expected_origin=checkpoints.origins.head, key=checkpoints.key)


def compare_head(
    checkpoints: Checkpoints, head: SignedHead | None, claimed: Checkpoint, who: str
) -> None:
    """Is `claimed`, which `who` signed, a past of the head? Raises ProofInvalid.

    The head log's tiles are read anew each time, so that memory does not grow."""
    size = head.checkpoint.size if head is not None else 0
    if claimed.size > size:
        raise ProofInvalid(
            say(
                "{who} has signed a head of {covered}, and the head log has {size}.",
                who=who,
                covered=count_checkpoints(claimed.size),
                size=size,
            )
        )
    try:
        root = TileReader(head_directory(checkpoints.ledger), size).subtree(0, claimed.size)
    except LedgerTampered:
        raise ProofInvalid(
            say(
                "{who} has signed a head of {covered}; the tiles to compare it with are damaged.",
                who=who,
                covered=count_checkpoints(claimed.size),
            )
        ) from None
    if root != claimed.root:
        raise ProofInvalid(
            say(
                "{who} has signed another tree of {covered} than the head log's.",
                who=who,
                covered=count_checkpoints(claimed.size),
            )
        )


def encode_second(at: datetime) -> str:
    """An instant as people are told of it."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
