"""Windows cover a text, each place is owned once, and none is larger than it may be."""

import itertools

from hypothesis import example, given
from hypothesis import strategies as st

from curtilage.detect.tagger.adapters.windows import windows

sizes = st.tuples(st.integers(2, 12), st.integers(0, 11)).filter(lambda each: each[1] < each[0])


@given(st.text("ab1 \n.,é\U0001f600", max_size=200), sizes)
@example("", (4, 2))
@example("a" * 500 + " " * 500, (4, 2))
def test_each_place_is_in_a_window_that_owns_it(text: str, given_sizes: tuple[int, int]) -> None:
    size, overlap = given_sizes
    found = list(windows(text, size=size, overlap=overlap))
    assert found[0].first == 0
    assert found[-1].last == len(text)
    assert all(one.last == other.first for one, other in itertools.pairwise(found))
    for window in found:
        assert text[window.start : window.start + len(window.text)] == window.text
        assert window.start <= window.first
        assert window.last <= window.start + len(window.text)
        assert len(window.text) <= 80 * size


def test_a_name_near_an_edge_is_whole_in_the_window_that_owns_it() -> None:
    words = [f"w{number}" for number in range(100)]
    text = " ".join(words)
    for first, second in itertools.pairwise(words):
        start = text.index(f"{first} {second}")
        (owner,) = (each for each in windows(text, size=10, overlap=6) if each.owns(start))
        assert f"{first} {second}" in owner.text
