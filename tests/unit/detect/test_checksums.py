"""Check-digit arithmetic, against the examples that its sources print."""

from collections.abc import Callable

import pytest

from curtilage.detect import checksums

# Luhn: ISO/IEC 7812-1; Verhoeff: his 1969 example 2363; MOD 97-10: ISO 13616's GB82 …; MOD 11,10: ISO 7064's
# 0794; MOD 11-2: ISO 7064's 0794 0 → 07940; ICAO: Doc 9303-3 appendix; EAN-13: GS1's 6291041500213.
HOLDS: list[tuple[Callable[[str], bool], str]] = [
    (checksums.luhn, "79927398713"),
    (checksums.verhoeff, "2363"),
    (checksums.mod97, "3214282912345698765432161182"),
    (checksums.mod11_10, "07945"),
    (checksums.mod11_2, "07940"),
    (checksums.mod11_2, "079X"),
    (checksums.icao, "L898902C36"),
    (checksums.ean13, "6291041500213"),
    (checksums.isin, "US0378331005"),
    (checksums.luhn_mod36, "27AAPFU0939F1ZV"),
]


@pytest.mark.parametrize(("check", "value"), HOLDS)
def test_the_published_example_holds_and_no_other_last_character_does(
    check: Callable[[str], bool], value: str
) -> None:
    assert check(value)
    others = [char for char in "0123456789" if char != value[-1]]
    assert not any(check(value[:-1] + char) for char in others)


def test_swapped_neighbours_are_seen_by_verhoeff() -> None:
    assert not checksums.verhoeff("3263")


@pytest.mark.parametrize(
    ("number", "expected"),
    [("111111", True), ("123456", True), ("987654", True), ("890123", True), ("123457", False)],
)
def test_numbers_that_only_count_are_placeholders(number: str, expected: bool) -> None:
    assert checksums.is_monotone(number) is expected


def test_separators_fall_away() -> None:
    assert checksums.digits("12-34 (5)") == "12345"
    assert checksums.compact("x-2482300 w") == "X2482300W"
