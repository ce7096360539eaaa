"""What the ledger's pages show, and the ports that give it to them.

Everything here may be shown to anyone who may read the ledger: sizes, names of
writers, signed notes, verdicts, proofs, and rules of policy. No sealed part.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from curtilage.core.models import Principal


@dataclass(frozen=True, slots=True)
class WriterHead:
    """One writer's log: how many records, how many of them a checkpoint covers."""

    writer: str
    records: int
    covered: int
    newest_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewestCheckpoint:
    """The newest signed note over all logs, word for word (C2SP signed-note)."""

    origin: str
    at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class LedgerState:
    """The ledger at a glance. `anchored_at` is None before the first anchor."""

    writers: Sequence[WriterHead]
    checkpoint: NewestCheckpoint | None
    anchored_at: datetime | None
    anchored_where: str


@dataclass(frozen=True, slots=True)
class CheckStep:
    """One step of a verification; `state` is `next`, `now`, `done` or `failed`."""

    title: str
    state: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class LedgerProblem:
    """What does not hold, and where: the writer and the number of the record. `code` is what
    the command calls it."""

    title: str
    writer: str
    number: int | None
    detail: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class LedgerCheck:
    """One verification. `holds` is None while it runs.

    A verdict speaks for records up to the anchor of `complete_to` and no later.
    `failure` says in a sentence why it could not be finished.
    """

    id: str
    started_at: datetime
    finished_at: datetime | None
    steps: Sequence[CheckStep]
    records: int
    holds: bool | None
    problems: Sequence[LedgerProblem] = ()
    complete_to: datetime | None = None
    failure: str = ""


@dataclass(frozen=True, slots=True)
class RecordProof:
    """A record with the proof that it is in the tree of a signed checkpoint."""

    record_id: str
    writer: str
    number: int
    kind: str
    at: datetime
    proof: str
    record: str


@dataclass(frozen=True, slots=True)
class Reason:
    """Why findings of one kind were treated so: the rule that decided.

    `treatment` is what the rule says; in a call that was refused as a whole it
    is "refused", and `rule` is the code of the refusal.
    """

    title: str
    count: int
    treatment: str
    rule: str
    because: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why one request was decided as it was, and what became of it.

    `reason` is a sentence, `code` its code in the record (`purpose.unknown`).
    `scanned` is how many texts were looked into, None where the call ended
    before that. `policy` is then the one that was in force. Where the call did
    not get to a purpose, a model or a destination, these are empty.
    """

    request_id: str
    at: datetime
    policy: str
    purpose: str
    effect: str
    reason: str
    reasons: Sequence[Reason]
    code: str = ""
    model: str = ""
    upstream: str = ""
    destination: str = ""
    scanned: int | None = None
    outcome: str = ""
    ending: str = ""
    status: int | None = None


class LedgerReader(Protocol):
    """Reads, verifies and proves for people."""

    async def state(self, actor: Principal) -> LedgerState: ...

    async def begin_check(self, actor: Principal) -> str:
        """Start a verification, or join the one that runs; the id of its page."""

    async def check(self, actor: Principal, check_id: str) -> LedgerCheck:
        """Raises NotFoundError."""

    async def prove(self, actor: Principal, record_id: str) -> RecordProof:
        """Raises NotFoundError, also where no checkpoint covers the record yet."""


class Explainer(Protocol):
    """Says why; implemented above the ledger, where policies are known."""

    async def explain(self, actor: Principal, request_id: str) -> Explanation:
        """Raises NotFoundError."""
