"""Nothing that people read is out of reach of a translation, and no translation is missing."""

import gettext
import io
import re

import pytest

from curtilage.core.words import list_places
from tests.house.marked import page_modules, unmarked_code, unmarked_literals, unmarked_markup
from tests.house.tree import SOURCE, relative
from tools.pofiles import Entry, Message, compile_mo, encode_po, merge, parse_po
from tools.translations import PLURALS, WORDS, build, collect, from_code, from_template, header_of

LANGUAGES = tuple(PLURALS)
# Shown in development only: what a component looks like, with invented words.
UNTRANSLATED = frozenset({"web/templates/kit.html", "identity/people/templates/outbox.html"})
TEMPLATES = [
    path
    for path in sorted(SOURCE.rglob("*.html"))
    if path.relative_to(SOURCE).as_posix() not in UNTRANSLATED
]
MODULES = [path for path in page_modules(SOURCE) if path.name != "outbox_pages.py"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogues_are_what_the_sources_say_and_what_is_compiled(language: str) -> None:
    _, files = build(language, collect())
    stale = [relative(path) for path, data in files.items() if path.read_bytes() != data]
    assert stale == [], "run `make words`"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_is_translated_and_none_only_guessed(language: str) -> None:
    entries, _ = build(language, collect())
    assert [each.message.text for each in entries if not all(each.said)] == []
    assert [each.message.text for each in entries if each.is_fuzzy] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_the_places_of_its_message(language: str) -> None:
    for entry in parse_po((WORDS / f"{language}.po").read_text()).values():
        message = entry.message
        for said in entry.said:
            assert list_places(said) == list_places(message.plural or message.text), said


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogues_carry_text_and_no_markup(language: str) -> None:
    for entry in parse_po((WORDS / f"{language}.po").read_text()).values():
        for text in (entry.message.text, entry.message.plural, *entry.said):
            assert re.search(r"[<>]|&\w+;|\x00", text) is None, text
            assert text == text.strip(), f"spaces at an end are lost: {text!r}"


@pytest.mark.parametrize("path", TEMPLATES, ids=relative)
def test_a_template_marks_all_that_is_read(path: object) -> None:
    source = path.read_text()  # type: ignore[attr-defined]
    assert unmarked_markup(source) == []
    assert unmarked_literals(source) == []


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_a_page_module_marks_all_that_is_read(path: object) -> None:
    assert unmarked_code(path.read_text()) == []  # type: ignore[attr-defined]


def test_what_is_not_marked_is_found() -> None:
    page = '<p title="A name">{{ say("Said") }}</p>{# x #}<b>Read this</b><kbd>Esc</kbd> {{ x }} · <i>ok</i>'
    assert unmarked_markup(page) == ["A name", "Read this", "ok"]
    macros = '{{ ui.field("name", "Your name") }}{{ say("Said so") }}{{ " primary" if x == "A b" }}'
    assert unmarked_literals(macros) == ["Your name"]
    assert unmarked_literals('{{ "Error: " if x }}{{ f(say("{a} is"), a="Not said") }}') == [
        "Error: ",
        "Not said",
    ]
    code = 'def f() -> "Page":\n "Doc."\n raise X("No.")\ny = say("Yes.", a=Flash(f"{b} is done."))\nz = "Read me"'
    assert unmarked_code(code) == [" is done.", "Read me"]


def test_what_is_said_is_collected_with_its_context_and_plural() -> None:
    code = 'from curtilage.core.words import say, say_count\nsay("a", context="b")\nsay_count("{count} c", "{count} d", n)'
    expected = [Message("a", context="b"), Message("{count} c", "{count} d")]
    assert list(from_code(code)) == expected
    assert list(from_code('def say(x): ...\nsay("a")')) == []
    page = '{% macro x() %}{{ say("a", context="b") }}{% endmacro %}{{ say_count("{count} c", "{count} d", n) }}'
    assert sorted(from_template(page), key=lambda each: each.text, reverse=True) == sorted(
        expected, key=lambda each: each.text, reverse=True
    )
    with pytest.raises(ValueError, match="literals"):
        list(from_template("{{ say(words) }}"))


def entries() -> list[Entry]:
    return [
        Entry(Message('Plain "quoted"\n\tä', places=("a.html", "b.py")), ("Schlicht",)),
        Entry(Message("Open", context="verb"), ("Öffnen",), remarks=("A button.",)),
        Entry(Message("{count} key", "{count} keys"), ("{count} clé", "{count} clés")),
        Entry(Message("Later"), ("Plus tard",), is_fuzzy=True),
        Entry(Message("Never"), ("",)),
    ]


def test_a_catalogue_is_read_as_it_was_written() -> None:
    read = parse_po(encode_po(entries(), header_of("fr")))
    assert list(read.values()) == entries()
    assert [
        each.said for each in merge([Message("Open", context="verb"), Message("New")], read)
    ] == [
        ("Öffnen",),
        ("",),
    ]


def test_a_compiled_catalogue_speaks_to_the_standard_library() -> None:
    book = gettext.GNUTranslations(io.BytesIO(compile_mo(entries(), header_of("fr"))))
    assert book.gettext('Plain "quoted"\n\tä') == "Schlicht"
    assert book.pgettext("verb", "Open") == "Öffnen"
    assert book.gettext("Open") == "Open"
    counted = [book.ngettext("{count} key", "{count} keys", number) for number in (0, 1, 2)]
    assert counted == ["{count} clé", "{count} clé", "{count} clés"]  # French counts 0 as one
    assert book.gettext("Later") == "Later"
    assert book.gettext("Never") == "Never"
