"""Events of calls become sums."""

import pytest

from curtilage.core.models import Event
from curtilage.gateway import records
from curtilage.gateway.usage.models import Counts
from curtilage.gateway.usage.rules import compare, fold, name_intents, open_call, tell_difference
from tests.builders import TENANT, an_event
from tests.unit.gateway.usage.calls import (
    BILL,
    PRICED,
    a_call,
    an_ending,
    an_intent,
    used,
)


def counts_of(*events: Event) -> dict[str, Counts]:
    """The sums by currency."""
    return {key.currency: counts for key, counts in fold(events, {}).sums.items()}


def test_calls_add_up_under_what_they_were() -> None:
    folded = fold([*a_call(1), *a_call(2)], {})
    assert folded.sums == {PRICED: used(2)}
    assert not folded.opened and not folded.closed


def test_a_call_that_ends_in_a_later_batch_is_counted_there() -> None:
    intent = an_intent()
    first = fold([intent], {})
    assert first.sums == {} and first.opened == {(TENANT, intent.id): open_call(intent)}
    ending = an_ending(intent)
    assert name_intents([ending, intent]) == {(TENANT, intent.id)}
    second = fold([ending], first.opened)
    assert second.sums == {PRICED: used()}
    assert second.closed == [(TENANT, intent.id)]


def test_an_end_that_nobody_knows_counts_what_was_reserved() -> None:
    intent = an_intent()
    counts = counts_of(intent, an_ending(intent, records.UNKNOWN, reason="worker-died"))
    assert counts == {"EUR": Counts(calls=1, estimated=1, tokens_in=100, tokens_out=50, cost=600)}


@pytest.mark.parametrize("kind", [records.ABORTED, records.FAILED])
def test_a_bill_that_is_an_estimate_says_so(kind: str) -> None:
    intent = an_intent()
    counts = counts_of(intent, an_ending(intent, kind, bill={**BILL, "estimated": True}))
    assert counts["EUR"].estimated == 1


def test_a_refused_call_is_counted_apart() -> None:
    intent = an_intent(reserved={})
    assert counts_of(intent, an_ending(intent, records.REFUSED, status=403)) == {
        "": Counts(refused=1)
    }


def test_without_a_price_tokens_count_and_the_call_is_unpriced() -> None:
    intent = an_intent()
    counts = counts_of(intent, an_ending(intent, bill={"in": 7, "out": 2, "unpriced": True}))
    assert counts == {"": Counts(calls=1, unpriced=1, tokens_in=7, tokens_out=2)}


def test_what_is_free_is_a_call_without_tokens() -> None:
    intent = an_intent()
    ending = an_ending(intent, bill={"free": True}, tokens_in=900)
    assert counts_of(intent, ending) == {"": Counts(calls=1)}


def test_records_of_an_earlier_release_count_their_tokens() -> None:
    intent = an_intent(reserved={}, group="")
    ending = an_ending(intent, tokens_in=20, tokens_cached=4, tokens_out=5)
    assert counts_of(intent, ending) == {
        "": Counts(calls=1, unpriced=1, tokens_in=20, tokens_cached=4, tokens_out=5)
    }


def test_an_ending_without_its_intent_is_counted_under_what_is_known() -> None:
    (key,) = fold([an_ending(an_intent())], {}).sums
    assert (key.actor, key.model, key.purpose, key.currency) == ("an actor", "", "assist", "EUR")


def test_what_no_upstream_was_asked_for_is_no_call() -> None:
    intent = an_intent(upstream="", model="", reserved={})
    assert counts_of(intent, an_ending(intent, status=200)) == {}


def test_other_events_and_strange_facts_count_nothing() -> None:
    assert fold([an_event(kind="api_key.created")], {}).sums == {}
    intent = an_intent(reserved="much", model=7)
    assert counts_of(intent, an_ending(intent, bill={"in": True, "cost": "9", "currency": 1})) == {
        "": Counts(calls=1)
    }


def test_sums_that_differ_are_named_with_what_differs() -> None:
    other = PRICED._replace(day="2026-01-01")
    found = compare({PRICED: used(2), other: used()}, {PRICED: used(2)})
    assert [difference.key for difference in found] == [other]
    assert "tokens_in 20 ≠ 0" in tell_difference(found[0])
    assert tell_difference(compare({}, {PRICED: Counts(cost=5)})[0]) == ["cost 0 ≠ 5"]
    assert compare({PRICED: used()}, {PRICED: used()}) == []
