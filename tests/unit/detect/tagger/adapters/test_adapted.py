"""What is common to all adapters, with a model that is a function."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curtilage.core.errors import SetupError
from curtilage.detect.tagger.adapters.adapted import (
    AdaptedTagger,
    Named,
    import_library,
    load_local,
)
from curtilage.detect.tagger.errors import TaggerFailed, TaggerUnreadable


def names(text: str) -> Iterator[Named]:
    for match in re.finditer("Ada Quill", text):
        yield Named(*match.span(), "PER", 0.9)


def tagger(
    read: Callable[[str], Iterable[Named]] = names,
    labels: Mapping[str, str] | None = None,
    *,
    keeps_labels: bool = False,
) -> AdaptedTagger:
    called = {"PER": "PERSON"} if labels is None else labels
    return AdaptedTagger("test", read, called, 12, keeps_labels=keeps_labels)


@given(st.text("ab .,\n\U0001f600", max_size=300), st.text("ab .,\n", max_size=300))
def test_a_name_is_found_once_wherever_windows_meet(before: str, after: str) -> None:
    text = f"{before} Ada Quill {after}"
    (found,) = tagger().tag(text)
    assert text[found.start : found.end] == "Ada Quill"
    assert found[2:6] == ("PERSON", 0.9, "user.name", "tagger.test")


def test_labels_are_called_what_the_map_says_and_others_are_left_out() -> None:
    assert tagger(labels={}).tag("Ada Quill") == ()
    (kept,) = tagger(labels={}, keeps_labels=True).tag("Ada Quill")
    assert (kept.type, kept.category) == ("PER", "user")


@given(
    st.lists(
        st.builds(Named, st.integers(-5, 40), st.integers(-5, 40), st.just("PER"), st.floats()),
        max_size=8,
    )
)
def test_whatever_a_model_says_findings_lie_in_the_text_in_order(said: list[Named]) -> None:
    text = "Ada Quill met Bob, and then?"
    last = 0
    for found in tagger(lambda _: said).tag(text):
        assert last <= found.start < found.end <= len(text)
        assert 0 <= found.score <= 1
        last = found.end


def test_of_two_that_overlap_the_surer_stays() -> None:
    said = [Named(0, 9, "PER", 0.4), Named(4, 13, "PER", 0.8)]
    (found,) = tagger(lambda _: said).tag("Ada Quill met Bob")
    assert found[:2] == (4, 13)


def test_half_a_character_never_reaches_the_model() -> None:
    def strict(text: str) -> Iterator[Named]:
        text.encode()
        yield from names(text)

    assert [found[:2] for found in tagger(strict).tag("\ud83d Ada Quill")] == [(2, 11)]


def test_a_model_that_fails_is_told_of_without_a_word_of_the_text() -> None:
    def failing(text: str) -> Iterator[Named]:
        raise ValueError(text)

    with pytest.raises(TaggerFailed, match="nothing is known") as raised:
        tagger(failing).tag("Ada Quill")
    assert "Ada" not in f"{raised.value} {raised.value.__cause__} {raised.value.__context__}"


def test_what_is_not_installed_is_named_and_so_is_the_way_to_have_it() -> None:
    with pytest.raises(TaggerUnreadable, match="not installed") as raised:
        import_library("no_such_library", "such-a-library")
    assert isinstance(raised.value, SetupError)
    assert "pip install such-a-library" in raised.value.advice


def test_a_model_that_is_not_on_this_machine_is_not_looked_for_elsewhere(tmp_path: Path) -> None:
    with pytest.raises(TaggerUnreadable, match="is not there"):
        load_local("test", tmp_path / "someone/model", lambda: pytest.fail("was asked"))
    with pytest.raises(TaggerUnreadable, match="cannot be read"):
        load_local("test", tmp_path, lambda: {}["missing"])
