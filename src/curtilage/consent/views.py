"""What the pages show of policies, as plain data, and who gives it to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from curtilage.consent.diff import Change
from curtilage.consent.shadow import ShadowSummary
from curtilage.core.models import Principal

SHOWN = 12  # digits of a version that people see


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """One policy that is on offer. `problem` is set where its file is not understood."""

    name: str
    title: str = ""
    version: str = ""
    decides: bool = False
    problem: str = ""


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version that is kept. `since` is when it came into force the last time.

    `state` is `decides`, `past`, `proposed` or `approved`. `author` and `approver`
    are names for people; `mine` says that the reader put it forward.
    """

    name: str
    version: str
    state: str
    seen_at: datetime
    since: datetime | None = None
    author: str = ""
    approver: str = ""
    reason: str = ""
    mine: bool = False


@dataclass(frozen=True, slots=True)
class PolicyList:
    """Every policy, every version that is kept, the newest first, and what second
    policies would have done to the calls of some hours."""

    policies: Sequence[PolicyRow]
    versions: Sequence[VersionRow]
    needs_approval: bool
    shadows: Sequence[ShadowSummary] = ()


@dataclass(frozen=True, slots=True)
class PolicyView:
    """One policy. `waiting` is the version of its file where that does not decide yet."""

    row: PolicyRow
    versions: Sequence[VersionRow]
    text: str
    waiting: str = ""
    needs_approval: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """What became otherwise between two sides, and which sides there are to choose."""

    name: str
    before: str
    after: str
    changes: Sequence[Change]
    sides: Sequence[tuple[str, str]]


class PolicyReading(Protocol):
    """The use cases that the pages call. Methods raise `UnknownPolicy` and its like."""

    async def overview(self, actor: Principal, hours: int) -> PolicyList: ...

    async def show(self, actor: Principal, name: str) -> PolicyView: ...

    async def compare(self, actor: Principal, name: str, before: str, after: str) -> Comparison:
        """Sides are versions, `file` for what the file holds now, or names; empty: the usual."""

    async def propose(self, actor: Principal, name: str, reason: str) -> str:
        """Put forward what the file of this policy holds now; gives the version."""

    async def approve(self, actor: Principal, version: str) -> None: ...
