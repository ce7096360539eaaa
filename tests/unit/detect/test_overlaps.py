"""Of candidates that overlap the best stay, in whatever order they come."""

import itertools

from curtilage.core.models import Finding
from curtilage.detect.catalogue import load_catalogue
from curtilage.detect.context import Closeness
from curtilage.detect.judge import Candidate
from curtilage.detect.overlaps import add_rival, without_overlaps
from curtilage.detect.shapes import Shape, load_shapes

SHAPES = {shape.type: shape for shape in reversed(load_shapes(load_catalogue()))}


def candidate(kind: str, start: int, end: int, close: Closeness = Closeness.NONE) -> Candidate:
    shape: Shape = SHAPES[kind]
    return Candidate(start, end, shape.number, close, shape)


def bare(chosen: list[Candidate]) -> list[Candidate]:
    """Without what lost to them."""
    return [each._replace(rivals=()) for each in chosen]


def rivals(chosen: list[Candidate]) -> list[tuple[str, ...]]:
    return [tuple(each.shape.type for each in one.rivals) for one in chosen]


def found(kind: str, score: float) -> Finding:
    return Finding(0, 9, kind, score, "user", "test")


def test_what_a_word_names_goes_before_what_is_longer() -> None:
    named = candidate("US_SSN", 4, 13, Closeness.NAMED)
    longer = candidate("IBAN_CODE", 0, 22)
    beside = candidate("EMAIL_ADDRESS", 22, 40)
    for order in itertools.permutations([named, longer, beside]):
        assert bare(without_overlaps(list(order))) == [named, beside]


def test_what_lies_apart_stays_whole() -> None:
    apart = [candidate("US_SSN", place, place + 9) for place in (20, 0, 9)]
    assert without_overlaps(apart) == sorted(apart)
    assert without_overlaps([]) == []


def test_the_best_in_the_middle_leaves_both_sides_to_others() -> None:
    best = candidate("CREDIT_CARD", 5, 10, Closeness.NAMED)
    left, right = candidate("US_SSN", 0, 6), candidate("US_SSN", 9, 20)
    rest = candidate("EMAIL_ADDRESS", 10, 15)
    assert bare(without_overlaps([left, right, best, rest])) == [best, rest]


def test_what_lost_by_little_is_a_rival_of_all_that_it_lost_to() -> None:
    card, phone = candidate("CREDIT_CARD", 0, 16), candidate("PHONE_NUMBER", 16, 26)
    account = candidate("IBAN_CODE", 0, 26)
    for order in itertools.permutations([card, phone, account]):
        assert rivals(without_overlaps(list(order))) == [("CREDIT_CARD", "PHONE_NUMBER")]
    named = [each._replace(closeness=Closeness.NAMED) for each in (card, phone)]
    assert rivals(without_overlaps([*named, account])) == [("IBAN_CODE",), ("IBAN_CODE",)]


def test_what_lost_by_far_is_none_and_of_a_type_there_is_one() -> None:
    named = candidate("US_SSN", 0, 9, Closeness.NAMED)
    assert rivals(without_overlaps([named, candidate("US_BANK_NUMBER", 0, 9)])) == [()]
    url = candidate("URL_USERINFO", 0, 60)
    inside = [candidate("EMAIL_ADDRESS", place, place + 9) for place in range(0, 50, 10)]
    assert rivals(without_overlaps([url, *inside])) == [("EMAIL_ADDRESS",)]


def test_a_rival_brings_those_that_had_lost_to_it() -> None:
    loser = add_rival(found("AT_TIN", 0.5), found("US_SSN", 0.5))
    won = add_rival(found("ORDER", 0.6), loser)
    assert [(each.type, each.rivals) for each in won.rivals] == [("AT_TIN", ()), ("US_SSN", ())]
    assert add_rival(won, loser) == won
    assert add_rival(found("ORDER", 0.9), loser).rivals == ()
    assert add_rival(found("AT_TIN", 0.5), found("AT_TIN", 0.4)).rivals == ()
