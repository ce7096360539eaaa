"""Runs of words that say digits."""

import pytest

from curtilage.detect.hidden.spelled import find_bare, find_spelled


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("four one one one, one one one", "4111111"),
        ("double seven, triple one, oh four", "7711104"),
        ("five three six dash nine zero dash four", "536-90-4"),
        ("plus four nine three zero one two", "+493012"),
        ("one nine two dot zero dot two dot fifteen", "192.0.2.15"),
        ("A B one two three four five six C", "AB123456C"),
        ("eight hundred five five five one two", "80055512"),
        ("4 one 1 one 2 two", "411122"),
    ],
)
def test_a_run_says_its_digits_letters_and_marks(text: str, said: str) -> None:
    (piece,) = find_spelled(f"it is {text} thanks")
    assert piece.said == said
    assert (piece.start, piece.end) == (6, 6 + len(text))
    assert piece.marks is not None
    assert len(piece.marks) == len(said) + 1


@pytest.mark.parametrize(
    "text", ["one two", "four o'clock", "nine lives, and 12", "the one and only", "MY SSN IS"]
)
def test_a_few_words_say_nothing(text: str) -> None:
    assert list(find_spelled(text)) == []


def test_the_digits_alone_lose_what_was_said_between_them() -> None:
    (piece,) = find_bare("two zero two dash five five five dash zero one")
    assert piece.said == "20255501"
    assert list(find_bare("two zero two five five five")) == []
