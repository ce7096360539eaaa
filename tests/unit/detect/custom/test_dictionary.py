"""Word lists: whole words, longest first, whatever stands between, in any size."""

from hypothesis import given
from hypothesis import strategies as st

from curtilage.detect.custom.dictionary import Dictionary


def found(text: str, *entries: str, ignore_case: bool = False) -> list[str]:
    dictionary = Dictionary(entries, ignore_case=ignore_case)
    return [text[start:end] for start, end in dictionary.find(text)]


def test_entries_are_found_as_whole_words() -> None:
    assert found("Ask Blue Heron, not Bluebird.", "Blue Heron", "Blue") == ["Blue Heron"]
    assert found("Heron Blue", "Blue Heron") == []


def test_what_stands_between_the_words_does_not_matter() -> None:
    assert found("Blue-Heron and Blue\n Heron", "Blue Heron") == ["Blue-Heron", "Blue\n Heron"]


def test_of_those_that_begin_alike_the_longest_is_found() -> None:
    names = ("Ada", "Ada Lovelace", "Ada Lovelace King")
    assert found("Ada Lovelace King, Ada Lovelace, Ada L", *names) == [
        "Ada Lovelace King",
        "Ada Lovelace",
        "Ada",
    ]


def test_case_matters_unless_it_is_told_not_to() -> None:
    assert found("blue heron", "Blue Heron") == []
    assert found("BLUE heron", "Blue Heron", ignore_case=True) == ["BLUE heron"]
    assert found("Straße İstanbul x", "straße İstanbul", ignore_case=True) == ["Straße İstanbul"]


def test_an_entry_without_words_is_nothing() -> None:
    assert len(Dictionary(["", "--", "Ada"])) == 1


def test_a_hundred_thousand_entries_are_told_apart() -> None:
    dictionary = Dictionary(f"Name{number} Surname{number % 977}" for number in range(100_000))
    assert len(dictionary) == 100_000
    text = "Name99999 Surname345, Name99999 Surname346"
    assert [text[start:end] for start, end in dictionary.find(text)] == ["Name99999 Surname345"]


words = st.text(alphabet="abC ß-", max_size=12)


@given(st.lists(words, max_size=6), words, st.booleans())
def test_whatever_is_found_is_an_entry_at_its_place(
    entries: list[str], text: str, ignore_case: bool
) -> None:
    def plain(value: str) -> list[str]:
        spaced = value.replace("-", " ").split()
        return [word.lower() for word in spaced] if ignore_case else spaced

    known = [plain(entry) for entry in entries]
    for start, end in Dictionary(entries, ignore_case=ignore_case).find(text):
        assert plain(text[start:end]) in known
