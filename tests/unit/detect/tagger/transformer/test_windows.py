"""Windows: each token is answered for once, with context, and none is too long."""

from hypothesis import given
from hypothesis import strategies as st

from curtilage.detect.tagger.transformer.windows import CONTEXT, LONGEST, windows

TOKENS = st.lists(st.tuples(st.integers(1, 12), st.booleans()), max_size=600)


@given(tokens=TOKENS)
def test_each_token_is_answered_for_once_and_in_order(tokens: list[tuple[int, bool]]) -> None:
    sizes, opens = [size for size, _ in tokens], [line for _, line in tokens]
    cut = list(windows(sizes, opens))
    answered = [place for window in cut for place in range(window.kept, window.until)]
    assert answered == list(range(len(tokens)))
    for window in cut:
        assert window.first <= window.kept < window.until <= window.last
        assert sum(sizes[window.first : window.last]) <= LONGEST


def test_a_short_text_is_one_window() -> None:
    assert list(windows([1, 2, 3], [True, False, False])) == [(0, 0, 3, 3)]
    assert list(windows([], [])) == []


def test_a_line_is_not_cut_where_windows_may_end_between_lines() -> None:
    sizes, opens = [1] * 200, [place % 100 == 0 for place in range(200)]
    assert list(windows(sizes, opens)) == [(0, 0, 100, 100), (100, 100, 200, 200)]


def test_a_long_line_is_cut_with_context_on_both_sides() -> None:
    first, second = windows([1] * 200, [True, *[False] * 199])
    assert (first.until, second.kept) == (LONGEST - CONTEXT, LONGEST - CONTEXT)
    assert first.last - first.until == CONTEXT == second.kept - second.first
