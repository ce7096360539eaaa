"""Names that were found once are found from there on."""

import pytest

from curtilage.core.models import Finding
from curtilage.detect.tagger.memory import KnownNames, forms_of


def person(text: str, name: str, score: float = 0.95) -> Finding:
    start = text.index(name)
    return Finding(start, start + len(name), "PERSON", score, "user.name", "tagger.compact")


def knowing(name: str, score: float = 0.95) -> KnownNames:
    text = f"I met {name} today"
    return KnownNames().learn(text, [person(text, name, score)])


def found(known: KnownNames, text: str, *findings: Finding) -> list[str]:
    return [text[each.start : each.end] for each in known.find(text, findings)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("then Ada Lovelace called", ["Ada Lovelace"]),
        ("a letter from Lovelace, again", ["Lovelace"]),
        ("signed: A. Lovelace", ["A. Lovelace"]),
        ("I told Ada so", ["Ada"]),
        ("the Lovelaces, Adam and lovelace", []),
        ("Ada is a language. Lovelace is a film.", []),
    ],
)
def test_a_name_is_found_again_as_it_may_be_called(text: str, expected: list[str]) -> None:
    assert found(knowing("Ada Lovelace"), text) == expected


def test_what_is_found_already_keeps_its_place() -> None:
    text = "from Ada Lovelace to Lovelace"
    assert found(knowing("Ada Lovelace"), text, person(text, "Ada Lovelace")) == ["Lovelace"]


def test_a_doubtful_name_is_not_looked_for() -> None:
    assert knowing("Ada Lovelace", score=0.6) == KnownNames()


def test_nothing_is_known_at_first() -> None:
    assert KnownNames().find("Ada Lovelace", ()) == ()


def test_what_is_known_tells_no_names() -> None:
    assert "Ada" not in repr(knowing("Ada Lovelace"))


def test_a_name_turned_round_has_its_surname_first() -> None:
    assert list(forms_of("Lovelace, Ada")) == ["Ada Lovelace", "Lovelace", "A. Lovelace", "Ada"]


def test_a_single_name_is_itself_and_small_letters_are_not_remembered() -> None:
    assert list(forms_of("Ada")) == ["Ada"]
    assert list(forms_of("ada lovelace")) == []
