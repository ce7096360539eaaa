"""A writer's time never goes back, and says so once when the clock does."""

from datetime import timedelta

from curtilage.ledger.timeline import Timeline
from tests.fakes.clock import START

SECOND = timedelta(seconds=1)


def test_an_event_of_now_keeps_its_time() -> None:
    line = Timeline(START)
    assert line.stamp(START + SECOND / 2, START + SECOND) == START + SECOND / 2


def test_an_event_from_long_ago_is_stamped_with_the_present() -> None:
    line = Timeline(START)
    assert line.stamp(START - SECOND, START + SECOND) == START + SECOND
    assert line.stamp(START + SECOND, START + 9 * SECOND) == START + 9 * SECOND


def test_an_event_from_the_future_does_not_drag_the_log_along() -> None:
    line = Timeline(START)
    assert line.stamp(START + timedelta(days=9999), START + SECOND) == START + SECOND


def test_while_the_clock_is_behind_the_last_time_is_carried() -> None:
    line = Timeline(START)
    assert line.stamp(START - 9 * SECOND, START - 9 * SECOND) == START


def test_a_step_back_is_told_once_until_the_clock_has_caught_up() -> None:
    line = Timeline(START)
    assert line.step_back(START - SECOND / 2) is None
    assert line.step_back(START - 3 * SECOND) == 3 * SECOND
    assert line.step_back(START - 2 * SECOND) is None
    assert line.step_back(START) is None
    assert line.step_back(START - 2 * SECOND) == 2 * SECOND
