import pytest

from curtilage.detect.phrases.lexicon import Words
from curtilage.detect.phrases.persons import Evidence, Persons, is_glued
from tests.unit.detect.phrases.phrase_lines import phrases


def evidence(text: str) -> Evidence:
    """The evidence at the word in brackets."""
    start, end = text.index("["), text.index("]") - 1
    text = text.replace("[", "").replace("]", "")
    return Persons(text, phrases().lexicon.hits(Words(text))).evidence(start, end)


@pytest.mark.parametrize(
    "text",
    [
        "She was diagnosed with [asthma].",
        "diagnosed with a severe form of [asthma]",
        "my son has [asthma]",
        "Ada has [asthma]",
        "an [asthma] patient",
        "Tiene [asma].",
        "Er leidet an [Asthma].",
    ],
)
def test_a_statement_about_a_person_is_said(text: str) -> None:
    assert evidence(text) is Evidence.SAID


@pytest.mark.parametrize("text", ["her [asthma] got worse", "[asthma], my mother said"])
def test_a_person_in_the_sentence_is_near(text: str) -> None:
    assert evidence(text) is Evidence.NEAR


@pytest.mark.parametrize(
    "text",
    [
        "[asthma] is a disease",
        "She left early yesterday. [asthma] is a disease",
        "my mother left.\n\n[asthma] is a disease",
        "the device has [asthma] settings",
        "Is [asthma] a disease?",
    ],
)
def test_a_sentence_about_medicine_is_about_nobody(text: str) -> None:
    assert evidence(text) is Evidence.NONE


def test_a_title_does_not_end_a_sentence() -> None:
    assert evidence("his doctor, Mr. Smith, treats [asthma]") is Evidence.NEAR


@pytest.mark.parametrize("text", ["x_asthma", "asthma()", "a/asthma", "asthma2", "#asthma"])
def test_a_part_of_an_identifier_is_glued(text: str) -> None:
    start = text.index("asthma")
    assert is_glued(text, start, start + 6)


def test_a_word_alone_is_not_glued() -> None:
    assert not is_glued("asthma", 0, 6)
    assert not is_glued("(asthma).", 1, 7)
