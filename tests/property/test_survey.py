"""A file is read in parts, and what is found is what the whole would show, where it is."""

import itertools
from collections.abc import Iterator, Sequence

from hypothesis import given
from hypothesis import strategies as st

from curtilage.survey.examining import Listing, Wishes, locate
from curtilage.survey.models import Part
from curtilage.survey.originals import Original
from curtilage.survey.readers.plain import as_it_is
from curtilage.survey.windows import Sizes, cut_windows
from tests.unit.detect.engines import fast
from tests.unit.detect.vector_files import read_vectors

SMALL = Sizes(core=300, before=600, after=600, longest=4000)
VECTORS = [vector.text for vector in read_vectors() if vector.span and len(vector.text) < 300]
LINES = st.one_of(
    st.sampled_from(VECTORS),
    st.text(max_size=40),
    st.from_regex(r"[0-9 .\-/()+]{1,30}", fullmatch=True),
    st.just("x" * 700),
    st.just("word " * 100),
)
TEXTS = st.lists(LINES, max_size=25).map("\n".join)


def parts_of(text: str, cuts: Sequence[int], sizes: Sizes) -> Iterator[Part]:
    original = Original(_pieces(text, cuts))
    return cut_windows(as_it_is(original), original, sizes=sizes)


def _pieces(text: str, cuts: Sequence[int]) -> Iterator[str]:
    places = sorted({0, len(text), *(cut % (len(text) + 1) for cut in cuts)})
    for start, end in itertools.pairwise(places):
        yield text[start:end]


@given(TEXTS, st.lists(st.integers(0, 10**6), max_size=8))
def test_however_a_file_comes_its_parts_are_the_same(text: str, cuts: list[int]) -> None:
    parts = [(part.text, part.core) for part in parts_of(text, cuts, SMALL)]
    assert parts == [(part.text, part.core) for part in parts_of(text, [], SMALL)]
    assert "".join(each[core[0] : core[1]] for each, core in parts if core) == text


@given(TEXTS)
def test_parts_show_what_the_whole_shows(text: str) -> None:
    whole = spots(parts_of(text, [], Sizes()))
    assert spots(parts_of(text, [], SMALL)) == whole
    assert len(whole) == len(fast().scan(text))


def spots(parts: Iterator[Part]) -> list[object]:
    listing = Listing("a")
    return [
        (found.finding.type, found.finding.score, found.spot)
        for part in parts
        for found in listing.take(part.core, locate("a", part, fast(), Wishes()))
    ]
