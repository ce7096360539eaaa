"""How it went with those who are shown heads, for `doctor`."""

from collections.abc import Iterator
from pathlib import Path

from curtilage.core.errors import CurtilageError
from curtilage.core.models import Observation
from curtilage.ledger.errors import LedgerTampered
from curtilage.ledger.settings import LedgerSettings
from curtilage.ledger.timestampask import STATE
from curtilage.ledger.timestampcheck import describe_stamping
from curtilage.ledger.witness import parse_witness
from curtilage.ledger.witnesscheck import describe_state
from curtilage.ledger.witnessstate import COSIGNED, DISAGREES, WitnessState, read_state

LOOK_AGAIN = "Look whether it can be reached; heads are shown to it again by themselves."


def check_outside(anchors: Path, settings: LedgerSettings) -> list[Observation]:
    """What the last answers of witnesses and time-stamp authority were."""
    try:
        return list(_check(anchors, settings))
    except CurtilageError as fault:
        return [_observe(fault)]


def _observe(fault: CurtilageError) -> Observation:
    return Observation(
        fault.code, fault.title, fault.detail, "error", f"{fault.advice or 'Correct the setting.'}"
    )


def _check(anchors: Path, settings: LedgerSettings) -> Iterator[Observation]:
    for text in settings.witnesses:
        key = parse_witness(text).key
        state = _read(anchors, key.file)
        if state is not None and state.outcome == DISAGREES:
            yield Observation(
                "ledger.witness-disagrees",
                "A witness has seen another history",
                describe_state(key.name, state),
                "error",
                "Keep copies of data and keys, then compare them with what the witness has.",
            )
        elif state is not None and state.outcome != COSIGNED:
            detail = describe_state(key.name, state)
            yield Observation(
                "ledger.witness-waits", "A witness lacks newer heads", detail, "warning", LOOK_AGAIN
            )
    state = _read(anchors, STATE) if settings.timestamp_url else None
    if state is not None and state.outcome != COSIGNED:
        yield Observation(
            "ledger.timestamp-waits",
            "The newest head has no time stamp",
            describe_stamping(state),
            "warning",
            LOOK_AGAIN,
        )


def _read(anchors: Path, name: str) -> WitnessState | None:
    """The state; None too where it is damaged, which `ledger verify` tells."""
    try:
        return read_state(anchors, name)
    except LedgerTampered:
        return None
