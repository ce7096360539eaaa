"""Codes as people type them."""

import pytest

from curtilage.identity.wire.typed import LONGEST, find_digits, tidy


@pytest.mark.parametrize(
    "typed", ["123456", " 123 456 ", "123-456", "123\u2013456", "12 34\u00a056", "１２３４５６", "123\u2212456", "123\n456"]
)  # fmt: skip
def test_spaces_dashes_and_width_do_not_matter(typed: str) -> None:
    assert find_digits(typed, 6) == "123456"


@pytest.mark.parametrize(
    "typed",
    ["", "12345", "1234567", "12345a", "١٢٣٤٥٦", "12345.", "+12345", "1" * 6 + " " * LONGEST, "\ud800"],
)  # fmt: skip
def test_anything_else_is_no_code(typed: str) -> None:
    assert find_digits(typed, 6) is None


def test_what_is_typed_is_read_in_capitals() -> None:
    assert tidy("ab cd-ef") == "ABCDEF"
    assert tidy("x" * (LONGEST + 1)) == ""
