"""Words that many kinds outside Europe share, on top of Europe's."""

import pytest

from curtilage.detect import naming, naming_world
from tests.unit.detect.engines import types

EUROPE = {word for words in vars(naming).values() if isinstance(words, tuple) for word in words}
LISTS = {name: words for name, words in vars(naming_world).items() if isinstance(words, tuple)}


@pytest.mark.parametrize("name", sorted(LISTS))
def test_words_are_in_lower_case_and_not_given_twice(name: str) -> None:
    added = [word for word in LISTS[name] if word not in EUROPE]
    assert all(word == word.lower().strip() for word in added)
    assert sorted(set(added)) == sorted(added)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Cédula: 1714307103", "EC_CI"),
        ("cédula de identidad 001-1391820-5", "DO_CEDULA"),
        ("número de cuenta 2850590940090418135201", "AR_CBU"),
        ("tax id: 83 914 571 673", "AU_ABN"),
        ("my health card is 9698 658 215", "CA_BC_PHN"),
        ("passport no. J8369854", "IN_PASSPORT"),
    ],
)
def test_a_shared_word_and_a_check_tell_what_it_is(text: str, expected: str) -> None:
    assert types(text) == [expected]


def test_a_country_that_names_its_own_number_goes_before() -> None:
    both = "101174102"  # nine digits that more than one country would take
    assert types(f"CUI {both}, id number") == ["PE_CUI"]
