"""Instants as text."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curtilage.core.clock import SystemClock, encode_instant, parse_instant

ZONES = st.timedeltas(timedelta(hours=-14), timedelta(hours=14)).map(timezone)
INSTANTS = st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 28), timezones=ZONES)  # noqa: DTZ001


@given(INSTANTS)
def test_an_instant_comes_back_the_same_in_utc(at: datetime) -> None:
    back = parse_instant(encode_instant(at))
    assert back == at
    assert back.utcoffset() == timedelta(0)


@given(INSTANTS, INSTANTS)
def test_texts_sort_as_the_instants_do(one: datetime, other: datetime) -> None:
    assert (encode_instant(one) < encode_instant(other)) == (one < other)


def test_the_form_is_rfc_3339_with_microseconds() -> None:
    at = datetime(2026, 11, 23, 10, 20, 31, 123456, UTC)
    assert encode_instant(at) == "2026-11-23T10:20:31.123456Z"


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "Z",
        "2026-11-23",
        "2026-11-23Z",
        "2026-11-23T10:20:31.123456",
        "2026-11-23T10:20:31Z",
        "2026-11-23T10:20:31.123Z",
        "2026-11-23 10:20:31.123456Z",
        "2026-11-23T10:20:31.123456+00:00",
        "2026-11-23T10:20:31.123456+01:00Z",
        "2026-13-01T00:00:00.000000Z",
        "20261123T102031.123456Z",
        "٢٠٢٦-11-23T10:20:31.123456Z",
    ],
)
def test_any_other_form_is_refused(raw: str) -> None:
    with pytest.raises(ValueError, match=r"^expected an instant") as caught:
        parse_instant(raw)
    assert not raw or raw not in str(caught.value)


def test_an_instant_without_a_zone_is_not_written() -> None:
    with pytest.raises(ValueError, match=r"^expected an aware instant"):
        encode_instant(datetime(2026, 11, 23))  # noqa: DTZ001 - what is refused


def test_the_system_clock_is_aware_and_its_seconds_do_not_decrease() -> None:
    clock = SystemClock()
    assert clock.now().tzinfo is UTC
    assert clock.monotonic() <= clock.monotonic()
