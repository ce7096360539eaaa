"""Text that runs the other way, and text that only says so."""

import codecs

import pytest

from curtilage.detect.hidden.turned import find_overridden, find_reversed, find_rot13

SENTENCE = "My card number is 4111 1111"


def test_a_sentence_in_rot13_is_known_by_its_words() -> None:
    (piece,) = find_rot13(codecs.encode(SENTENCE, "rot13"))
    assert piece.said == SENTENCE


def test_a_key_in_rot13_is_known_by_how_it_begins() -> None:
    key = "gh" + "p_Ab3Cd4Ef5Gh6"
    (piece,) = find_rot13(f"see {codecs.encode(key, 'rot13')} there")
    assert piece.said == key


def test_a_sentence_that_runs_backwards_is_known_by_its_words() -> None:
    (piece,) = find_reversed(SENTENCE[::-1])
    assert piece.said == SENTENCE


def test_a_value_is_turned_where_the_text_says_so() -> None:
    pieces = list(find_reversed("Read 1111 1114 backwards."))
    assert [piece.said for piece in pieces] == ["4111 1111"]
    assert list(find_reversed("Read 1111 1114 aloud.")) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("it is 9934-09-635 ok", "536-90-4399"),
        ("see gro.drahcro@ada now", "ada@orchard.org"),
        ("00 0310 2350 4400 4073 98ED", "DE89 3704 0044 0532 0130 00"),
    ],
)
def test_a_value_is_turned_where_its_shape_says_so(text: str, said: str) -> None:
    assert said in [piece.said for piece in find_reversed(text)]


def test_what_is_shown_from_the_right_is_read_from_there() -> None:
    (piece,) = find_overridden("a \u202e1114\u202c b")
    assert piece.said == "4111"
    assert piece.part(0, 1) == (6, 7)


@pytest.mark.parametrize("text", ["The list is reversed.", "order by date, backwards", SENTENCE])
def test_ordinary_words_turn_nothing(text: str) -> None:
    assert list(find_reversed(text)) == []
    assert list(find_rot13(text)) == []
