"""What the pages of reveals show, and the port that gives it to them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from curtilage.core.models import Principal
from curtilage.identity.reveal.models import (
    Opened,
    Reveal,
    State,
    Step,
    Target,
)
from curtilage.identity.reveal.settings import Mode


@dataclass(frozen=True, slots=True)
class ListedReveal:
    """A request as a list shows it: who, what kind, and what became of it."""

    reveal: Reveal
    state: State
    asker: str = field(repr=False)
    decider: str = field(repr=False)
    reason: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class ShownReveal:
    """A request on its own page.

    `target` and `reason` are gone where the key that sealed them was destroyed. `person` is
    the name of whose address is asked for. `steps` is what the reader may do, `settles_at`
    when their right to approve counts, where it does not yet."""

    reveal: Reveal
    state: State
    asker: str = field(repr=False)
    decider: str = field(repr=False)
    target: Target | None
    reason: str = field(repr=False)
    person: str = field(default="", repr=False)
    steps: frozenset[Step] = frozenset()
    ends_at: datetime | None = None
    settles_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Board:
    """What waits for the reader, what they asked for, and everything by date.

    `next` is where the page after begins, "" for none."""

    waiting: Sequence[ListedReveal]
    mine: Sequence[ListedReveal]
    all: Sequence[ListedReveal]
    next: str = ""


class RevealDesk(Protocol):
    """What the pages work with. `session` is the secret in the cookie: whoever asks,
    decides or opens raises `ProveAgain` unless they proved lately who they are."""

    @property
    def mode(self) -> Mode: ...

    async def is_fresh(self, session: str) -> bool:
        """Whether they need not prove again who they are."""

    def may_ask(self, actor: Principal) -> bool:
        """Whether they hold the right to ask for a value."""

    async def find_name(self, actor: Principal, target: Target) -> str:
        """What whoever is asked about is called. Raises as `ask` for what is not there."""

    async def board(self, actor: Principal, *, before: str = "", limit: int) -> Board: ...

    async def show(self, actor: Principal, id: str) -> ShownReveal:
        """Raises `UnknownReveal`."""

    async def ask(self, actor: Principal, session: str, target: Target, reason: str) -> str:
        """The id of the request. Raises `RevealsOff`, `RevealReasonUnfit`, `UnknownValue`,
        `ValueErased`, `ValueWithheld` or `TooManyReveals`."""

    async def approve(self, actor: Principal, session: str, id: str) -> None:
        """Raises `RevealClosed`, `OwnReveal` or `ApproverTooNew`."""

    async def refuse(self, actor: Principal, session: str, id: str) -> None:
        """Raises `RevealClosed` or `OwnReveal`."""

    async def withdraw(self, actor: Principal, id: str) -> None:
        """Raises `RevealClosed` or `NotWhoAsked`."""

    async def open(self, actor: Principal, session: str, id: str) -> Opened:
        """Once. Raises `RevealClosed`, `NotWhoAsked`, `StandingLost` or `ValueErased`."""
