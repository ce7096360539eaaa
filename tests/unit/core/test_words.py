"""Sentences that can be said in another language, and numbers with their nouns."""

import copy
import pickle

import orjson
import pytest

from curtilage.core.words import Sentence, count, fill, join_sentences, list_places, say, say_count


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 keys"), (1, "1 key"), (2, "2 keys"), (11, "11 keys")]
)
def test_one_is_one_and_all_else_is_many(number: int, said: str) -> None:
    assert count(number, "key") == said


def test_a_sentence_is_an_english_string_to_whoever_asks_no_more() -> None:
    said = say("Use at most {most} characters", most=64)
    assert said == "Use at most 64 characters"
    assert {said: 1}["Use at most 64 characters"] == 1
    assert orjson.dumps({"title": said}) == b'{"title":"Use at most 64 characters"}'


def test_it_remembers_its_message_and_what_stands_in_it() -> None:
    said = say("Use at most {most} characters", context="form", most=64)
    assert said.message == "Use at most {most} characters"
    assert said.given == {"most": 64}
    assert (said.context, said.plural) == ("form", "")


@pytest.mark.parametrize(("number", "text"), [(0, "0 ends"), (1, "1 end"), (2, "2 ends")])
def test_what_is_counted_chooses_its_form(number: int, text: str) -> None:
    said = say_count("{count} end", "{count} ends", number)
    assert said == text
    assert (said.message, said.plural, said.number) == ("{count} end", "{count} ends", number)


def test_what_is_put_in_is_never_read_as_a_place_or_a_format() -> None:
    assert say("{a}{b}", a="{b}", b="x") == "{b}x"
    assert say("{name}", name="{name.__class__} {0} %s") == "{name.__class__} {0} %s"
    assert fill("{a.real} {a!r} {0} {}", {"a": "1"}) == "{a.real} {a!r} {0} {}"


def test_a_place_that_nothing_is_given_for_stays() -> None:
    assert say("{name} asks", other="x") == "{name} asks"


def test_places_are_listed_by_name() -> None:
    assert list_places("{b} and {a}, {not.one} {}") == ["a", "b"]


def test_sentences_are_joined_and_empty_ones_left_out() -> None:
    first = say("It is over.")
    said = join_sentences(first, "", "Begin again.")
    assert said == "It is over. Begin again."
    assert first in said.given.values()


@pytest.mark.parametrize("again", [copy.deepcopy, lambda said: pickle.loads(pickle.dumps(said))])
def test_a_copy_remembers_the_same(again: object) -> None:
    said = say_count("{count} end", "{count} ends", 2)
    other = again(said)  # type: ignore[operator]
    assert isinstance(other, Sentence)
    assert (other, other.message, other.number) == (said, said.message, 2)
