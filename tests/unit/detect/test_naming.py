"""Words that many kinds share: whole words in lower case, and weaker than a name."""

import pytest

from curtilage.detect import naming
from curtilage.detect.naming import shortened
from tests.unit.detect.engines import fast, found, types

LISTS = {name: words for name, words in vars(naming).items() if isinstance(words, tuple)}


@pytest.mark.parametrize("name", sorted(LISTS))
def test_words_are_in_lower_case_and_not_given_twice(name: str) -> None:
    words = LISTS[name]
    assert all(word == word.lower().strip() for word in words)
    assert len(set(words)) == len(words)


@pytest.mark.parametrize(
    "text",
    [
        "tax number: 8123456786",
        "taxNumber=8123456786",
        '{"tax_number": "8123456786"}',
        "INSERT INTO people (id, tax_number) VALUES (7, '8123456786');",
        "id;tax number\n7;8123456786",
        "8123456786 (tax number)",
    ],
)
def test_a_shared_word_names_a_value_where_it_stands_close(text: str) -> None:
    assert "8123456786" in [value for _, value in found(text)]


def test_a_shared_word_far_away_names_nothing() -> None:
    assert types("tax number\n\n" + "x = 1\n" * 8 + "y = 8123456786") == []


def test_what_has_a_name_of_its_own_goes_before() -> None:
    both = "5260000732"  # a tax number in Poland and in Turkey
    assert types(f"numer NIP, tax number: {both}") == ["PL_NIP"]
    assert types(f"vergi no, tax number: {both}") == ["TR_VKN"]


def test_a_shared_word_raises_the_score_less_than_a_name() -> None:
    text = "adóazonosító jel {0} and tax number {0}"
    named, shared = fast().scan(text.format("8123456786"))[:2]
    assert named.score >= shared.score


def test_a_type_is_a_name_of_its_own_as_a_field_may_have_it() -> None:
    assert types('{"hu_tax": "8123456786"}') == ["HU_TAX"]


def test_a_word_that_ends_in_nummer_has_a_short_form() -> None:
    assert shortened("arztnummer", "lanr") == ("arztnummer", "lanr", "arztnr")
