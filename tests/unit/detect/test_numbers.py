"""Forms of digits alone: which those are, and which of them a run of digits may be."""

import re

import pytest

from curtilage.detect.models import Edge, Form, R
from curtilage.detect.numbers import FEW, KNOWN, LONGEST_KNOWN, TRIGGER, Layouts, layout_of


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
    assert all(re.fullmatch(layout, each) for each in fits)
    assert not any(re.fullmatch(layout, each) for each in fits_not)


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


def layouts(*patterns: str) -> Layouts[str, tuple[str, ...]]:
    known = [(layout_of(form(pattern)), pattern) for pattern in patterns]
    return Layouts([(layout, pattern) for layout, pattern in known if layout], tuple)


NINE, DASHED = "[0-9]{9}", "[0-9]{3}-[0-9]{2}-[0-9]{4}"
MANY = tuple(f"[0-9]{{{count}}}[ ][0-9]{{3}}" for count in range(3, 9 + FEW))
"""More forms than are tried without telling them apart: all have the second group alike."""


def test_what_begins_at_a_group_of_digits_is_told_apart_by_its_layout() -> None:
    known = layouts(NINE, DASHED, *MANY)
    assert list(known.fitting("see 123456789 there", 4, 10)) == [(0, (NINE,))]
    assert list(known.fitting("see 123-45-6789 there", 4, 11)) == [(0, (DASHED,))]
    assert list(known.fitting("1234 123, 123-45-6789", 0, 11)) == [(0, (MANY[1],)), (10, (DASHED,))]


def test_a_form_that_goes_on_is_found_beside_one_that_ends() -> None:
    known = layouts(NINE, *(f"[0-9]{{9}}[ ][0-9]{{{count}}}" for count in range(1, 3 + 2 * FEW)))
    assert dict(known.fitting("123456789 12", 0, 6))[0] == (NINE, "[0-9]{9}[ ][0-9]{2}")


def test_few_forms_are_left_to_be_tried() -> None:
    known = layouts(NINE, DASHED)
    assert list(known.fitting("12/34/56", 0, 8)) == [(0, (NINE, DASHED)), (3, (NINE, DASHED)), (6, (NINE, DASHED))]  # fmt: skip


def test_a_layout_that_is_known_gives_the_same_again() -> None:
    known = layouts(NINE, *MANY)
    for number in range(KNOWN + 3):
        text = " ".join("1" * (2 + number % 7) for _ in range(1 + number % 5)) + ",123456789"
        assert list(known.fitting(text, 0, len(text)))[-1] == (len(text) - 9, (NINE,))
    long = "1 " * LONGEST_KNOWN + "123456789"
    assert list(known.fitting(long, 0, len(long)))[-1] == (2 * LONGEST_KNOWN, (NINE,))


def test_more_digits_than_any_form_has_are_none() -> None:
    known = layouts(NINE, *MANY)
    assert list(known.fitting("1" * 40, 0, 40)) == []


def test_a_run_is_read_no_further_than_a_form_reaches() -> None:
    known = layouts(NINE, DASHED, *MANY)
    text = "123456789" + "/1" * 1000 + " 123-45-6789"
    assert list(known.fitting(text, 0, 6)) == [(0, (NINE,))]
