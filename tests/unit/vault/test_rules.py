"""Epochs and dates."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curtilage.vault.errors import ClockImplausible, UnknownSpan
from curtilage.vault.rules import (
    EPOCH_ZERO,
    UNKNOWN_BACKUPS,
    choose_epoch,
    epoch_at,
    epoch_end,
    irrecoverable_by,
    is_pinned,
)

TICK = timedelta(microseconds=1)


@given(st.datetimes(datetime(2020, 1, 2), datetime(2999, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_every_instant_lies_in_its_epoch(at: datetime) -> None:
    epoch = epoch_at(at)
    assert epoch_end(epoch - 1) <= at < epoch_end(epoch)


def test_an_epoch_ends_on_the_microsecond() -> None:
    assert epoch_at(EPOCH_ZERO) == 0
    assert epoch_at(EPOCH_ZERO + timedelta(days=30) - TICK) == 0
    assert epoch_at(EPOCH_ZERO + timedelta(days=30)) == 1
    assert epoch_end(0) == datetime(2020, 1, 31, tzinfo=UTC)


def test_the_time_zone_of_an_instant_does_not_matter() -> None:
    end = epoch_end(80)
    west = (end - TICK).astimezone(timezone(timedelta(hours=14)))
    assert epoch_at(west) == 80


def test_a_clock_before_2020_is_refused() -> None:
    with pytest.raises(ClockImplausible):
        epoch_at(EPOCH_ZERO - TICK)


@pytest.mark.parametrize(
    ("now", "newest", "chosen"),
    [
        (80, None, 80),
        (80, 79, 80),
        (80, 80, 80),
        (80, 81, 81),  # another machine's clock is a little ahead, or ours went back
        (80, 82, 80),  # a clock was wrong by months
    ],
)
def test_the_epoch_in_use_goes_back_for_nobody(now: int, newest: int | None, chosen: int) -> None:
    assert choose_epoch(now, newest) == chosen


def test_sessions_and_collections_keep_their_epoch() -> None:
    assert is_pinned("session")
    assert is_pinned("collection")
    assert not is_pinned("epoch")
    with pytest.raises(UnknownSpan):
        is_pinned("forever")


def test_the_second_date_is_known_only_where_somebody_declared_it() -> None:
    since = datetime(2026, 3, 2, tzinfo=UTC)
    assert irrecoverable_by(since, None) == (None, UNKNOWN_BACKUPS[False])
    by, reason = irrecoverable_by(since, 14)
    assert by == datetime(2026, 3, 16, tzinfo=UTC)
    assert reason == "Backups of the key directory are declared to expire in 14 days."


def test_a_database_keeps_more_copies_than_a_file() -> None:
    since = datetime(2026, 3, 2, tzinfo=UTC)
    for days in (None, 14):
        assert "write-ahead log" in irrecoverable_by(since, days, is_shared=True)[1]
