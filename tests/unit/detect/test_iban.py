"""IBANs end where their country says."""

import pytest

from curtilage.detect.iban import iban_length

GERMAN = "DE89 3704 0044 0532 0130 00"


@pytest.mark.parametrize("tail", ["", " ", " BIC COBADEFF", ", please", " 12"])
def test_what_follows_is_left_out(tail: str) -> None:
    assert iban_length(GERMAN + tail) == len(GERMAN)


@pytest.mark.parametrize(
    "text",
    [
        "DE88 3704 0044 0532 0130 00",
        GERMAN[:-1],
        GERMAN + "1",
        "XX89 3704 0044 0532 0130 00",
        "DE8A 3704 0044 0532 0130 00",
        "",
    ],
)
def test_a_wrong_sum_length_country_or_structure_is_none(text: str) -> None:
    assert iban_length(text) == 0
