"""Has the newest anchored head time-stamped, and keeps the answer."""

from dataclasses import dataclass
from pathlib import Path

from curtilage.core.clock import Clock
from curtilage.ledger.anchors import DirectoryAnchors
from curtilage.ledger.checkpoints import Checkpoints
from curtilage.ledger.errors import PeerUnreachable, ProofInvalid
from curtilage.ledger.outside import verify_head
from curtilage.ledger.ports import Post
from curtilage.ledger.timestamp import (
    REQUEST_TYPE,
    RESPONSE_LIMIT,
    Roots,
    Stamped,
    ask_timestamp,
    parse_stamped,
    stamped_lines,
    verify_timestamp,
)
from curtilage.ledger.witness import strip_cosignatures
from curtilage.ledger.witnessstate import (
    COSIGNED,
    LATER,
    REFUSED,
    UNREACHABLE,
    WitnessState,
    write_state,
)

STATE = "timestamps"


@dataclass(frozen=True, slots=True)
class TimestampAsker:
    """Asks one authority. `anchors` is the folder of the anchors, where answers are kept."""

    checkpoints: Checkpoints
    anchors: Path
    url: str
    roots: Roots
    post: Post
    clock: Clock

    def ask(self) -> WitnessState | None:
        """Have the newest anchor stamped, unless it is already. None where nothing is new."""
        anchor = DirectoryAnchors(self.anchors).newest()
        if anchor is None:
            return None
        note = strip_cosignatures(anchor)
        size, lines = verify_head(self.checkpoints, note).size, stamped_lines(self.anchors)
        newest = lines.newest()
        if newest is not None and parse_stamped(newest).note == note:
            return None
        state = self._stamp(note, size)
        write_state(self.anchors, STATE, state)
        return state

    def _stamp(self, note: bytes, size: int) -> WitnessState:
        question = ask_timestamp(note)
        status = 0
        try:
            status, body = self.post(self.url, question.body, REQUEST_TYPE, limit=RESPONSE_LIMIT)
            if status != 200:
                outcome = UNREACHABLE if status in LATER else REFUSED
                return WitnessState(outcome, self.clock.now(), size, status)
            at = verify_timestamp(body, note, self.roots, expected_nonce=question.nonce)
        except PeerUnreachable:
            return WitnessState(UNREACHABLE, self.clock.now(), size)
        except ProofInvalid:
            return WitnessState(REFUSED, self.clock.now(), size, status)
        stamped_lines(self.anchors).append(Stamped(note, body).encode())
        return WitnessState(COSIGNED, at, size, status)
