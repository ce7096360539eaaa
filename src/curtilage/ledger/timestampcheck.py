"""Checks the time stamps that are kept, and says when which head was stamped."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from curtilage.core.words import count, say
from curtilage.ledger.checkpoints import Checkpoints, SignedHead
from curtilage.ledger.errors import LedgerTampered, ProofInvalid
from curtilage.ledger.findings import Findings, placed
from curtilage.ledger.note import Checkpoint
from curtilage.ledger.outside import compare_head, encode_second, verify_head
from curtilage.ledger.timestamp import Roots, parse_stamped, stamped_lines, verify_timestamp
from curtilage.ledger.timestampask import STATE
from curtilage.ledger.witnessstate import COSIGNED, WitnessState, read_state

WHO = say("The time-stamp authority")


@dataclass(slots=True)
class TimestampCheck:
    """An OutsideCheck of one authority. `directory` is where its answers are kept."""

    directory: Path
    roots: Roots
    _newest: bytes | None = None

    def look(self) -> None:
        self._newest = stamped_lines(self.directory).newest()

    def run(self, checkpoints: Checkpoints, head: SignedHead | None, findings: Findings) -> None:
        stamps, last = 0, None
        try:
            for checkpoint, at in self._stamped(checkpoints):
                compare_head(checkpoints, head, checkpoint, WHO)
                stamps, last = stamps + 1, (checkpoint, at)
        except LedgerTampered as fault:
            findings.add("timestamp-damaged", fault.detail)
        except ProofInvalid as fault:
            where = say("time stamp {number}", number=stamps)
            findings.add("timestamp-differs", placed(fault.detail, where))
        if last is not None:
            covered, compared = count(last[0].size, "checkpoint"), count(stamps, "time stamp")
            seen = encode_second(last[1])
            findings.note(f"{WHO} saw the head of {covered} at {seen}; {compared} compared.")
        self._tell_state(findings, is_new=self._newest is None)

    def _stamped(self, checkpoints: Checkpoints) -> Iterator[tuple[Checkpoint, datetime]]:
        """Each stamped head up to the one that was looked at, with its time, verified."""
        size = 0
        for line in stamped_lines(self.directory).iterate() if self._newest else ():
            stamped = parse_stamped(line)
            checkpoint = verify_head(checkpoints, stamped.note)
            if checkpoint.size <= size:
                raise ProofInvalid(say("A stamped head covers no more than the one before."))
            size = checkpoint.size
            yield checkpoint, verify_timestamp(stamped.response, stamped.note, self.roots)
            if line == self._newest:
                return

    def _tell_state(self, findings: Findings, *, is_new: bool) -> None:
        try:
            state = read_state(self.directory, STATE)
        except LedgerTampered as fault:
            findings.add("timestamp-damaged", placed(fault.detail, STATE))
            return
        if state is None and is_new:
            findings.note(f"{WHO} has not been shown any head yet.")
        elif state is not None and state.outcome != COSIGNED:
            findings.note(describe_stamping(state))


def describe_stamping(state: WitnessState) -> str:
    """What came of the last time that the authority was asked."""
    answered = f" (HTTP status {state.status})" if state.status else ""
    return (
        f"{WHO} gave no valid time stamp for a head of {count(state.size, 'checkpoint')} at "
        f"{encode_second(state.at)}{answered}: {state.outcome}."
    )
