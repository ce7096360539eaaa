"""Every number below a hundred is said as it is spoken, in eight languages."""

import pytest

from curtilage.detect.hidden.numerals import numbers
from curtilage.detect.hidden.spelled import find_spelled

SPOKEN = {
    "en": {17: "seventeen", 21: "twenty-one", 48: "forty eight", 90: "ninety", 99: "ninety-nine"},
    "de": {17: "siebzehn", 21: "einundzwanzig", 32: "zweiunddreißig", 55: "fünfundfünfzig", 99: "neunundneunzig"},
    "fr": {17: "dix-sept", 21: "vingt et un", 32: "trente-deux", 71: "soixante et onze", 80: "quatre-vingts", 96: "quatre-vingt-seize"},
    "es": {16: "dieciséis", 22: "veintidós", 41: "cuarenta y uno", 75: "setenta y cinco"},
    "it": {17: "diciassette", 21: "ventuno", 38: "trentotto", 44: "quarantaquattro", 80: "ottanta"},
    "pt": {16: "dezesseis", 19: "dezanove", 42: "quarenta e dois", 90: "noventa"},
    "nl": {14: "veertien", 22: "tweeëntwintig", 83: "drieëntachtig", 91: "eenennegentig"},
    "pl": {15: "piętnaście", 32: "trzydzieści dwa", 56: "pięćdziesiąt sześć", 90: "dziewięćdziesiąt"},
}  # fmt: skip


@pytest.mark.parametrize(
    ("number", "words"), [pair for spoken in SPOKEN.values() for pair in spoken.items()]
)
def test_a_number_is_said_in_its_language(number: int, words: str) -> None:
    (piece,) = find_spelled(f"12, 34, 56, 78, {words}, four")
    assert piece.said == f"12345678{number}4"


def test_no_word_says_more_than_a_hundred() -> None:
    assert all(0 <= number < 100 for number in numbers().values())
