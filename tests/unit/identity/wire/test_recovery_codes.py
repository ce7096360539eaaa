"""Recovery codes: long enough for a plain hash, forgiving to those who type them."""

import re

import pytest

from curtilage.identity.wire.recovery_codes import (
    ALPHABET,
    HOW_MANY,
    LENGTH,
    find_recovery_digest,
    mint_recovery_codes,
)
from tests.fakes import FixedEntropy

pytestmark = [pytest.mark.requirement(47)]

CODES = mint_recovery_codes(FixedEntropy())
ZEROES = mint_recovery_codes(type("Zeroes", (), {"token_bytes": lambda _, count: bytes(count)})())


def test_ten_codes_of_112_bits_and_more_are_made() -> None:
    assert len({code.text for code in CODES}) == HOW_MANY == 10
    assert LENGTH * 5 >= 112
    assert len(ALPHABET) == len(set(ALPHABET)) == 32
    for code in CODES:
        assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){5}", code.text)


def test_every_random_bit_is_in_the_code() -> None:
    first = FixedEntropy().token_bytes(15)
    number = 0
    for digit in CODES[0].text.replace("-", ""):
        number = number * 32 + ALPHABET.index(digit)
    assert number.to_bytes(15, "big") == first


def test_a_code_is_found_however_it_is_typed() -> None:
    code = CODES[0]
    spaced = code.text.replace("-", " \u2013 ")
    for typed in (code.text, code.text.lower(), code.text.replace("-", ""), f" {spaced}\n"):
        assert find_recovery_digest(typed) == code.digest


def test_what_is_misread_is_understood() -> None:
    assert find_recovery_digest("oooo-OOOO-0000-oooo-OOOO-0000") == ZEROES[0].digest
    assert find_recovery_digest("IIII-llll-LLLL-iiii-1111-1111") == find_recovery_digest("1" * 24)
    assert find_recovery_digest("1" * 24) != ZEROES[0].digest


@pytest.mark.parametrize(
    "typed", ["", "0" * 23, "0" * 25, "U" * 24, "0" * 23 + "!", "é" * 24, "٠" * 24, "0" * 24 + " " * 60]
)  # fmt: skip
def test_what_is_no_code_is_never_looked_up(typed: str) -> None:
    assert find_recovery_digest(typed) is None


def test_a_code_does_not_show_itself() -> None:
    assert CODES[0].text not in repr(CODES[0])
    assert repr(CODES[0].digest) not in repr(CODES[0])
