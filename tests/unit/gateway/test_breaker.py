"""When an upstream is left alone, and when it is tried again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curtilage.gateway.breaker import LEAST, LONGEST, WINDOW, Breaker, State

REST = 5.0


def a_breaker(failures: int = 3) -> Breaker:
    return Breaker(failures=failures, rest=REST)


def opened(now: float = 100.0) -> Breaker:
    breaker = a_breaker()
    for _ in range(3):
        assert breaker.admits(now)
        breaker.failed(now)
    return breaker


def test_it_opens_after_so_many_failures_in_a_row_and_not_before() -> None:
    breaker = a_breaker()
    for went_well in (False, False, True, False, False):
        (breaker.succeeded if went_well else breaker.failed)(1.0)
    assert breaker.state is State.CLOSED
    breaker.failed(1.0)
    assert breaker.state is State.OPEN and not breaker.admits(1.0)


def test_after_its_rest_one_call_is_let_through_and_closes_it() -> None:
    breaker = opened(100.0)
    assert not breaker.admits(100.0 + REST - 0.1)
    assert breaker.admits(100.0 + REST) and breaker.state is State.HALF_OPEN
    assert not breaker.admits(100.0 + REST), "one at a time"
    breaker.succeeded(100.0 + REST)
    assert breaker.state is State.CLOSED and breaker.admits(106.0) and breaker.admits(106.0)


def test_each_failed_trial_doubles_the_rest_up_to_a_limit() -> None:
    breaker, now = opened(0.0), REST
    for times in (2, 4, 8, LONGEST, LONGEST):
        assert breaker.admits(now)
        breaker.failed(now)
        assert not breaker.admits(now + times * REST - 0.1)
        now += times * REST
    assert breaker.admits(now)


def test_a_trial_whose_caller_left_gives_its_place_to_the_next() -> None:
    breaker = opened(0.0)
    assert breaker.admits(REST)
    breaker.gave_up()
    assert breaker.admits(REST)


def test_half_of_a_window_failing_opens_it_too() -> None:
    breaker = a_breaker(failures=1000)
    for n in range(LEAST):
        assert breaker.state is State.CLOSED
        (breaker.succeeded if n % 2 == 0 else breaker.failed)(n / LEAST)
    assert breaker.state is State.OPEN


def test_failures_that_are_long_past_do_not_count() -> None:
    breaker = a_breaker(failures=1000)
    for n in range(LEAST - 1):
        breaker.failed(n / LEAST)
    for n in range(2 * LEAST):
        breaker.succeeded(WINDOW * 2 + n / LEAST)
        breaker.failed(WINDOW * 2 + n / LEAST) if n == 1 else None
    assert breaker.state is State.CLOSED


def test_without_a_number_it_never_opens() -> None:
    breaker = a_breaker(failures=0)
    for _ in range(100):
        breaker.failed(1.0)
    assert breaker.state is State.CLOSED and breaker.admits(1.0)


STEPS = st.lists(
    st.tuples(st.sampled_from(["admits", "succeeded", "failed", "gave_up"]), st.floats(0, 60))
)


@given(STEPS)
def test_it_is_never_stuck_and_lets_one_trial_through_at_a_time(
    steps: list[tuple[str, float]],
) -> None:
    """Whatever calls report, in any order: a rest ends, and a trial's end frees the next."""
    breaker, now, trying = a_breaker(), 0.0, False
    for step, passed in steps:
        now += passed
        was = breaker.state
        if step == "admits":
            admitted = breaker.admits(now)
            if was is not State.CLOSED and admitted:
                assert not trying, "two trials at once"
            trying = trying or (was is not State.CLOSED and admitted)
        elif step == "gave_up":
            breaker.gave_up()
            trying = False
        else:
            getattr(breaker, step)(now)
            trying = trying and breaker.state is State.HALF_OPEN
    breaker.gave_up()
    now += LONGEST * REST
    assert breaker.admits(now)
    breaker.succeeded(now)
    assert breaker.state is State.CLOSED


@pytest.mark.parametrize("late", ["succeeded", "failed"])
def test_what_a_call_from_before_reports_does_not_shorten_the_rest(late: str) -> None:
    breaker = opened(0.0)
    getattr(breaker, late)(1.0)
    assert breaker.state is State.OPEN and not breaker.admits(REST - 0.1) and breaker.admits(REST)
