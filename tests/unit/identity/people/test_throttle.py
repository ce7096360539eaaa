"""How long sign-ins wait."""

from datetime import timedelta

import pytest

from curtilage.identity.people.models import Attempts
from curtilage.identity.people.throttle import (
    ADDRESS_PACE,
    EVERYWHERE_BURST,
    EVERYWHERE_EACH,
    FAMILIAR_FOR,
    FORGET_AFTER,
    FORGET_RARE_AFTER,
    NAME_PACE,
    Tried,
    count_everywhere,
    count_failure,
    count_success,
    delay_after,
    take_back,
    take_back_everywhere,
    wait_before,
    wait_left,
)
from tests.fakes.clock import START

SECOND = timedelta(seconds=1)
NONE = Attempts()


def failed(times: int) -> Attempts:
    return Attempts(failures=times, last_at=START)


def test_the_first_failures_cost_nothing_and_then_the_delay_doubles_up_to_its_end() -> None:
    delays = [delay_after(failures, NAME_PACE) for failures in range(20)]
    assert delays[:5] == [timedelta(0)] * 5
    assert delays[5:9] == [SECOND, 2 * SECOND, 4 * SECOND, 8 * SECOND]
    assert delays[-1] == NAME_PACE.longest
    assert delay_after(10**9, NAME_PACE) == NAME_PACE.longest


def test_what_is_left_of_a_delay_shrinks_to_nothing() -> None:
    attempts = failed(7)
    assert wait_left(attempts, NAME_PACE, at=START) == 4 * SECOND
    assert wait_left(attempts, NAME_PACE, at=START + 3 * SECOND) == SECOND
    assert wait_left(attempts, NAME_PACE, at=START + 9 * SECOND) == timedelta(0)
    assert wait_left(NONE, NAME_PACE, at=START) == timedelta(0)


def test_a_clock_that_went_back_does_not_stretch_a_delay() -> None:
    assert wait_left(failed(7), NAME_PACE, at=START - timedelta(days=400)) == 4 * SECOND


def test_failures_from_elsewhere_do_not_keep_the_owner_out_at_a_familiar_place() -> None:
    attacked = failed(1000)
    stranger = Tried(attacked, NONE, NONE)
    familiar = Tried(attacked, count_success(at=START), NONE)
    assert wait_before(stranger, at=START) == NAME_PACE.longest
    assert wait_before(familiar, at=START) == timedelta(0)
    assert wait_before(familiar, at=START + FAMILIAR_FOR) == timedelta(0)
    assert wait_before(Tried(attacked, NONE, NONE), at=START + NAME_PACE.longest) == timedelta(0)


def test_guessing_at_a_familiar_place_waits_as_well() -> None:
    pair = count_success(at=START)
    for _ in range(8):
        pair = count_failure(pair, at=START)
    assert wait_before(Tried(NONE, pair, NONE), at=START) == 8 * SECOND


def test_a_familiar_place_is_forgotten_after_a_while() -> None:
    pair = count_success(at=START)
    later = START + FAMILIAR_FOR
    attacked = Attempts(failures=1000, last_at=later)
    assert wait_before(Tried(attacked, pair, NONE), at=later) == NAME_PACE.longest


def test_an_address_that_tries_many_names_waits() -> None:
    assert wait_before(Tried(NONE, NONE, failed(19)), at=START) == timedelta(0)
    assert wait_before(Tried(NONE, NONE, failed(40)), at=START) == ADDRESS_PACE.longest


def test_failures_count_up_and_are_forgotten_after_a_day() -> None:
    attempts = count_failure(count_failure(NONE, at=START), at=START)
    assert attempts.failures == 2
    late = START + FORGET_AFTER + SECOND
    assert count_failure(attempts, at=late) == Attempts(failures=1, last_at=late)


def test_what_made_nobody_wait_is_over_sooner_whether_it_was_swept_or_not() -> None:
    after = START + FORGET_RARE_AFTER
    rare, often = Attempts(4, START), Attempts(5, START)
    assert count_failure(rare, at=after).failures == 5
    assert count_failure(rare, at=after + SECOND).failures == 1
    assert count_failure(often, at=after + SECOND).failures == 6
    known = Attempts(4, START, familiar_until=after)
    assert count_failure(known, at=after + SECOND).failures == 5, "where somebody signs in well"


def stuffed(times: int) -> Attempts:
    """All together after so many failures at once."""
    everywhere = NONE
    for _ in range(times):
        everywhere = count_everywhere(everywhere, at=START)
    return everywhere


@pytest.mark.requirement(40)
def test_many_names_tried_once_each_from_many_addresses_slow_strangers_alone() -> None:
    calm, busy = stuffed(EVERYWHERE_BURST), stuffed(EVERYWHERE_BURST + 3)
    known = count_success(at=START)
    assert wait_before(Tried(NONE, NONE, NONE, calm), at=START) == timedelta(0)
    assert wait_before(Tried(NONE, NONE, NONE, busy), at=START) == 3 * EVERYWHERE_EACH
    assert wait_before(Tried(NONE, known, NONE, busy), at=START) == timedelta(0)
    later = START + 3 * EVERYWHERE_EACH
    assert wait_before(Tried(NONE, NONE, NONE, busy), at=later) == timedelta(0)


@pytest.mark.requirement(40)
def test_however_many_failed_nobody_waits_for_longer_than_the_burst_takes() -> None:
    busy = stuffed(10 * EVERYWHERE_BURST)
    longest = EVERYWHERE_BURST * EVERYWHERE_EACH
    assert wait_before(Tried(NONE, NONE, NONE, busy), at=START) == longest
    assert wait_before(Tried(NONE, NONE, NONE, busy), at=START - timedelta(days=9)) == longest
    assert count_everywhere(busy, at=START - timedelta(days=9)).last_at == (
        START - timedelta(days=9) + 2 * longest
    )


def test_what_went_well_was_no_failure() -> None:
    assert take_back(failed(3)) == failed(2)
    assert take_back(NONE) == NONE
    assert take_back_everywhere(NONE) == NONE
    assert take_back_everywhere(stuffed(2)) == stuffed(1)
