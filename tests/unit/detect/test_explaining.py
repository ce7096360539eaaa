"""Why something was found is said in words, without its value."""

from functools import lru_cache

import pytest

from curtilage.detect.explaining import ExplainingScanner
from curtilage.detect.scanner import Scanner
from tests.unit.detect.engines import fast


@lru_cache(maxsize=1)
def scanner() -> ExplainingScanner:
    return ExplainingScanner(Scanner(fast()))


def reasons(text: str) -> dict[str, str]:
    found = scanner().scan(text)
    told = scanner().explain(text, found)
    return {item.type: "; ".join(why) for item, why in zip(found, told, strict=True)}


@pytest.mark.parametrize(
    ("text", "type", "expected"),
    [
        ("my SSN is 536-90-4399", "US_SSN", "names it: “ssn”"),
        ("pay to DE89 3704 0044 0532 0130 00", "IBAN_CODE", "its own rule says"),
        ("write to ada@orchard.example", "EMAIL_ADDRESS", "found by contact.EMAIL_ADDRESS"),
        ("ip 8.8.8.8 answered", "IP_ADDRESS", "has form 3 of"),
    ],
)
def test_what_spoke_for_it_is_said(text: str, type: str, expected: str) -> None:
    assert expected in reasons(text)[type]


def test_no_value_is_in_the_reasons() -> None:
    for value in ("536-90-4399", "8.8.8.8", "ada@orchard.example"):
        assert value not in str(reasons(f"ssn {value} of the address"))


def test_what_was_thought_of_in_its_place_is_said() -> None:
    text = "my NHS number and phone is 943 476 5919"
    assert any("went before" in why for why in reasons(text).values())


def test_a_finding_of_another_finder_has_its_name() -> None:
    other = (
        scanner()
        .scan("write to ada@orchard.example")[0]
        ._replace(type="PERSON", detector="tagger.PERSON")
    )
    (why,) = scanner().explain("write to ada@orchard.example", [other])
    assert why[0] == "found by tagger.PERSON" and "EMAIL_ADDRESS" in why[-1]
