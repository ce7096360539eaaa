"""What may happen to a request, when, and by whose hand."""

from dataclasses import replace
from datetime import timedelta

import pytest

from curtilage.core.errors import CurtilageError
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
from curtilage.identity.reveal.models import Reveal, Standing, State, Step, ValueKind
from curtilage.identity.reveal.rules import (
    DECIDE_WITHIN,
    MOVES,
    OPEN_WITHIN,
    SETTLES_AFTER,
    approve,
    check_reason,
    ends_at,
    find_standing,
    list_steps,
    open_once,
    settles_at,
    state_at,
    take_step,
)
from curtilage.identity.reveal.settings import Mode
from tests.builders import TENANT
from tests.fakes.clock import START

IDA, BEN = PrincipalId("p-ida"), PrincipalId("p-ben")
LONG_AGO = START - timedelta(days=30)
MOMENT = timedelta(microseconds=1)
ASKED = Reveal(TENANT, "r-1", ValueKind.TOKEN, IDA, START, sealed_for=IDA)
APPROVED = replace(ASKED, state=State.APPROVED, decided_by=BEN, decided_at=START)
ALONE = replace(APPROVED, decided_by=None)
SECOND = Standing(BEN, LONG_AGO)
FIRST = Standing(IDA, LONG_AGO)


@pytest.mark.parametrize("state", [each for each in State if each is not State.EXPIRED])
@pytest.mark.parametrize("step", list(Step))
def test_only_what_the_table_says_happens(state: State, step: Step) -> None:
    reveal = replace(ASKED, state=state, decided_at=START)
    who = BEN if step in (Step.APPROVE, Step.REFUSE) else IDA
    expected = MOVES.get((state, step))
    if expected is None:
        with pytest.raises(RevealClosed):
            take_step(reveal, step, who, at=START)
    else:
        assert take_step(reveal, step, who, at=START).state is expected
    assert (step in list_steps(reveal, who, at=START)) is (expected is not None)


def test_what_was_opened_refused_or_withdrawn_is_over_for_good() -> None:
    ends = {State.OPENED, State.REFUSED, State.WITHDRAWN, State.EXPIRED}
    assert not [state for state, _ in MOVES if state in ends]


@pytest.mark.parametrize("step", [Step.APPROVE, Step.REFUSE])
def test_nobody_decides_about_what_they_asked_for(step: Step) -> None:
    with pytest.raises(OwnReveal):
        take_step(ASKED, step, IDA, at=START)
    assert step not in list_steps(ASKED, IDA, at=START)


@pytest.mark.parametrize("step", [Step.OPEN, Step.WITHDRAW])
def test_nobody_else_opens_or_withdraws(step: Step) -> None:
    with pytest.raises(NotWhoAsked):
        take_step(APPROVED, step, BEN, at=START)
    assert step not in list_steps(APPROVED, BEN, at=START)


@pytest.mark.parametrize(("reveal", "within"), [(ASKED, DECIDE_WITHIN), (APPROVED, OPEN_WITHIN)])
def test_waiting_and_an_approval_have_an_end(reveal: Reveal, within: timedelta) -> None:
    end = START + within
    assert ends_at(reveal) == end
    assert state_at(reveal, end - MOMENT) is reveal.state
    assert state_at(reveal, end) is State.EXPIRED
    with pytest.raises(RevealClosed):
        take_step(reveal, Step.WITHDRAW, IDA, at=end)
    assert list_steps(reveal, IDA, at=end) == frozenset()


def test_what_is_closed_never_expires() -> None:
    assert ends_at(replace(ASKED, state=State.OPENED)) is None
    assert state_at(replace(ASKED, state=State.REFUSED), START + 400 * DECIDE_WITHIN) is (
        State.REFUSED
    )


def test_a_decision_says_who_and_when_and_the_rest_when_it_closed() -> None:
    later = START + timedelta(minutes=5)
    approved = approve(ASKED, SECOND, at=later)
    assert (approved.decided_by, approved.decided_at, approved.closed_at) == (BEN, later, None)
    refused = take_step(approved, Step.REFUSE, BEN, at=later)
    assert (refused.decided_by, refused.closed_at) == (BEN, later)
    opened = take_step(approved, Step.OPEN, IDA, at=later + timedelta(minutes=1))
    assert (opened.decided_by, opened.decided_at) == (BEN, later)
    assert opened.closed_at == later + timedelta(minutes=1)


def test_a_right_counts_a_day_after_it_was_given_whoever_gave_it() -> None:
    for giver in (IDA, PrincipalId("p-grace"), None):
        new = Standing(BEN, START - SETTLES_AFTER + MOMENT, giver)
        with pytest.raises(ApproverTooNew):
            approve(ASKED, new, at=START)
        assert approve(ASKED, new, at=settles_at(new)).state is State.APPROVED


def test_that_the_asker_gave_the_right_is_written_down_for_good() -> None:
    assert approve(ASKED, replace(SECOND, given_by=IDA), at=START).right_from_asker
    assert not approve(ASKED, replace(SECOND, given_by=BEN), at=START).right_from_asker
    assert not approve(ASKED, SECOND, at=START).right_from_asker


def test_a_refusal_takes_no_settled_right() -> None:
    assert take_step(ASKED, Step.REFUSE, BEN, at=START).state is State.REFUSED


def opened(reveal: Reveal, **given: object) -> Reveal:
    wanted = {"mode": Mode.TWO_PEOPLE, "asker": FIRST, "approver": SECOND, "at": START} | given
    return open_once(reveal, IDA, **wanted)  # type: ignore[arg-type]


def test_it_opens_once_while_both_are_what_they_were() -> None:
    assert opened(APPROVED).state is State.OPENED
    for lost in ({"asker": None}, {"approver": None}):
        with pytest.raises(StandingLost):
            opened(APPROVED, **lost)
    with pytest.raises(RevealClosed):
        opened(opened(APPROVED))
    with pytest.raises(RevealClosed):
        opened(ASKED)


def test_the_setting_as_it_is_now_decides() -> None:
    with pytest.raises(RevealsOff):
        opened(APPROVED, mode=Mode.OFF)
    assert opened(ALONE, mode=Mode.REASON, approver=None).state is State.OPENED
    with pytest.raises(RevealClosed):  # asked when one was enough, opened when it is not
        opened(ALONE, mode=Mode.TWO_PEOPLE)
    with pytest.raises(StandingLost):  # approved by somebody who lost the right since
        opened(APPROVED, mode=Mode.REASON, approver=None)


@pytest.mark.parametrize(
    "raw", ["", "  ", "Ticket", "x" * 501, "Ticket 4711 \x00", "a \u202e bcdefghij"]
)
def test_a_reason_is_words_that_can_be_read(raw: str) -> None:
    with pytest.raises(RevealReasonUnfit) as caught:
        check_reason(raw)
    assert raw.strip() == "" or raw not in str(caught.value)


def test_a_reason_is_kept_on_one_line() -> None:
    assert check_reason("  Ticket 4711:\n she asks ") == "Ticket 4711: she asks"
    assert check_reason("x" * 500) == "x" * 500


def test_standing_counts_from_the_oldest_role_that_holds_the_right() -> None:
    assert find_standing(BEN, []) is None
    found = find_standing(BEN, [(START, IDA), (LONG_AGO, None)])
    assert found == Standing(BEN, LONG_AGO, None)


def test_every_refusal_says_nothing_of_who_or_what() -> None:
    for error in (OwnReveal, NotWhoAsked, RevealClosed, ApproverTooNew, StandingLost):
        assert issubclass(error, CurtilageError) and "p-ida" not in str(error())
