"""What may happen to a request, when, and by whose hand. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from curtilage.core.models import PrincipalId
from curtilage.identity.reveal.errors import (
    ApproverTooNew,
    NotWhoAsked,
    OwnReveal,
    RevealClosed,
    RevealReasonUnfit,
    RevealsOff,
    StandingLost,
)
from curtilage.identity.reveal.models import (
    Reveal,
    Standing,
    State,
    Step,
)
from curtilage.identity.reveal.settings import Mode

DECIDE_WITHIN = timedelta(hours=24)  # what nobody decided in a day is asked again
OPEN_WITHIN = timedelta(minutes=15)  # a value is needed now, or it is not needed
SETTLES_AFTER = timedelta(hours=24)  # long enough for others to see who was given the right
KEPT_FOR = timedelta(days=90)  # the ledger has it for as long as its own retention says
MOST_WAITING = 20  # of one asker at once
LONGEST_REASON = 500
SHORTEST_REASON = 10

MOVES: Mapping[tuple[State, Step], State] = {
    (State.ASKED, Step.APPROVE): State.APPROVED,
    (State.ASKED, Step.REFUSE): State.REFUSED,
    (State.ASKED, Step.WITHDRAW): State.WITHDRAWN,
    (State.APPROVED, Step.REFUSE): State.REFUSED,  # second thoughts, of whoever may decide
    (State.APPROVED, Step.WITHDRAW): State.WITHDRAWN,
    (State.APPROVED, Step.OPEN): State.OPENED,
}
"""All that can happen; whatever is not here is closed."""


def check_reason(raw: str) -> str:
    """A reason that somebody else can judge. Raises `RevealReasonUnfit`."""
    reason = " ".join(raw.split())
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON or not reason.isprintable():
        raise RevealReasonUnfit
    return reason


def state_at(reveal: Reveal, at: datetime) -> State:
    """What has become of it by then: waiting has an end, and so has an approval."""
    end = ends_at(reveal)
    return State.EXPIRED if end is not None and at >= end else reveal.state


def ends_at(reveal: Reveal) -> datetime | None:
    """When an open request ends by itself; None for one that is closed."""
    if reveal.state is State.ASKED:
        return reveal.asked_at + DECIDE_WITHIN
    if reveal.state is State.APPROVED:
        return (reveal.decided_at or reveal.asked_at) + OPEN_WITHIN
    return None


def list_steps(reveal: Reveal, who: PrincipalId, *, at: datetime) -> frozenset[Step]:
    """What is open to somebody who holds all the rights for it."""
    state, asked = state_at(reveal, at), who == reveal.asker
    own = {Step.WITHDRAW, Step.OPEN} if asked else {Step.APPROVE, Step.REFUSE}
    return frozenset(step for step in own if (state, step) in MOVES)


def take_step(reveal: Reveal, step: Step, who: PrincipalId, *, at: datetime) -> Reveal:
    """The request after the step. Raises `RevealClosed`, `OwnReveal` or `NotWhoAsked`."""
    asked = who == reveal.asker
    if step in (Step.APPROVE, Step.REFUSE) and asked:
        raise OwnReveal
    if step in (Step.WITHDRAW, Step.OPEN) and not asked:
        raise NotWhoAsked
    state = MOVES.get((state_at(reveal, at), step))
    if state is None:
        raise RevealClosed
    if asked:
        return replace(reveal, state=state, closed_at=at)
    closed = None if state is State.APPROVED else at
    return replace(reveal, state=state, decided_by=who, decided_at=at, closed_at=closed)


def approve(reveal: Reveal, second: Standing, *, at: datetime) -> Reveal:
    """The request with a second person's word.

    A right that was given less than a day ago does not count, whoever gave it: somebody who
    makes themselves a second account has to wait, in sight of all, and by a chain of accounts
    as well. Raises as `take_step`, and `ApproverTooNew`."""
    approved = take_step(reveal, Step.APPROVE, second.person, at=at)
    if at < settles_at(second):
        raise ApproverTooNew
    return replace(approved, right_from_asker=second.given_by == reveal.asker)


def settles_at(standing: Standing) -> datetime:
    """From when on somebody's right counts."""
    return standing.since + SETTLES_AFTER


def open_once(
    reveal: Reveal,
    who: PrincipalId,
    *,
    mode: Mode,
    asker: Standing | None,
    approver: Standing | None,
    at: datetime,
) -> Reveal:
    """The request once its value was shown: nothing opens it again.

    Both have to be what they were when they asked and approved. Raises as `take_step`,
    `RevealsOff`, or `StandingLost`."""
    if mode is Mode.OFF:
        raise RevealsOff
    opened = take_step(reveal, Step.OPEN, who, at=at)
    if reveal.decided_by is None and mode is Mode.TWO_PEOPLE:  # asked when one was enough
        raise RevealClosed
    if asker is None or (reveal.decided_by is not None and approver is None):
        raise StandingLost
    return opened


def find_standing(
    person: PrincipalId, grants: Iterable[tuple[datetime, PrincipalId | None]]
) -> Standing | None:
    """By the oldest of the roles that hold the right; None where there is none."""
    oldest = min(grants, key=lambda each: each[0], default=None)
    return None if oldest is None else Standing(person, *oldest)
