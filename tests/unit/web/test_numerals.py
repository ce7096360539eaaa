from datetime import UTC, datetime

import pytest

from curtilage.web.numerals import ENGLISH, FRENCH, GERMAN, SPANISH, THIN, Numerals

AT = datetime(2026, 2, 3, 9, 30, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("numerals", "small", "large"),
    [
        (ENGLISH, f"1{THIN}234", f"1{THIN}234{THIN}567"),
        (GERMAN, "1.234", "1.234.567"),
        (FRENCH, f"1{THIN}234", f"1{THIN}234{THIN}567"),
        (SPANISH, "1234", "1.234.567"),
    ],
)
def test_thousands_stand_apart_as_the_language_has_it(
    numerals: Numerals, small: str, large: str
) -> None:
    assert numerals.number(0) == "0"
    assert numerals.number(999) == "999"
    assert numerals.number(1234) == small
    assert numerals.number(1_234_567) == large
    assert numerals.number(-1_234_567) == f"-{large}"


def test_spanish_begins_at_five_digits() -> None:
    assert SPANISH.number(9999) == "9999"
    assert SPANISH.number(10_000) == "10.000"


@pytest.mark.parametrize(
    ("numerals", "text"),
    [(ENGLISH, f"12{THIN}345.60"), (GERMAN, "12.345,60"), (SPANISH, "12.345,60")],
)
def test_the_point_is_the_language_s_own(numerals: Numerals, text: str) -> None:
    assert numerals.fraction("12345.60") == text
    assert numerals.fraction("12") == "12"


@pytest.mark.parametrize(
    ("numerals", "text"),
    [
        (ENGLISH, "03 Feb 2026, 09:30:05 UTC"),
        (GERMAN, "03.02.2026, 09:30:05 UTC"),
        (FRENCH, "3 févr. 2026, 09:30:05 UTC"),
        (SPANISH, "3 feb 2026, 09:30:05 UTC"),
    ],
)
def test_an_instant_reads_as_in_the_language(numerals: Numerals, text: str) -> None:
    assert numerals.instant(AT) == text


@pytest.mark.parametrize("numerals", [ENGLISH, FRENCH, SPANISH])
def test_there_are_twelve_months(numerals: Numerals) -> None:
    assert len(set(numerals.months)) == 12
