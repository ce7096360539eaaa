"""Labels: short, readable, and never able to break a token."""

import json
import re

import pytest

from curtilage.shield.labels import label_of
from tests.shared_material import shared_path


@pytest.mark.parametrize(
    ("type", "label"),
    [
        ("EMAIL_ADDRESS", "EMAIL"),
        ("PHONE_NUMBER", "PHONE"),
        ("CREDIT_CARD", "CARD"),
        ("IBAN_CODE", "IBAN"),
        ("PERSON", "PERSON"),
        ("STREET_ADDRESS", "ADDRESS"),
        ("IP_ADDRESS", "IP"),
        ("US_SSN", "USSSN"),
        ("SEC_GITHUB", "SECGITHUB"),
        ("US_HEALTH_INSURANCE_MEMBER_ID", "USHEALTHINSU"),
        ("SEC_SQUARE", "SECSKUARE"),
        ("LITERAL", "LITERAL"),
        ("NUMBER_CODE", "NUMBERCODE"),
        ("customer-no", "CUSTOMERNO"),
        ("\u00e4\u00f6", "VALUE"),
        ("", "VALUE"),
    ],
)
def test_a_label_says_what_the_type_is(type: str, label: str) -> None:
    assert label_of(type) == label


@pytest.mark.shared
def test_every_known_type_has_a_label_that_fits() -> None:
    rows = json.loads(shared_path("data/entities.json").read_text(encoding="utf-8"))
    for row in rows:
        assert re.fullmatch(r"[0-9A-PR-Z]{1,12}", label_of(row["type"]))
