"""Dates inside numbers. No clock: a date is real or it is not."""

from calendar import monthrange

FIRST_YEAR = 1875
LAST_YEAR = 2039  # fixed, so that the same text gives the same findings in any year


def is_date(year: int, month: int, day: int) -> bool:
    """Whether the calendar has it, within the years that living people see."""
    return (
        FIRST_YEAR <= year <= LAST_YEAR
        and 1 <= month <= 12
        and 1 <= day <= monthrange(year, month)[1]
    )


def is_short_date(year: str, month: str, day: str) -> bool:
    """A date whose year has two digits, in this century or the last."""
    return is_date(1900 + int(year), int(month), int(day)) or is_date(
        2000 + int(year), int(month), int(day)
    )


def is_ddmmyy(number: str) -> bool:
    return is_short_date(number[4:6], number[2:4], number[:2])


def is_yymmdd(number: str) -> bool:
    return is_short_date(number[:2], number[2:4], number[4:6])


def is_yyyymmdd(number: str) -> bool:
    return is_date(int(number[:4]), int(number[4:6]), int(number[6:8]))
