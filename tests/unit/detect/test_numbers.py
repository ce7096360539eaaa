"""Forms of digits alone: which those are, and which of them a run of digits may be."""

import re

import pytest

from curtilage.detect.models import Edge, Form, R
from curtilage.detect.numbers import KNOWN, LONGEST_KNOWN, TRIGGER, Layouts, layout_of


def form(pattern: str) -> Form:
    return Form(pattern, R, 0.5, Edge.NUMBER)


@pytest.mark.parametrize(
    ("pattern", "fits", "fits_not"),
    [
        ("[1-9][0-9]{8}", ("999999999",), ("99999999", "9999999999")),
        (r"[0-9]{3}[ \-]?[0-9]{2}[ \-]?[0-9]{4}", ("999-99-9999", "999 999999"), ("999.99.9999",)),
        (r"8(?:00|33)[0-9]{4}|[0-9]{2}/[0-9]{5}", ("9999999", "99/99999"), ("99-99999",)),
        (r"[0-9]{4}[ \t.\-][0-9]{4}", ("9999\t9999", "9999.9999"), ("9999,9999",)),
    ],
)
def test_a_form_of_digits_and_separators_has_a_layout(
    pattern: str, fits: tuple[str, ...], fits_not: tuple[str, ...]
) -> None:
    layout = layout_of(form(pattern))
    assert layout is not None
    assert all(layout.fullmatch(each) for each in fits)
    assert not any(layout.search(each) for each in fits_not)


@pytest.mark.parametrize(
    "pattern",
    ["[0-9]{8}[A-Z]", "[+][0-9]{9}", "[0-9]{5}", "[0-9]{4,12}", r"[0-9]{3}([ \-])[0-9]{3}\1[0-9]"],
)
def test_what_has_letters_or_few_digits_has_none(pattern: str) -> None:
    assert layout_of(form(pattern)) is None


def test_a_form_with_a_trigger_of_its_own_has_none() -> None:
    assert layout_of(Form("[0-9]{9}", R, 0.5, Edge.NUMBER, trigger="[0-9]{9}")) is None


def test_the_common_trigger_is_in_whatever_has_a_layout() -> None:
    trigger = re.compile(TRIGGER)
    for number in ("123456", "1 2-3.4/5,6", "123\t456 789"):
        assert trigger.match(number)


def layouts(*patterns: str) -> Layouts[str]:
    known = [(layout_of(form(pattern)), pattern) for pattern in patterns]
    return Layouts([(layout, pattern) for layout, pattern in known if layout])


def test_a_run_is_told_apart_by_its_layout() -> None:
    nine, dashed = "[0-9]{9}", "[0-9]{3}-[0-9]{2}-[0-9]{4}"
    known = layouts(nine, dashed)
    assert known.fitting("see 123456789 there", 4, 10) == (nine,)
    assert known.fitting("see 123-45-6789 there", 4, 11) == (dashed,)
    assert known.fitting("1234 123456789, 123-45-6789", 0, 4) == (nine, dashed)


def test_a_layout_that_is_known_gives_the_same_again() -> None:
    known = layouts("[0-9]{9}")
    for number in range(KNOWN + 3):
        text = " ".join("1" * (2 + number % 7) for _ in range(1 + number % 5)) + " 123456789"
        assert known.fitting(text, 0, len(text)) == ("[0-9]{9}",)
    long = "1 " * LONGEST_KNOWN + "123456789"
    assert known.fitting(long, 0, len(long)) == ("[0-9]{9}",)


def test_a_run_is_read_no_further_than_a_form_reaches() -> None:
    known = layouts("[0-9]{9}", "[0-9]{3}-[0-9]{2}-[0-9]{4}")
    text = "123456789" + "/1" * 1000 + " 123-45-6789"
    assert known.fitting(text, 0, 6) == ("[0-9]{9}",)
