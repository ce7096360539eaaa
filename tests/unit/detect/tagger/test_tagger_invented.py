"""The invented texts that the tagger learns from and is measured on."""

from random import Random

import pytest

from tools.tagger.generate.noise import noisy
from tools.tagger.generate.people import inflected
from tools.tagger.generate.pieces import Piece, is_for_dev, joined, split
from tools.tagger.generate.swap import swapped
from tools.tagger.generate.texts import LANGUAGES, generate


@pytest.mark.slow  # reads the cities of the world
def test_the_same_seed_gives_the_same_texts() -> None:
    assert list(generate(24, seed=3, dev=False)) == list(generate(24, seed=3, dev=False))
    assert list(generate(24, seed=3, dev=False)) != list(generate(24, seed=4, dev=False))


@pytest.mark.slow  # reads the cities of the world
def test_all_languages_come_in_turn_and_spans_lie_on_words() -> None:
    rows = list(generate(80, seed=3, dev=True))
    assert [row.lang for row in rows[:8]] == list(LANGUAGES)
    for row in rows:
        assert all(row.text[start:end].strip() for start, end, _ in row.spans)
    assert {kind for row in rows for _, _, kind in row.spans} == {
        "PERSON", "LOCATION", "ORGANIZATION", "STREET_ADDRESS",
    }  # fmt: skip


def test_what_is_kept_for_development_is_in_no_text_to_learn_from() -> None:
    words = [f"name{number}" for number in range(200)]
    kept, learned = split(words, dev=True), split(words, dev=False)
    assert kept and learned
    assert set(kept).isdisjoint(learned)
    assert all(map(is_for_dev, kept))


def test_pieces_become_a_text_and_its_spans() -> None:
    pieces = [Piece("Dear "), Piece("Ada", "PERSON"), Piece(",")]
    assert joined(pieces) == ("Dear Ada,", [(5, 8, "PERSON")])


def test_noise_keeps_what_is_a_name() -> None:
    pieces = [Piece("Dear "), Piece("Ada", "PERSON"), Piece(",")]
    for seed in range(60):
        text, spans = joined(noisy(Random(seed), pieces, casual=True))
        assert any(text[start:end].casefold().startswith("a") for start, end, _ in spans)


@pytest.mark.slow  # reads the cities of the world
def test_a_corpus_under_other_names_keeps_its_words() -> None:
    row = next(row for row in generate(40, seed=3, dev=False) if "PERSON" in str(row.spans))
    (other,) = swapped([row], seed=1)
    assert [kind for *_, kind in other.spans] == [kind for *_, kind in row.spans]
    first = row.spans[0][0]
    assert other.text[:first] == row.text[:first]


def test_polish_names_are_inflected() -> None:
    assert inflected("Anna Kowalska", "g") == "Anny Kowalskiej"
    assert inflected("Jan Nowak", "d") == "Janowi Nowakowi"
