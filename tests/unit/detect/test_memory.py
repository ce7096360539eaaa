"""Names once found are found again, later and never before."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curtilage.core.models import Finding
from curtilage.detect.memory import MOST_FORMS, Memory, forms_of_address, forms_of_name


def learned(text: str, *names: str, score: float = 0.9, kind: str = "PERSON") -> Memory:
    memory = Memory()
    memory.learn(
        text,
        [
            Finding(text.index(name), text.index(name) + len(name), kind, score, "user.name", "t")
            for name in names
        ],
    )
    return memory


def recalled(memory: Memory, text: str) -> set[str]:
    return {text[item.start : item.end] for item in memory.recall(text)}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Then Lovelace agreed.", "Lovelace"),
        ("Signed: A. Lovelace", "A. Lovelace"),
        ("Lovelace, Ada (staff)", "Lovelace, Ada"),
        ("ADA LOVELACE was there", "ADA LOVELACE"),
        ("initials A.L. only", "A.L."),
        ("ask @alovelace about it", "alovelace"),
        ("user ada.lovelace logged in", "ada.lovelace"),
        ("Lovelace's notes", "Lovelace"),
    ],
)
def test_the_other_forms_of_a_name_are_found_later(text: str, said: str) -> None:
    assert said in recalled(learned("I met Ada Lovelace.", "Ada Lovelace"), text)


@pytest.mark.parametrize("text", ["lovelaced", "Lovelaces", "the Adagio", "Adam", "A L", "x_Ada"])
def test_a_part_of_another_word_is_nobody(text: str) -> None:
    assert recalled(learned("I met Ada Lovelace.", "Ada Lovelace"), text) == set()


@given(st.text("Ada LovelcB._-é\u0301", max_size=60))
def test_looking_for_first_words_alone_finds_what_looking_for_all_does(text: str) -> None:
    memory = Memory()
    for name in ("Ada Lovelace", "Ada de la Cova", "Éva B", "Bo-Ada O’Cel"):
        memory.learn(name, [Finding(0, len(name), "PERSON", 0.9, "user.name", "test")])
    found = {(item.start, item.end) for item in memory.recall(text)}
    assert found == {
        (start, start + len(form))
        for form in memory.forms
        for start in range(len(text))
        if text.startswith(form, start)
        and not re.match(r"\w", text[start - 1 : start])
        and not re.match(r"\w", text[start + len(form) :])
    }


def test_particles_belong_to_the_surname() -> None:
    memory = learned("Jan van der Berg came", "Jan van der Berg")
    assert "van der Berg" in recalled(memory, "Mr van der Berg left")
    assert "Berg" not in memory.forms


def test_a_title_is_no_part_of_a_name() -> None:
    assert "Lovelace" in dict(forms_of_name("Mrs Lovelace"))
    assert all("Mrs" not in form for form, _ in forms_of_name("Mrs Lovelace"))


def test_an_address_spells_out_a_name() -> None:
    memory = learned(
        "to grace.hopper@navy.example", "grace.hopper@navy.example", kind="EMAIL_ADDRESS"
    )
    assert recalled(memory, "Dear Grace Hopper,") == {"Grace Hopper"}
    assert forms_of_address("info@navy.example") == []
    assert forms_of_address("g.h@navy.example") == []


def test_what_is_hardly_a_name_is_not_remembered() -> None:
    assert learned("May we go", "May", score=0.3).forms == {}
    assert learned("by Al", "Al").forms == {}


def test_a_memory_is_bounded() -> None:
    memory = Memory()
    for number in range(MOST_FORMS):
        name = f"Ada {chr(65 + number % 26)}{'abcdefgh'[number % 8] * (number // 200 + 2)}xyz"
        memory.learn(name, [Finding(0, len(name), "PERSON", 0.9, "user.name", "t")])
    assert len(memory.forms) <= MOST_FORMS


def test_what_was_found_is_marked_as_remembered() -> None:
    found = learned("Ada Lovelace", "Ada Lovelace").recall("Lovelace")
    assert [(item.type, item.detector) for item in found] == [("PERSON", "memory.PERSON")]
