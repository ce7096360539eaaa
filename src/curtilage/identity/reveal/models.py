"""Requests to see a value, and who stands behind them, as plain values."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from curtilage.core.models import PrincipalId, TenantId

READ, ASK, APPROVE = "reveals:read", "reveals:ask", "reveals:approve"
"""The rights: to see who asked for what, to ask for a value, to decide."""


class ValueKind(StrEnum):
    """What can be asked for."""

    ADDRESS = "address"  # of a person who has an account
    TOKEN = "token"  # what a token stands for in a stored map
    RECORD = "record"  # the sealed part of a record in the ledger


class State(StrEnum):
    """What became of a request. EXPIRED is never kept: it follows from the time."""

    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    OPENED = "opened"
    EXPIRED = "expired"


class Step(StrEnum):
    """What somebody does with a request."""

    APPROVE = "approve"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Target:
    """Which value: a person's id, a token, the id of a record.

    `within` is the scope of a token, and the person whom a record is about where that
    has to be named; else ""."""

    kind: ValueKind
    reference: str
    within: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Found:
    """That a value is there. `subject` is the pseudonym of whom it is about, "" if nobody
    says; `person` is their account, where they have one."""

    subject: str = ""
    person: PrincipalId | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """A value in the clear, as lines of a name and a text. Not kept anywhere."""

    lines: tuple[tuple[str, str], ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class About:
    """What is asked for and why; None where the key of its person was destroyed."""

    target: Target
    reason: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Reveal:
    """One request for one value.

    `about` is sealed under the key of `sealed_for`: whose value it is, else who asked.
    `decided_by` is None where nobody was asked, in the mode `reason`. `right_from_asker`
    says that the asker had given that person the right to decide."""

    tenant: TenantId
    id: str
    kind: ValueKind
    asker: PrincipalId
    asked_at: datetime
    sealed_for: PrincipalId
    about: bytes = field(default=b"", repr=False)
    subject: str = ""
    state: State = State.ASKED
    decided_by: PrincipalId | None = None
    decided_at: datetime | None = None
    right_from_asker: bool = False
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Since when somebody who is active holds a right, and who gave it to them."""

    person: PrincipalId
    since: datetime
    given_by: PrincipalId | None = None
