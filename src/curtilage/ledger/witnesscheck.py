"""Checks what one witness cosigned, and says when it saw which head."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from curtilage.core.words import count, say
from curtilage.ledger.anchors import DirectoryAnchors
from curtilage.ledger.checkpoints import Checkpoints, SignedHead
from curtilage.ledger.errors import LedgerTampered, ProofInvalid
from curtilage.ledger.findings import Findings, count_checkpoints, placed
from curtilage.ledger.note import Checkpoint
from curtilage.ledger.outside import compare_head, encode_second, verify_head
from curtilage.ledger.witness import WitnessKey, verify_seen
from curtilage.ledger.witnessask import witness_anchors
from curtilage.ledger.witnessstate import (
    COSIGNED,
    DISAGREES,
    REFUSED,
    UNREACHABLE,
    WitnessState,
    read_state,
)


@dataclass(slots=True)
class WitnessCheck:
    """An OutsideCheck of one witness. `directory` is where its cosignatures are kept."""

    directory: Path
    witness: WitnessKey
    _newest: bytes | None = None
    _fault: LedgerTampered | None = None

    @property
    def _anchors(self) -> DirectoryAnchors:
        return witness_anchors(self.directory, self.witness)

    def look(self) -> None:
        try:
            self._newest = self._anchors.newest()
        except LedgerTampered as fault:
            self._fault = fault

    def run(self, checkpoints: Checkpoints, head: SignedHead | None, findings: Findings) -> None:
        name, seen, last = self.witness.name, 0, None
        try:
            for checkpoint, at in self._cosigned(checkpoints):
                compare_head(checkpoints, head, checkpoint, name)
                seen, last = seen + 1, (checkpoint, at)
        except LedgerTampered:
            damaged = say("A line of what {name} cosigned is damaged.", name=name)
            findings.add("witness-damaged", damaged)
        except ProofInvalid as fault:
            where = say("cosignature {number} of {name}", number=seen, name=name)
            findings.add("witness-differs", placed(fault.detail, where))
        if last is not None:
            findings.note(_describe_last(name, seen, *last))
        self._tell_state(findings, has_seen=self._newest is not None)

    def _cosigned(self, checkpoints: Checkpoints) -> Iterator[tuple[Checkpoint, datetime]]:
        """Each head up to the one that was looked at, with its time, verified."""
        if self._fault is not None:
            raise self._fault
        if self._newest is None:
            return
        size = 0
        for note in self._anchors.iterate():
            checkpoint = verify_head(checkpoints, note)
            at = verify_seen(note, self.witness)
            if checkpoint.size <= size:
                raise ProofInvalid(say("A cosigned head covers no more than the one before."))
            size = checkpoint.size
            yield checkpoint, at
            if note == self._newest:
                return

    def _tell_state(self, findings: Findings, *, has_seen: bool) -> None:
        try:
            state = read_state(self.directory, self.witness.file)
        except LedgerTampered as fault:
            findings.add("witness-damaged", placed(fault.detail, self.witness.name))
            return
        if state is None and not has_seen:
            findings.note(f"{self.witness.name} has not been shown any head yet.")
        elif state is not None and state.outcome == DISAGREES:
            findings.add("witness-disagrees", _describe_refusal(self.witness.name, state))
        elif state is not None and state.outcome != COSIGNED:
            findings.note(describe_state(self.witness.name, state))


def describe_state(name: str, state: WitnessState) -> str:
    """What came of the last time that a witness was asked, in a sentence or two."""
    shown = f"a head of {count(state.size, 'checkpoint')} at {encode_second(state.at)}"
    answered = f" (HTTP status {state.status})" if state.status else ""
    return {
        COSIGNED: f"{name} cosigned {shown}.",
        UNREACHABLE: f"{name} did not answer when it was shown {shown}{answered}.",
        REFUSED: f"{name} did not cosign {shown}{answered}: it may not know this log or its key, "
        "or signs with another key than the settings have.",
        DISAGREES: _describe_refusal(name, state),
    }[state.outcome]


def _describe_refusal(name: str, state: WitnessState) -> str:
    shown = say(
        "a head of {size} at {time} (HTTP status {status})",
        size=count_checkpoints(state.size),
        time=encode_second(state.at),
        status=str(state.status),
    )
    if not state.status:
        shown = say(
            "a head of {size} at {time}",
            size=count_checkpoints(state.size),
            time=encode_second(state.at),
        )
    return say(
        "{name} refused {head}: it has seen {seen} that this head does not extend. The ledger was "
        "put back or forked, or the witness is wrong.",
        name=name,
        head=shown,
        seen=count_checkpoints(state.seen),
    )


def _describe_last(name: str, seen: int, checkpoint: Checkpoint, at: datetime) -> str:
    covered, signed = count(checkpoint.size, "checkpoint"), count(seen, "cosignature")
    return f"{name} saw the head of {covered} at {encode_second(at)}; {signed} compared."
