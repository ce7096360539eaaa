"""What one call may cost, and what it did."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from curtilage.gateway import records
from curtilage.gateway.billing import (
    USUAL_OUTPUT,
    Bill,
    BilledCall,
    estimate,
    refusal,
)
from curtilage.gateway.errors import BudgetUsedUp, NoPrice
from curtilage.gateway.prices import PriceSettings, PriceTable
from curtilage.identity.budgets import Amount, Budget, Measure, Shortage, Whose, Window
from curtilage.identity.models import ApiKey, KeyGroup
from tests.builders import TENANT
from tests.fakes.clock import START
from tests.fakes.dataplane import FakeBudgets, an_api_key

MONEY = Budget(Measure.MONEY, Window.MONTH, 20_000_000)
ROW = PriceSettings("gpt-*", "2020-01-01", "USD", "1", "10", cached_input="0.1", max_output=1000)
PRICES = PriceTable([ROW])
PRICE: Any = PRICES.find("gpt-4o", "openai", START.date())
USED = {"tokens_in": 20, "tokens_out": 5, "tokens_cached": 10}


def a_call(**given: Any) -> BilledCall:
    defaults = {
        "kind": "openai.chat", "model": "gpt-4o", "upstream": "openai",
        "document": {"max_tokens": 100}, "size": 300,
    }  # fmt: skip
    return BilledCall(**(defaults | given))


async def a_bill(
    budgets: FakeBudgets, *, key: ApiKey | None = None, call: BilledCall | None = None
) -> Bill:
    bill = Bill(budgets)
    key = key or an_api_key(budgets=(MONEY,))
    await bill.reserve(key.payer, PRICES, call or a_call(), START)
    bill.was_sent, bill.status = True, 200
    return bill


def tokens_of(*, price: Any = None, **given: Any) -> tuple[int, int]:
    tokens = estimate(a_call(**({"document": {}, "size": 30} | given)), price).tokens
    return tokens.input, tokens.output


def test_an_estimate_is_the_body_and_the_longest_reply_that_is_asked_for() -> None:
    assert tokens_of(size=31, document={"max_tokens": 5}) == (11, 5)
    assert tokens_of(document={"max_completion_tokens": 7, "max_tokens": 5}) == (10, 7)
    assert tokens_of(document={"max_output_tokens": 7}, choices=3) == (10, 21)
    assert tokens_of(document={"max_tokens": 0}) == (10, 0)
    assert tokens_of() == (10, USUAL_OUTPUT)
    assert tokens_of(price=PRICE) == (10, 1000)
    assert tokens_of(document={"max_tokens": True}) == (10, USUAL_OUTPUT)
    assert tokens_of(kind="openai.embeddings") == (10, 0)
    assert tokens_of(kind="anthropic.count_tokens") == (0, 0)


async def test_what_a_call_may_cost_is_taken_from_its_budgets() -> None:
    budgets = FakeBudgets()
    facts = await Bill(budgets).reserve(an_api_key(budgets=(MONEY,)), PRICES, a_call(), START)
    assert budgets.taken == [Amount(1, 200, 100 + 1000)]
    assert facts == {
        "in": 100, "out": 100, "cost": 1100, "currency": "USD", "price": PRICE.version,
    }  # fmt: skip


async def test_who_serves_in_the_place_of_another_is_charged_at_its_own_price() -> None:
    dear = PriceTable([replace(ROW, input="2", output="20")])
    for price, cost in ((dear.find("gpt-4o", "two", START.date()), 121), (None, 61)):
        budgets = FakeBudgets()
        bill = await a_bill(budgets)
        bill.charge_at(price)
        assert bill.count(records.COMPLETED, USED)["cost"] == cost


async def test_a_key_without_budgets_asks_nobody_and_is_counted_all_the_same() -> None:
    budgets = FakeBudgets()
    facts = await Bill(budgets).reserve(an_api_key().payer, PRICES, a_call(model="o3"), START)
    assert budgets.taken == []
    assert facts == {"in": 100, "out": 100, "unpriced": True}


@pytest.mark.parametrize("of_group", [False, True])
async def test_with_a_budget_in_money_an_unknown_price_refuses(of_group: bool) -> None:
    budgets = FakeBudgets()
    group = KeyGroup("g", TENANT, "team", START, (MONEY,))
    key = an_api_key(group=group) if of_group else an_api_key(budgets=(MONEY,))
    early = START - timedelta(days=3650)
    with pytest.raises(NoPrice):
        await Bill(budgets).reserve(key.payer, PRICES, a_call(model="o3"), START)
    with pytest.raises(NoPrice):
        await Bill(budgets).reserve(key.payer, PRICES, a_call(), early)
    count = a_call(model="claude-x", kind="anthropic.count_tokens")
    await Bill(budgets).reserve(key.payer, PRICES, count, START)
    assert budgets.taken == [Amount(1)]


async def test_what_the_provider_counted_takes_the_place_of_the_estimate() -> None:
    budgets = FakeBudgets()
    bill = await a_bill(budgets)
    facts = bill.count(records.COMPLETED, USED)
    assert facts == {
        "in": 20, "cached": 10, "out": 5, "cost": 10 + 1 + 50, "currency": "USD",
        "price": PRICE.version,
    }  # fmt: skip
    bill.settle(facts)
    bill.settle(facts)
    bill.release()
    assert budgets.used == [Amount(1, 25, 61)]


@pytest.mark.parametrize("kind", [records.ABORTED, records.FAILED])
async def test_what_broke_off_stands_at_its_reservation(kind: str) -> None:
    budgets = FakeBudgets()
    bill = await a_bill(budgets)
    facts = bill.count(kind, {"tokens_in": 20, "tokens_out": 5})
    assert (facts["in"], facts["out"], facts["estimated"]) == (100, 100, True)
    bill.settle(facts)
    assert budgets.used == budgets.taken


async def test_what_broke_off_beyond_its_reservation_counts_as_it_was_seen() -> None:
    bill = await a_bill(FakeBudgets())
    facts = bill.count(records.ABORTED, {"tokens_in": 900, "tokens_out": 5})
    assert (facts["in"], facts["out"], facts["estimated"]) == (900, 5, True)


async def test_what_the_provider_does_not_say_stands_at_its_reservation() -> None:
    bill = await a_bill(FakeBudgets())
    facts = bill.count(records.COMPLETED, {"tokens_in": 20})
    assert (facts["in"], facts["out"], facts["estimated"]) == (20, 100, True)


@pytest.mark.parametrize(("was_sent", "status", "requests"), [(False, 0, 0), (True, 500, 1)])
async def test_what_was_not_sent_or_answered_with_an_error_costs_nothing(
    was_sent: bool, status: int, requests: int
) -> None:
    budgets = FakeBudgets()
    bill = await a_bill(budgets)
    bill.was_sent, bill.status = was_sent, status
    facts = bill.count(records.FAILED, {})
    assert facts == {"cost": 0, "currency": "USD", "price": PRICE.version}
    bill.settle(facts)
    assert budgets.used == [Amount(requests)]


async def test_a_call_that_came_to_nothing_gives_back_what_it_took() -> None:
    budgets = FakeBudgets()
    bill = await a_bill(budgets)
    bill.release()
    assert budgets.used == []  # it may have cost that much
    bill.was_sent = False
    bill.release()
    bill.release()
    assert budgets.used == [Amount()]


@pytest.mark.parametrize(
    "given",
    [
        {"kind": "anthropic.count_tokens"},
        {"kind": "openai.responses.count"},
        {"kind": "openai.responses.read", "of_kept": True},
    ],
)
async def test_counting_and_reading_what_is_kept_costs_a_request_and_no_tokens(
    given: dict[str, Any],
) -> None:
    budgets = FakeBudgets()
    bill = await a_bill(budgets, call=a_call(**given))
    facts = bill.count(records.COMPLETED, {"tokens_in": 800, "tokens_out": 90})
    assert facts == {"free": True}
    bill.settle(facts)
    assert budgets.taken == budgets.used == [Amount(1)]


async def test_without_a_reservation_there_is_no_bill() -> None:
    bill = Bill(FakeBudgets())
    assert bill.count(records.REFUSED, {}) == {}
    bill.settle({})


async def test_a_shortage_refuses_and_says_which_budget_and_for_how_long() -> None:
    budgets = FakeBudgets(shortage=Shortage(Measure.MONEY, Window.DAY, whose=Whose.GROUP, wait=90))
    with pytest.raises(BudgetUsedUp) as refused:
        await a_bill(budgets)
    assert refused.value.retry_after == 90
    assert "key's group has a budget of money a day" in refused.value.detail
    total = refusal(Shortage(Measure.REQUESTS, Window.TOTAL))
    assert total.retry_after is None
    assert "The key has a budget of requests in total" in total.detail
