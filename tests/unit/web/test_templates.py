from pathlib import Path

import pytest
from jinja2 import TemplateNotFound, UndefinedError

from curtilage.web.static import Assets
from curtilage.web.templates import build_environment


def rendered(tmp_path: Path, source: str, **context: object) -> str:
    (tmp_path / "page.html").write_text(source)
    environment = build_environment({"orchard": str(tmp_path)}, Assets.load())
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
