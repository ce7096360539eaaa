"""Triggers say where to look; windows say how far."""

import itertools

from curtilage.detect.hidden.triggers import HyperscanTriggers, ReTriggers, windows
from tests.patterns import compiled_patterns

PATTERNS = ["[^a-z]cat[^a-z]", "d.g", "mał"]


def test_both_engines_give_the_same_ends() -> None:
    fast, plain = HyperscanTriggers(PATTERNS, compiled_patterns()), ReTriggers(PATTERNS)
    for text in ("cat", "a cat, a dog\ndig", "małpa 🐈 cat", "concatenate", ""):
        assert sorted(fast.ends(text)) == sorted(plain.ends(text))
    assert (0, 4) in [(number, end) for number, end in fast.ends("cat ")]


def test_windows_are_in_order_apart_and_hold_their_places() -> None:
    text = "word and word\n" * 400
    found = windows([5000, 100, 130, 2000], text, before=50, after=80)
    assert all(one[1] <= two[0] for one, two in itertools.pairwise(found))
    for place in (100, 130, 2000, 5000):
        assert any(first <= place <= last for first, last in found)
    assert all(text[first - 1] == "\n" for first, _ in found if first)


def test_a_window_in_a_text_without_spaces_ends_where_it_ends() -> None:
    assert windows([500], "x" * 1000, before=50, after=80) == [(450, 580)]
