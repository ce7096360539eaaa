"""Which earlier policies a history knows, and until when each was in force."""

from datetime import timedelta

from curtilage.consent.versions import Activation, list_past
from tests.fakes.clock import START


def after(hours: int) -> object:
    return START + timedelta(hours=hours)


def activations(*versions: str) -> list[Activation]:
    return [Activation("mine", each, after(hour)) for hour, each in enumerate(versions)]


def past(*versions: str) -> list[tuple[str, object]]:
    return [(each.version, until) for each, until in list_past(activations(*versions))]


def test_nothing_and_one_version_have_no_past() -> None:
    assert past() == []
    assert past("a") == []


def test_the_last_one_comes_first() -> None:
    assert past("a", "b", "c") == [("b", after(2)), ("a", after(1))]


def test_each_counts_once_as_of_the_last_time() -> None:
    assert past("a", "b", "a", "c") == [("a", after(3)), ("b", after(2))]


def test_what_is_in_force_again_is_not_past() -> None:
    assert past("a", "b", "a") == [("b", after(2))]


def test_another_name_is_another_policy() -> None:
    both = [Activation("mine", "a", after(0)), Activation("other", "a", after(1))]
    assert list_past(both) == [(both[0], after(1))]
