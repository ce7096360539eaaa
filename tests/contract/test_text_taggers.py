"""Whatever finds names keeps the promise of `TextTagger`: the compact one and the larger one."""

from concurrent.futures import ThreadPoolExecutor
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curtilage.detect.tagger.labels import CATEGORIES
from curtilage.detect.tagger.ports import TextTagger
from curtilage.detect.tagger.tagger import load_tagger
from curtilage.detect.tagger.transformer.tagger import load_transformer

TEXT = "Dear Ada Lovelace,\nBob Hope of Leeds called. Regards, Grace Hopper"
WORDS = st.sampled_from(
    ["Ada", "Lovelace", "in", "Köln", "der", "\n", "🙂", "ﷺ", "İ", "e\u0301", "\ud800", "\x00", "李", ",", "B."]
)  # fmt: skip
ODD = st.lists(st.one_of(WORDS, st.text(max_size=6)), max_size=60).map(" ".join)


@cache
def loaded(name: str) -> TextTagger:
    return load_tagger() if name == "compact" else load_transformer()


@pytest.fixture(params=["compact", "transformer"])
def tagger(request: pytest.FixtureRequest) -> TextTagger:
    if request.param == "transformer":
        for package in ("onnxruntime", "tokenizers"):
            pytest.importorskip(package, reason="the extra `tagger` is not installed")
    return loaded(request.param)


@pytest.mark.parametrize("text", ["", " ", "\n\n", "123 456", "\x00", "\ud800", "🙂🙂"])
def test_where_no_word_is_no_name_is(tagger: TextTagger, text: str) -> None:
    assert tagger.tag(text) == ()


def test_names_are_found_where_they_stand(tagger: TextTagger) -> None:
    people = [TEXT[each.start : each.end] for each in tagger.tag(TEXT) if each.type == "PERSON"]
    assert people == ["Ada Lovelace", "Bob Hope", "Grace Hopper"]


def test_offsets_count_code_points(tagger: TextTagger) -> None:
    shifted = [item._replace(start=item.start - 4, end=item.end - 4) for item in tagger.tag(f"🙂é\u0301\n{TEXT}")]  # fmt: skip
    assert [item[:3] for item in shifted] == [item[:3] for item in tagger.tag(TEXT)]


@settings(max_examples=40, deadline=None)
@given(text=ODD)
def test_findings_lie_in_any_text_in_order_and_do_not_overlap(text: str) -> None:
    for name in ("compact", "transformer"):
        if name == "transformer":
            pytest.importorskip("onnxruntime", reason="the extra `tagger` is not installed")
        end = 0
        for item in loaded(name).tag(text):
            assert end <= item.start < item.end <= len(text)
            assert 0 <= item.score <= 1
            assert item.category == CATEGORIES[item.type]
            end = item.end


@pytest.mark.parametrize("gap", ["\n", " and then we spoke for a while of this and of that, "])
def test_a_long_text_is_read_to_its_end(tagger: TextTagger, gap: str) -> None:
    text = gap.join(["I spoke to Grace Hopper about it."] * 120)
    people = [each for each in tagger.tag(text) if each.type == "PERSON"]
    assert len(people) == 120
    assert {text[each.start : each.end] for each in people} == {"Grace Hopper"}


def test_the_same_text_has_the_same_findings_in_any_thread(tagger: TextTagger) -> None:
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(tagger.tag, [TEXT] * 8))
    assert found == [tagger.tag(TEXT)] * 8
