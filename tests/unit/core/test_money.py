"""Money is exact both ways."""

import pytest

from curtilage.core.money import format_money, parse_money


@pytest.mark.parametrize("text", ["0.00", "0.10", "12.34", "0.000001", "1999.999999"])
def test_a_decimal_comes_back_as_it_was(text: str) -> None:
    micro = parse_money(text)
    assert micro is not None and format_money(micro) == text


@pytest.mark.parametrize(
    "text", ["", ".5", "5.", "-1", "1e3", "1,5", "0.0000001", "9999999999", "٣", "1k"]
)
def test_what_is_no_decimal_is_none(text: str) -> None:
    assert parse_money(text) is None


def test_less_than_nothing_is_shown_as_such() -> None:
    assert format_money(-1_500_000) == "-1.50"
