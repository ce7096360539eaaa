"""Of candidates that overlap the best stay, in whatever order they come."""

import itertools

from curtilage.detect.catalogue import load_catalogue
from curtilage.detect.context import Closeness
from curtilage.detect.judge import Candidate
from curtilage.detect.overlaps import without_overlaps
from curtilage.detect.shapes import Shape, load_shapes

SHAPES = {shape.type: shape for shape in reversed(load_shapes(load_catalogue()))}


def candidate(kind: str, start: int, end: int, close: Closeness = Closeness.NONE) -> Candidate:
    shape: Shape = SHAPES[kind]
    return Candidate(start, end, shape.number, close, shape)


def test_what_a_word_names_goes_before_what_is_longer() -> None:
    named = candidate("US_SSN", 4, 13, Closeness.NAMED)
    longer = candidate("IBAN_CODE", 0, 22)
    beside = candidate("EMAIL_ADDRESS", 22, 40)
    for order in itertools.permutations([named, longer, beside]):
        assert without_overlaps(list(order)) == [named, beside]


def test_what_lies_apart_stays_whole() -> None:
    apart = [candidate("US_SSN", place, place + 9) for place in (20, 0, 9)]
    assert without_overlaps(apart) == sorted(apart)
    assert without_overlaps([]) == []


def test_the_best_in_the_middle_leaves_both_sides_to_others() -> None:
    best = candidate("CREDIT_CARD", 5, 10, Closeness.NAMED)
    left, right = candidate("US_SSN", 0, 6), candidate("US_SSN", 9, 20)
    rest = candidate("EMAIL_ADDRESS", 10, 15)
    assert without_overlaps([left, right, best, rest]) == [best, rest]
