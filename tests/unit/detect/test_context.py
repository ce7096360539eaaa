"""Naming words: whole ones, near, on both sides, in field names and column titles."""

import pytest

from curtilage.detect.context import Context
from tests.unit.detect.engines import fast, found, plain, types

NUMBER = "536904399"


@pytest.mark.parametrize(
    "text",
    [
        f"SSN {NUMBER}",
        f"{NUMBER} (SSN)",
        f'{{"ssn": "{NUMBER}"}}',
        f'{{"customerSsn": {NUMBER}}}',
        f"customer_ssn={NUMBER}",
        f"social-security: {NUMBER}",
        f"socialSecurityNumber={NUMBER}",
        f"name,ssn\nada,{NUMBER}",
        f"| name | SSN |\n|---|---|\n| ada | {NUMBER} |",
        "id;ssn;note\n" + "1;;x\n" * 200 + f"2;{NUMBER};y",
    ],
)
def test_a_bare_number_is_found_where_something_names_it(text: str) -> None:
    assert ("US_SSN", NUMBER) in found(text)


@pytest.mark.parametrize(
    "text",
    [
        NUMBER,
        f"row {NUMBER} end",
        f"assn {NUMBER}",
        f"lessnotes {NUMBER}",
        f"SSN {'x ' * 60} {NUMBER}",
    ],
)
def test_a_bare_number_is_left_alone_where_nothing_does(text: str) -> None:
    assert "US_SSN" not in types(text)


def test_a_word_inside_another_word_names_nothing() -> None:
    assert types("testing continues with 912903456") == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Steuer-ID: 36574261809", "DE_TAX_ID"),
        ("numéro de sécurité sociale 295109912611193", "FR_NIR"),
        ("numero de telephone 0612345678", "PHONE_NUMBER"),
        ("fecha de nacimiento: 12/03/1984", "DATE_OF_BIRTH"),
        ("partita IVA 00743110157", "IT_VAT_CODE"),
        ("contribuinte 501964843", "PT_NIF"),
        ("BSN 111222333", "NL_BSN"),
        ("née le 12.03.1984", "DATE_OF_BIRTH"),
        ("NÉE LE 12.03.1984", "DATE_OF_BIRTH"),
    ],
)
def test_words_of_seven_languages_name_values(text: str, kind: str) -> None:
    assert kind in types(text)


def test_the_nearer_name_decides_between_kinds() -> None:
    assert found("phone: 2025550143, ssn: 536904399") == [
        ("PHONE_NUMBER", "2025550143"),
        ("US_SSN", "536904399"),
    ]


def test_a_naming_word_raises_the_score() -> None:
    bare, named = fast().scan("536-90-4399")[0], fast().scan("ssn 536-90-4399")[0]
    assert bare.type == named.type == "US_SSN"
    assert bare.score < named.score


@pytest.mark.parametrize(
    "text",
    [
        "5260000732 is my vergi no.",
        "they read out 5260000732 as the vergi no on the phone",
        "5260000732 ist meine vergi no",
        "5260000732 (vergi no)",
    ],
)
def test_a_value_may_be_said_to_be_something(text: str) -> None:
    assert types(text) == ["TR_VKN"]


@pytest.mark.parametrize("spelled", ["teléfono", "telefono", "TELÉFONO", "téléphone", "télephone"])
def test_a_word_may_have_its_accents_or_not_on_both_engines(spelled: str) -> None:
    text = f"{spelled}: 0612345678"
    assert fast().candidates(text) == plain().candidates(text) != ()


FAR = "nothing is said here of anybody or anything\n" * 200


@pytest.mark.parametrize(
    "text",
    [
        f"{FAR}MRN: M4471209 is hers\n{FAR}",
        f"{FAR}M4471209 (MRN)\n{FAR}",
        "id;mrn;note\n" + "1;;nothing is said here\n" * 400 + "2;M4471209;y\n" + FAR * 3,
    ],
)
def test_what_needs_a_name_is_found_beside_it_and_far_below_a_title(text: str) -> None:
    assert ("MRN", "M4471209") in found(text)
    assert fast().scan(text) == plain().scan(text)


def test_what_needs_a_name_is_not_looked_for_far_from_any() -> None:
    context = Context(f"{FAR}MRN: 7\n{FAR}", fast()._words, fast()._vocabulary)
    spans = context.near(frozenset({"MRN"}))
    assert spans is not None
    ((start, end),) = spans
    assert start < len(FAR) < end < start + 3000
    assert context.near(frozenset({"ICD10"})) == []
