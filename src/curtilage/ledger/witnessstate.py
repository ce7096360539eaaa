"""How the last time went that another party was asked: kept for `verify` and `doctor`.

One small file for each witness and one for the time-stamp authority, replaced whole. It holds words and numbers of
ours, nothing that the other party wrote.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import orjson

from curtilage.core.canonical import encode_trusted
from curtilage.core.clock import encode_instant, parse_instant
from curtilage.core.words import say
from curtilage.ledger.disk import make_directory, replace_file
from curtilage.ledger.errors import LedgerTampered

COSIGNED = "cosigned"
UNREACHABLE = "unreachable"  # no answer, or one that says "later"
REFUSED = "refused"  # it does not know our log or our key, or it answers otherwise than it should
DISAGREES = "disagrees"  # it has seen another history
LATER = frozenset({408, 425, 429}) | frozenset(range(500, 600))  # HTTP: not now
OUTCOMES = frozenset({COSIGNED, UNREACHABLE, REFUSED, DISAGREES})


@dataclass(frozen=True, slots=True)
class WitnessState:
    """What came of showing a head of `size` checkpoints. `status` is HTTP's, 0 without one.

    `seen` is the size that a witness said it had seen, where it disagrees."""

    outcome: str
    at: datetime
    size: int
    status: int = 0
    seen: int = 0


def state_path(directory: Path, name: str) -> Path:
    return directory / f"{name}.state"


def encode_state(state: WitnessState) -> bytes:
    return encode_trusted(
        {
            "v": 1,
            "outcome": state.outcome,
            "at": encode_instant(state.at),
            "size": state.size,
            "status": state.status,
            "seen": state.seen,
        }
    )


def parse_state(raw: bytes) -> WitnessState:
    """The state in its one spelling. Raises LedgerTampered."""
    try:
        fields = orjson.loads(raw)
        state = WitnessState(
            fields["outcome"],
            parse_instant(fields["at"]),
            fields["size"],
            fields["status"],
            fields["seen"],
        )
        if state.outcome in OUTCOMES and encode_state(state) == raw:
            return state
    except (ValueError, KeyError, TypeError, AttributeError):
        pass
    raise LedgerTampered(say("The state of who is shown heads is damaged."))


def read_state(directory: Path, name: str) -> WitnessState | None:
    """The state; None before it was first asked. Raises LedgerTampered."""
    path = state_path(directory, name)
    return parse_state(path.read_bytes()) if path.exists() else None


def write_state(directory: Path, name: str, state: WitnessState) -> None:
    make_directory(directory)
    replace_file(state_path(directory, name), encode_state(state))
