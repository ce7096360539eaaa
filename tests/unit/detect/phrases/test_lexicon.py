from curtilage.detect.phrases.finder import LEXICONS
from curtilage.detect.phrases.lexicon import Lexicon, Words, read_terms, terms_in

LINES = """
# a comment
[month short en]
dec
[nation tongue de]
= e - e er
deutsch~e
[group belief en]
Quaker{,s}
born-again?
type 2 diabetes
type 2
[street end de]
-straße
"""


def lexicon() -> Lexicon:
    return Lexicon(terms_in(LINES.splitlines()))


def hits(text: str) -> list[tuple[str, str]]:
    found = lexicon().hits(Words(text))
    return [(name, text[hit.start : hit.end]) for name, each in found.items() for hit in each]


def test_a_section_says_list_label_and_language() -> None:
    first = next(terms_in(LINES.splitlines()))
    assert (first.list, first.label, first.language) == ("month", "short", "en")


def test_endings_and_braces_are_written_out() -> None:
    spelled = {" ".join(term.words) for term in terms_in(LINES.splitlines())}
    assert spelled >= {"deutsch", "deutsche", "deutscher", "Quaker", "Quakers"}


def test_words_are_letters_or_digits_and_know_their_place() -> None:
    words = Words("the 12th, née 3pm")
    assert words.words == ["the", "12", "th", "née", "3", "pm"]
    assert [words.text[a:b] for a, b in zip(words.starts, words.ends, strict=True)] == words.words
    assert words.gap(2) == ", "
    assert words.is_glued(1) and not words.is_glued(0)


def test_a_text_without_words_has_none() -> None:
    assert Words("").words == Words(" ?! ").words == []


def test_the_longest_term_stands() -> None:
    assert hits("has type 2 diabetes") == [("group", "type 2 diabetes")]
    assert hits("has type 2, diabetes") == [("group", "type 2")]


def test_a_capital_of_the_list_is_asked_of_the_text() -> None:
    assert hits("a Quaker, QUAKERS") == [("group", "Quaker"), ("group", "QUAKERS")]
    assert hits("a quaker") == []
    assert hits("DEC Dec dec") == [("month", "DEC"), ("month", "Dec"), ("month", "dec")]


def test_a_weak_term_says_that_it_is() -> None:
    (hit,) = lexicon().hits(Words("she is born-again"))["group"]
    assert hit.term.is_weak


def test_a_suffix_needs_the_beginning_of_a_word() -> None:
    assert hits("Hauptstraße Straße") == [("street", "Hauptstraße")]


def test_shipped_terms_are_spelled_out_and_of_a_language() -> None:
    terms = list(read_terms(*LEXICONS))
    assert len(terms) > 8000
    assert all(word.isalnum() for term in terms for word in term.words)
    assert {term.language for term in terms} == {
        *["en", "de", "fr", "es", "it", "pt", "nl", "pl", "da", "mul"]
    }
