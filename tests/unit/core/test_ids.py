"""UUIDv7: sorted, unique, also when the clock goes backwards."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curtilage.core.ids import SystemIds, id_instant
from tests.fakes import FixedClock, FixedEntropy

STEPS = st.lists(st.timedeltas(timedelta(days=-3), timedelta(days=3)), max_size=30)


@given(STEPS)
def test_ids_of_one_process_increase_whatever_the_clock_does(steps: list[timedelta]) -> None:
    clock = FixedClock()
    ids = SystemIds(clock, FixedEntropy())
    made = [ids.new()]
    for step in steps:
        clock.step(step)
        made.append(ids.new())
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_more_ids_than_fit_into_a_millisecond_still_increase() -> None:
    ids = SystemIds(FixedClock(), FixedEntropy())
    made = [ids.new() for _ in range(9000)]
    assert made == sorted(set(made))


def test_an_id_is_a_uuid_of_version_7_in_the_usual_variant() -> None:
    made = UUID(SystemIds(FixedClock(), FixedEntropy()).new())
    assert (made.version, made.variant) == (7, "specified in RFC 4122")


@given(st.datetimes(datetime(1970, 1, 1), datetime(9999, 1, 1)))  # noqa: DTZ001 - made aware below
def test_an_id_tells_when_it_was_made_to_the_millisecond(at: datetime) -> None:
    at = at.replace(tzinfo=UTC, microsecond=at.microsecond // 1000 * 1000)
    made = SystemIds(FixedClock(at), FixedEntropy()).new()
    assert id_instant(made) == at


@pytest.mark.parametrize("raw", ["", "not an id", "0e6c1f9e-2a54-4f0e-8d51-2f2f7ad1c1aa", "é" * 36])
def test_what_is_no_uuid_of_version_7_has_no_instant(raw: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        id_instant(raw)


def test_an_instant_beyond_the_calendar_is_a_value_error() -> None:
    with pytest.raises(ValueError, match=r"."):
        id_instant("ffffffff-ffff-7000-8000-000000000000")
