"""What a tagger says of code needs to be surer, and an address needs a word."""

import pytest

from curtilage.core.models import Finding
from curtilage.detect.tagger.likely import LEAST_IN_CODE, LikelyNames, without_unlikely

PROSE = "We met Ada in the garden, and Ada was well."
SURE, UNSURE = LEAST_IN_CODE, LEAST_IN_CODE - 0.1


def name(text: str, part: str, score: float, kind: str = "PERSON") -> Finding:
    start = text.index(part)
    return Finding(start, start + len(part), kind, score, "user.name", "test")


@pytest.mark.parametrize(
    ("text", "is_kept"),
    [
        (PROSE, True),
        ("Kind regards,\nAda", True),
        ("Ada / Bob, see [1]", True),
        ('x = {"Ada": list[int]}', False),
        ("def of(self, Ada: int = 3) -> Node[Any]:", False),
        ("| Ada | `x` | 3 |", False),
    ],
)
def test_a_name_that_is_not_sure_is_left_out_of_code(text: str, is_kept: bool) -> None:
    assert bool(without_unlikely(text, [name(text, "Ada", UNSURE)])) is is_kept
    assert without_unlikely(text, [name(text, "Ada", SURE)])


def test_prose_between_lines_of_code_is_code() -> None:
    code = "value = made[0]\n" * 12
    text = f"{code}They say that Ada knows\n{code}"
    assert without_unlikely(text, [name(text, "Ada", UNSURE)]) == []
    notes = "They say so.\n" * 12 + text[len(code) : -len(code)]
    assert without_unlikely(notes, [name(notes, "Ada", UNSURE)])


def test_what_is_no_name_is_left_to_who_found_it() -> None:
    text = 'x = {"Ada": list[int]}'
    assert without_unlikely(text, [name(text, "Ada", UNSURE, "BADGE")])


@pytest.mark.parametrize(
    ("text", "part", "is_kept"),
    [
        ("She lives at Low Road 12.", "Low Road 12", True),
        ("plan=335c813b", "335c813b", False),
        ("id=c115c71eabb10a", "115c71eabb10", False),
        (":widths: 24, 7, 8, 8", "24, 7, 8, 8", False),
        (
            "uuid 123e4567-e89b-12d3-a456-426614174000",
            "uuid 123e4567-e89b-12d3-a456-426614174000",
            False,
        ),
        ("ISBN 978-3-16-148410-0", "ISBN 978-3-16-148410-0", False),
        ('"claude-opus-4-5"', "claude-opus-4-5", False),
        ("Rua Augusta 12, 01310-100", "Rua Augusta 12, 01310-100", True),
        ("Hauptstr.12", "Hauptstr.12", True),
        ("12-1-2-3 Ginza, Chuo-ku", "12-1-2-3 Ginza, Chuo-ku", True),
        ("musterweg-5", "musterweg-5", True),
        ("karl-liebknecht-strasse-12", "karl-liebknecht-strasse-12", True),
    ],
)
def test_an_address_has_a_word_that_stands_by_itself(text: str, part: str, is_kept: bool) -> None:
    kept = without_unlikely(text, [name(text, part, 0.99, "STREET_ADDRESS")])
    assert bool(kept) is is_kept


@pytest.mark.parametrize(
    ("text", "part", "is_kept"),
    [
        ('"claude-fable-5"', "claude", False),
        ("kube-system", "kube", False),
        ("at kube-system", "system", False),
        ("i met anna-lena today", "anna-lena", True),
        ("- ada said so", "ada", True),
        ("Ada-Lovelace", "Ada", True),
        ("user ada-lovelace-2 logged in", "ada-lovelace", True),
    ],
)
def test_a_part_of_an_identifier_is_nobody(text: str, part: str, is_kept: bool) -> None:
    assert bool(without_unlikely(text, [name(text, part, 0.99)])) is is_kept


@pytest.mark.parametrize(
    "says", ["pip install rick", "python -m rick", "import rick", "npm i -g rick"]
)
def test_what_is_installed_is_nobody_whom_the_text_is_not_sure_of(says: str) -> None:
    text = f"Rick is fast.\n{says}\n"
    assert without_unlikely(text, [name(text, "Rick", 0.85)]) == []
    assert without_unlikely(text, [name(text, "Rick", 0.95)])
    for prose in ("A letter from rick, import him.", "\nfrom rick: hi\n"):
        text = f"Rick is fast. {prose}"
        assert without_unlikely(text, [name(text, "Rick", 0.85)])


def test_a_tagger_keeps_what_is_likely_in_its_order() -> None:
    class Fixed:
        def tag(self, text: str) -> tuple[Finding, ...]:
            return name(text, "Ada", SURE), name(text, "Bob", UNSURE)

    text = "f(Ada)[0] = {Bob}"
    assert [each.start for each in LikelyNames(Fixed()).tag(text)] == [2]
    assert len(LikelyNames(Fixed()).tag("Ada met Bob.")) == 2


def test_no_name_has_a_word_without_end() -> None:
    text = "x" * 50 + " and Ada"
    assert without_unlikely(text, [name(text, "x" * 50, SURE)]) == []
    assert without_unlikely(text, [name(text, "Ada", SURE)])
