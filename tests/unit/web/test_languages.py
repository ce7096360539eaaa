import pytest

from curtilage.core.words import LANGUAGES as TAGS
from curtilage.core.words import join_sentences, say
from curtilage.web.languages import Languages, load_languages

LANGUAGES = load_languages()


def told(tag: str, text: str) -> str:
    language = LANGUAGES.find(tag)
    assert language is not None
    return language.tell(text)


def test_the_first_is_english_and_each_is_named_in_itself() -> None:
    assert LANGUAGES.first.tag == "en"
    assert {each.tag: each.name for each in LANGUAGES.every} == {
        "en": "English",
        "de": "Deutsch",
        "fr": "Français",
        "es": "Español",
    }
    assert LANGUAGES.tags == TAGS
    assert LANGUAGES.find("it") is None
    assert Languages().tags == ("en",)


@pytest.mark.parametrize(
    ("tag", "expected"),
    [("en", "Sign out"), ("de", "Abmelden"), ("fr", "Se déconnecter"), ("es", "Cerrar sesión")],
)
def test_what_is_ours_is_said_in_each(tag: str, expected: str) -> None:
    assert told(tag, say("Sign out")) == expected


def test_what_others_wrote_stays_as_it_is() -> None:
    assert told("de", "Sign out") == "Sign out"


def test_a_message_that_nobody_translated_is_said_in_english() -> None:
    message = "Nobody translated {what}"
    assert told("de", say(message, what=say("Sign out"))) == "Nobody translated Abmelden"


def test_numbers_in_a_sentence_are_written_as_the_language_writes_them() -> None:
    message = "{count} things"
    assert told("de", say(message, count=12_345)) == "12.345 things"
    assert told("en", say(message, count=12_345)) == "12\u202f345 things"
    assert told("de", say(message, count=True)) == "True things"


def test_sentences_that_were_joined_are_each_translated() -> None:
    joined = join_sentences(say("Sign out"), "as it is", say("Copy"))
    assert told("de", joined) == "Abmelden as it is Kopieren"


def test_what_is_put_in_is_not_read_again() -> None:
    assert told("de", say("Signed in as {name}", name="{name} <b>")) == "Angemeldet als {name} <b>"
