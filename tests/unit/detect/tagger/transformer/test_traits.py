"""Traits: what the model is told of a token beside its pieces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curtilage.detect.tagger.lexicon import Lexicon, pack_lexicon, unpack_lexicon
from curtilage.detect.tagger.transformer.traits import (
    LINE_START,
    NO_TRAITS,
    VALUES,
    WIDTH,
    traits_of,
)


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    facts = {"ada": (3, 0, 0, 0, 0, 0, 0, 0, 0, 7), "bath": (0, 0, 5, 1, 3, 7, 7, 7, 7, 600)}
    return unpack_lexicon(pack_lexicon(facts, {"Ada": (65_535, 64, 0)}))


@given(text=st.text(min_size=1, max_size=20))
def test_every_token_has_a_row_of_the_table_for_each_trait(lexicon: Lexicon, text: str) -> None:
    traits = traits_of(text, lexicon)
    assert len(traits) == WIDTH
    bounds = [*NO_TRAITS[1:], VALUES]
    for first, row, bound in zip(NO_TRAITS, traits, bounds, strict=True):
        assert first <= row < bound


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ada", "Ada"),
        ("ADA", "Ada"),
        ("7", "1999"),
        ("Mrs", "Xrs"),
        ("Ada", "Eda"),
        ("Bath", "Beth"),
    ],
)
def test_what_the_pieces_do_not_tell_apart_the_traits_do(
    lexicon: Lexicon, one: str, other: str
) -> None:
    assert traits_of(one, lexicon) != traits_of(other, lexicon)


def test_the_largest_facts_have_rows_of_their_own_trait(lexicon: Lexicon) -> None:
    assert max(traits_of("bath", lexicon)) < VALUES
    assert traits_of("Bath", lexicon)[LINE_START] == NO_TRAITS[LINE_START]
