"""Shows the newest anchored head to a witness, and keeps what it signs.

The ledger never waits for a witness: a head that one did not see is followed by a
newer one, whose proof reaches back to the last that it did see.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from curtilage.core.clock import Clock
from curtilage.ledger.anchors import DirectoryAnchors
from curtilage.ledger.checkpoints import Checkpoints
from curtilage.ledger.errors import LedgerTampered, PeerUnreachable, ProofInvalid
from curtilage.ledger.layout import head_directory
from curtilage.ledger.merkle import prove_consistency
from curtilage.ledger.note import Checkpoint
from curtilage.ledger.outside import verify_head
from curtilage.ledger.ports import Post
from curtilage.ledger.tiles import TileReader
from curtilage.ledger.witness import (
    REPLY_LIMIT,
    Witness,
    WitnessKey,
    add_answer,
    encode_add_checkpoint,
    parse_size,
    strip_cosignatures,
)
from curtilage.ledger.witnessstate import (
    COSIGNED,
    DISAGREES,
    LATER,
    REFUSED,
    UNREACHABLE,
    WitnessState,
    write_state,
)

PROOF_INVALID, CONFLICT = 422, 409  # C2SP tlog-witness


def witness_anchors(directory: Path, witness: WitnessKey) -> DirectoryAnchors:
    """The heads that this witness cosigned."""
    return DirectoryAnchors(directory, f"{witness.file}.jsonl")


@dataclass(frozen=True, slots=True)
class WitnessAsker:
    """Asks one witness. `anchors` is the folder of the anchors, where its answers are kept."""

    checkpoints: Checkpoints
    anchors: Path
    witness: Witness
    post: Post
    clock: Clock

    def ask(self) -> WitnessState | None:
        """Show the newest anchor, unless it was seen already. None where nothing is new."""
        note = DirectoryAnchors(self.anchors).newest()
        if note is None:
            return None
        note = strip_cosignatures(note)  # every byte that is kept is one that verify checks
        head = verify_head(self.checkpoints, note)
        kept = witness_anchors(self.anchors, self.witness.key).newest()
        seen = verify_head(self.checkpoints, kept).size if kept is not None else 0
        if seen >= head.size:
            return None
        state = self._show(note, head, seen)
        write_state(self.anchors, self.witness.key.file, state)
        return state

    def _show(self, note: bytes, head: Checkpoint, seen: int) -> WitnessState:
        try:
            status, body = self._send(note, head, seen)
            if status == CONFLICT:
                seen = parse_size(body)
                if seen > head.size:
                    return self._state(DISAGREES, head, status, seen)
                status, body = self._send(note, head, seen)
            return self._judge(note, head, status, body, seen)
        except PeerUnreachable:
            return self._state(UNREACHABLE, head)
        except ProofInvalid:
            return self._state(REFUSED, head)

    def _send(self, note: bytes, head: Checkpoint, seen: int) -> tuple[int, bytes]:
        body = encode_add_checkpoint(seen, self._proof(seen, head.size), note)
        return self.post(
            f"{self.witness.url}/add-checkpoint", body, "text/plain", limit=REPLY_LIMIT
        )

    def _proof(self, old: int, new: int) -> Sequence[bytes]:
        if old in (0, new):  # C2SP tlog-witness: no proof from nothing, none to itself
            return []
        signed = self.checkpoints.head()
        if signed is None or signed.checkpoint.size < new:
            raise LedgerTampered("The head log does not reach to its newest anchor.")
        tiles = TileReader(head_directory(self.checkpoints.ledger), signed.checkpoint.size)
        return prove_consistency(old, new, tiles.subtree)

    def _judge(
        self, note: bytes, head: Checkpoint, status: int, body: bytes, seen: int
    ) -> WitnessState:
        if status == 200:
            cosigned, at = add_answer(note, body, self.witness.key)
            witness_anchors(self.anchors, self.witness.key).append(cosigned)
            return WitnessState(COSIGNED, at, head.size, status)
        if status in (CONFLICT, PROOF_INVALID) and seen:
            return self._state(DISAGREES, head, status, seen)
        return self._state(UNREACHABLE if status in LATER else REFUSED, head, status)

    def _state(
        self, outcome: str, head: Checkpoint, status: int = 0, seen: int = 0
    ) -> WitnessState:
        return WitnessState(outcome, self.clock.now(), head.size, status, seen)
