"""Dates inside numbers: the calendar decides, no clock."""

import pytest

from curtilage.detect import dates


@pytest.mark.parametrize(
    ("year", "month", "day", "expected"),
    [
        (2000, 2, 29, True),
        (1900, 2, 29, False),
        (2023, 4, 31, False),
        (1984, 0, 1, False),
        (1984, 13, 1, False),
        (1700, 1, 1, False),
        (2100, 1, 1, False),
    ],
)
def test_only_days_of_the_calendar_within_reach_are_dates(
    year: int, month: int, day: int, expected: bool
) -> None:
    assert dates.is_date(year, month, day) is expected


def test_short_years_may_be_of_either_century() -> None:
    assert dates.is_ddmmyy("290200")  # 2000 had one, 1900 had not
    assert dates.is_yymmdd("840312")
    assert not dates.is_yymmdd("841312")
    assert dates.is_yyyymmdd("19840312")
