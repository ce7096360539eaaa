from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curtilage.web.present import (
    THIN,
    counted,
    machine_time,
    milliseconds,
    money,
    number,
    shown,
    treatment_words,
    utc_time,
)

AT = datetime(2026, 3, 2, 9, 30, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain, ä, 漢, 👩‍⚕️", "plain, ä, 漢, 👩‍⚕️"),
        ("two\nlines\tand a tab", "two\nlines\tand a tab"),
        ("admin\u202egnp.exe", "admin⟨U+202E⟩gnp.exe"),
        ("zero\u200bwidth", "zero⟨U+200B⟩width"),
        ("\x00\x1b[31m", "⟨U+0000⟩⟨U+001B⟩[31m"),
        ("\ud800", "⟨U+D800⟩"),
    ],
)
def test_what_nobody_can_see_is_made_visible(text: str, expected: str) -> None:
    assert shown(text) == expected


@given(st.text())
def test_no_character_that_turns_reading_order_is_left(text: str) -> None:
    assert not set(shown(text)) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "–"),
        (0.314, "0.31\u202fms"),
        (12.34, "12.3\u202fms"),
        (312.4, "312\u202fms"),
        (12_345.0, "12.3\u202fs"),
    ],
)
def test_a_duration_has_as_many_digits_as_one_can_use(value: float | None, expected: str) -> None:
    assert milliseconds(value) == expected


def test_thousands_are_kept_apart() -> None:
    assert number(1_234_567) == "1\u202f234\u202f567"
    assert counted(1, "request", "requests") == "1 request"
    assert counted(2000, "request", "requests") == "2\u202f000 requests"


def test_an_instant_is_written_for_machines_and_for_people_without_a_script() -> None:
    assert machine_time(AT) == "2026-03-02T09:30:05Z"
    assert utc_time(AT) == "02 Mar 2026, 09:30:05 UTC"


def test_a_treatment_has_plain_words_and_an_unknown_one_keeps_its_name() -> None:
    assert treatment_words("token") == "replaced by a token"
    assert treatment_words("new-one") == "new-one"


def test_money_is_shown_to_a_hundredth_and_less_than_one_exactly() -> None:
    assert money(1_234_567_891) == f"1{THIN}234.57"
    assert money(7_304_840) == "7.30"
    assert money(999_999) == "0.999999"
    assert money(120) == "0.00012"
    assert money(0) == "0.00"
