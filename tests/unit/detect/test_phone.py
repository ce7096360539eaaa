"""Our reading of the numbering plans agrees with the library that carries them."""

import phonenumbers
import pytest

from curtilage.detect import phone
from curtilage.detect.engine import build_engine
from curtilage.detect.phone import international_length, is_international, is_national
from tests.patterns import compiled_patterns


@pytest.mark.parametrize("region", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_example_numbers_of_every_region_are_valid(region: str) -> None:
    for kind in (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE):
        number = phonenumbers.example_number_for_type(region, kind)
        if number is None:
            continue
        text = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        if len(text) > 8:  # shorter ones are left out on purpose
            assert is_international(text[1:]), text


@pytest.mark.parametrize("code", [1, 7, 33, 44, 49, 55, 81, 91, 353, 971])
def test_what_we_hold_valid_the_library_holds_valid(code: int) -> None:
    for seed in range(400):
        digits = f"{code}{(seed * 7919 + 1234567) * 104729 % 10**10:010}"
        parsed = phonenumbers.parse(f"+{digits}", None)
        if phonenumbers.is_valid_number(parsed):
            assert is_international(digits)
        elif is_international(digits):
            assert phonenumbers.is_possible_number(parsed)


def test_a_number_ends_where_the_plan_ends() -> None:
    assert international_length("+1 202-555-0143 4111") == len("+1 202-555-0143")
    assert international_length("+44 (0)20 7946 0958") == len("+44 (0)20 7946 0958")
    assert international_length("+999 123 456 789") == 0


def test_national_numbers_are_judged_by_their_region() -> None:
    assert is_national("FR")("06 12 34 56 78")
    assert not is_national("FR")("16 12 34 56 78")
    assert not is_national("US")("123-456-7890")


def test_what_is_prepared_is_compiled_before_the_first_number() -> None:
    build_engine(compiled_patterns()).prepare()
    before = phone._plans.cache_info().misses
    assert is_international("442079460958") and is_international("12025550143")
    assert is_national("GB")("02079460958") and is_national("US")("2025550143")
    assert phone._plans.cache_info().misses == before
