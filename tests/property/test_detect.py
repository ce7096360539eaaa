"""Detection holds for any text: exact offsets, no exception, the same on both engines."""

from hypothesis import given
from hypothesis import strategies as st

from curtilage.detect.normalise import Folder
from tests.unit.detect.engines import fast, plain
from tests.unit.detect.vector_files import read_vectors

GOOD = [vector.text for vector in read_vectors() if vector.span]
PIECES = st.one_of(
    st.text(max_size=12),
    st.sampled_from(GOOD),
    st.sampled_from(
        [
            " ",
            "\n",
            "@",
            ".",
            "-",
            "/",
            ":",
            "+",
            "(",
            '"',
            "=",
            "\u200b",
            "\u00a0",
            "é",
            "中",
            "٣",
            "😀",
        ]
    ),
    st.from_regex(r"[0-9 .\-/()+]{1,30}", fullmatch=True),
    st.from_regex(r"[0-9A-Z]{1,24}", fullmatch=True),
)
TEXTS = st.lists(PIECES, max_size=10).map("".join)


@given(TEXTS)
def test_both_engines_find_the_same(text: str) -> None:
    assert fast().candidates(text) == plain().candidates(text)
    assert fast().scan(text) == plain().scan(text)


@given(TEXTS)
def test_findings_lie_in_the_text_in_order_and_apart(text: str) -> None:
    end = 0
    for finding in fast().scan(text):
        assert end <= finding.start < finding.end <= len(text)
        assert 0 < finding.score <= 1
        end = finding.end


@given(st.text(st.characters(exclude_categories=()), max_size=200))
def test_no_text_is_an_error(text: str) -> None:
    assert fast().scan(text) == fast().scan(text)


@given(TEXTS)
def test_what_is_found_is_found_again_in_front_of_other_text(text: str) -> None:
    """A finding with room on both sides stays, wherever it stands."""
    far = " " * 100
    before = [(item.start, item.end, item.type) for item in fast().candidates(text)]
    after = [
        (item.start - 100, item.end - 100, item.type) for item in fast().candidates(far + text)
    ]
    assert before == after


@given(st.text(max_size=60))
def test_folding_keeps_the_way_back(text: str) -> None:
    folded = FOLDER.fold(text)
    for place in range(len(folded.text)):
        start, end = folded.span(place, place + 1)
        original = text[start:end]
        assert FOLDER.fold(original).text == folded.text[place]


FOLDER = Folder()


@given(st.sampled_from(GOOD), st.sampled_from(GOOD), st.integers(0, 40), st.booleans())
def test_both_find_the_same_where_names_are_far_apart(
    one: str, other: str, lines: int, is_table: bool
) -> None:
    line = "a;b;c\n" if is_table else "nothing is said here of anything\n"
    filler = line * lines * 3
    text = f"{filler}{one}\n{filler}{other}\n{filler}"
    assert fast().scan(text) == plain().scan(text)
