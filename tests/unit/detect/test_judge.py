"""What one text may cost, and that what costs more is refused on both engines."""

import pytest

from curtilage.detect.engine import build_engine
from curtilage.detect.errors import TooDense
from curtilage.detect.judge import BUDGET, Budget
from tests.patterns import compiled_patterns
from tests.unit.detect.engines import fast, types

NUMBERS = "the account 536904399 "


def test_a_budget_grows_with_the_text_and_has_a_least() -> None:
    budget = Budget(least=100, each=3)
    assert budget.of("") == budget.of("x" * 33) == 100
    assert budget.of("x" * 40) == 120


@pytest.mark.parametrize("backend", ["hyperscan", "re"])
def test_what_costs_more_than_its_budget_is_refused_and_not_passed(backend: str) -> None:
    frugal = build_engine(compiled_patterns(), backend=backend, budget=Budget(least=60, each=0))
    assert [item.type for item in frugal.scan("SSN 536904399")] == ["US_SSN"]
    with pytest.raises(TooDense):
        frugal.scan(NUMBERS * 100)
    with pytest.raises(TooDense):
        frugal.candidates(NUMBERS * 100)


def test_a_text_that_holds_little_costs_nothing() -> None:
    frugal = build_engine(compiled_patterns(), backend="hyperscan", budget=Budget(least=0, each=0))
    assert frugal.scan("nothing that would be looked at twice " * 1000) == ()


@pytest.mark.parametrize(
    "text",
    [
        NUMBERS * 5000,
        "name,card,ssn,passport\n" + "Ada,4111 1111 1111 1111,536-90-4399,912345678\n" * 2000,
        "12.5,3.77,1024,99999.01\n" * 4000,
        "see 443100475 there " * 5000,
    ],
    ids=["numbers in prose", "a table", "measurements", "as dense as prose can be"],
)
def test_no_ordinary_text_is_too_dense(text: str) -> None:
    fast().scan(text)
    assert len(text) * BUDGET.each > BUDGET.least, "a text that the least would pass shows nothing"


def test_a_number_alone_is_found_whatever_follows_it() -> None:
    alone = "Could you check 943 476 5870 for me?"
    named = "\nHer NHS number is 943 476 5919."
    assert types(alone) == types(alone + named)[:1] == ["UK_NHS"]


def test_what_stands_between_two_rare_words_is_tried_once() -> None:
    """A row of a wallet's words, each of which makes all before it a place to look at."""
    frugal = build_engine(compiled_patterns(), backend="hyperscan", budget=Budget(least=0, each=2))
    assert frugal.scan("absurd abandon " * 2000) == ()
