"""Phrases hold for any text: exact offsets in order and apart, no exception, no order of calls."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.detect.phrases.phrase_lines import phrases
from tests.unit.detect.vector_files import read_vectors

FOLDER = Path(__file__).parents[1] / "vectors" / "phrases"
LINES = [vector.text for vector in read_vectors(FOLDER)]
PIECES = st.one_of(
    st.text(max_size=12),
    st.sampled_from(LINES),
    st.sampled_from(
        [" ", "\n", ", ", ". ", "-", "/", ":", '"', "\u200b", "\u00a0", "é", "中", "٣"]
    ),
    st.from_regex(r"[0-9 .\-/:]{1,20}", fullmatch=True),
    st.from_regex(r"[A-Z][a-z]{0,8} [0-9]{1,5}", fullmatch=True),
)
TEXTS = st.lists(PIECES, max_size=10).map("".join)


@given(TEXTS)
def test_findings_lie_in_the_text_in_order_and_apart(text: str) -> None:
    end = 0
    for finding in phrases().find(text):
        assert end <= finding.start < finding.end <= len(text)
        assert 0 < finding.score <= 1
        assert text[finding.start : finding.end].strip()
        end = finding.end


@given(st.text(st.characters(exclude_categories=()), max_size=200))
def test_no_text_is_an_error(text: str) -> None:
    assert phrases().find(text) == phrases().find(text)


@given(st.sampled_from(LINES), st.sampled_from(LINES))
def test_paragraphs_apart_are_found_as_each_alone(first: str, second: str) -> None:
    apart = "\n\n--\n\n"
    shift = len(first) + len(apart)
    moved = [
        item._replace(start=item.start + shift, end=item.end + shift)
        for item in phrases().find(second)
    ]
    assert [*phrases().find(first + apart + second)] == [*phrases().find(first), *moved]
