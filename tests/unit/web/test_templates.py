from pathlib import Path

import pytest
from jinja2 import TemplateNotFound, UndefinedError

from curtilage.core.words import say
from curtilage.web.languages import load_languages
from curtilage.web.static import Assets
from curtilage.web.templates import KeptCode, build_environment, build_environments
from tests.fakes.tongues import every_tongue


def rendered(tmp_path: Path, source: str, tag: str = "en", **context: object) -> str:
    (tmp_path / "page.html").write_text(source)
    language = load_languages().find(tag)
    assert language is not None
    environment = build_environment({"orchard": str(tmp_path)}, Assets.load(), language=language)
    return environment.get_template("orchard/page.html").render(**context)


def test_a_slice_is_found_under_its_name_and_nowhere_else(tmp_path: Path) -> None:
    assert rendered(tmp_path, "here") == "here"
    environment = build_environment({"orchard": str(tmp_path), "bare": ""}, Assets.load())
    for name in ("page.html", "bare/page.html", "orchard/../page.html", "web/../app.py"):
        with pytest.raises(TemplateNotFound):
            environment.get_template(name)


def test_every_value_is_escaped_and_made_visible_without_being_asked(tmp_path: Path) -> None:
    text = rendered(tmp_path, '<a title="{{ x }}">{{ x }}</a>', x='"><b>\u202e')
    assert text == ('<a title="&#34;&gt;&lt;b&gt;⟨U+202E⟩">&#34;&gt;&lt;b&gt;⟨U+202E⟩</a>')


def test_what_somebody_typed_goes_back_exactly(tmp_path: Path) -> None:
    assert rendered(tmp_path, "{{ x | typed }}", x="<\u200b>") == "&lt;\u200b&gt;"


def test_a_name_that_nobody_gave_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UndefinedError):
        rendered(tmp_path, "{{ missing }}")


def test_what_is_said_in_a_template_or_given_to_it_is_in_the_language(tmp_path: Path) -> None:
    assert rendered(tmp_path, '{{ say("Copy") }} {{ x }}', "de", x=say("Sign out")) == (
        "Kopieren Abmelden"
    )
    macro = '{% macro m(x) %}<i title="{{ x }}">{{ x }}</i>{% endmacro %}{{ m(say("Copy")) }}'
    assert rendered(tmp_path, macro, "fr") == '<i title="Copier">Copier</i>'


@pytest.mark.parametrize("tag", ["en", "de"])
def test_what_is_put_into_a_sentence_is_escaped_and_made_visible(tmp_path: Path, tag: str) -> None:
    source = (
        '<a title="{{ say("Go to {place}", place=x) }}">{{ say("Go to {place}", place=x) }}</a>'
    )
    text = rendered(tmp_path, source, tag, x='"><b>\u202e{place}')
    assert "<b>" not in text
    assert text.count("&#34;&gt;&lt;b&gt;⟨U+202E⟩{place}") == 2
    context = rendered(tmp_path, "{{ x }}", tag, x=say("Go to {place}", place="<b>\u202e"))
    assert context.endswith("&lt;b&gt;⟨U+202E⟩") or "&lt;b&gt;⟨U+202E⟩ " in context


def test_a_catalogue_cannot_hold_markup(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text('{{ say("<b>{x}</b>", x=bold("<i>")) }}')
    long = every_tongue().find("en-x-long")
    assert long is not None
    environment = build_environment({"orchard": str(tmp_path)}, Assets.load(), language=long)
    text = environment.get_template("orchard/page.html").render()
    assert "<strong>&lt;i&gt;</strong>" in text
    assert "<b>" not in text


def test_only_what_a_template_marks_itself_is_markup(tmp_path: Path) -> None:
    source = '{{ say("Signed in as {name}", name=bold(x)) }} {{ link("/a?b&c", x) }}'
    assert rendered(tmp_path, source, x="<i>") == (
        'Signed in as <strong>&lt;i&gt;</strong> <a href="/a?b&amp;c">&lt;i&gt;</a>'
    )


def test_languages_share_what_is_compiled_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text('{{ 12345 | number }} {{ say("Copy") }}')
    kept = KeptCode()
    every = build_environments(
        {"orchard": str(tmp_path)}, Assets.load(), load_languages(), compiled=kept
    )
    texts = {tag: each.get_template("orchard/page.html").render() for tag, each in every.items()}
    assert texts == {
        "en": "12\u202f345 Copy",
        "de": "12.345 Kopieren",
        "fr": "12\u202f345 Copier",
        "es": "12.345 Copiar",
    }
    assert len(kept._kept) == 1


def test_what_is_counted_in_a_template(tmp_path: Path) -> None:
    source = '{{ say_count("{count} <key>", "{count} <keys>", x) }}'
    assert rendered(tmp_path, source, x=1) == "1 &lt;key&gt;"
    assert rendered(tmp_path, source, x=2000) == "2\u202f000 &lt;keys&gt;"
