"""Tokens that know where they stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curtilage.detect.tagger.tokens import LONGEST, is_code, lines


def words(text: str) -> list[str]:
    return [token.text for line in lines(text) for token in line.tokens]


@given(st.text(max_size=400))
def test_a_token_is_what_stands_in_the_text_where_it_says(text: str) -> None:
    last = 0
    for line in lines(text):
        for token in line.tokens:
            assert text[token.start : token.end] == token.text != ""
            assert token.start >= last
            last = token.end


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Anna's dog, 12b", ["Anna", "'", "s", "dog", ",", "12", "b"]),
        ("Tim O'Brien", ["Tim", "O'Brien"]),
        ("Jean-Luc", ["Jean", "-", "Luc"]),
        ("mail a.b@c.example now", ["mail", "a.b@c.example", "now"]),
        ("hi @ada see https://x.example/a?b", ["hi", "@ada", "see", "https://x.example/a?b"]),
        ("Zoe\u0308 left", ["Zoe\u0308", "left"]),
    ],
)
def test_words_signs_and_addresses_are_apart(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_a_line_knows_the_last_word_of_the_line_before() -> None:
    assert [line.before for line in lines("Best regards,\n\nAda\nLovelace")] == ["", "", "ada"]
    assert [line.before for line in lines("Best regards,\nAda")] == ["", "regards"]


def test_a_long_line_is_read_in_pieces_and_loses_nothing() -> None:
    text = "one two three. " * 200
    cut = list(lines(text))
    assert len(cut) > 1
    assert max(len(line.tokens) for line in cut) <= LONGEST
    assert words(text) == ["one", "two", "three", "."] * 200


@pytest.mark.parametrize(
    "line",
    ["import os", "from a.b import c", "def run(self):", "x = load(path)", "});", "@cached(1)"],
)
def test_plain_statements_are_code(line: str) -> None:
    assert is_code(line)
    assert words(line) == []


@pytest.mark.parametrize(
    "line",
    [
        'user = User("Ada Lovelace")',
        "import os  # Ada Lovelace wrote this",
        "from Ada Lovelace",
        "return to Ada (my sister)",
        "call(Ada Lovelace)",
        "for Ada:",
        "Dear Ada,",
        "for Ada: the flowers",
    ],
)
def test_what_may_name_someone_is_read(line: str) -> None:
    assert not is_code(line)


def test_a_very_long_line_is_text() -> None:
    assert is_code("x = f(a);")
    assert not is_code("x = f(" + "a, " * 100 + "a);")
