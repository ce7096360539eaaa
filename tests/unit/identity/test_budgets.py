"""Budgets: what they count, when they begin anew, and what is taken of them."""

from datetime import UTC, datetime

import pytest

from curtilage.identity.budgets import (
    LARGEST_BUDGET,
    Amount,
    Budget,
    BudgetAsk,
    Measure,
    Shortage,
    Tally,
    Whose,
    Window,
    lease,
    minute_of,
    parse_budget,
    period_of,
    seconds_left,
    verify_budgets,
)
from curtilage.identity.errors import UnacceptableBudget

AT = datetime(2026, 11, 28, 10, 5, 30, tzinfo=UTC)
MONEY = Budget(Measure.MONEY, Window.MONTH, 20_000_000)
TOKENS = Budget(Measure.TOKENS, Window.DAY, 1000)
CALLS = Budget(Measure.REQUESTS, Window.TOTAL, 3)


def ask(requests: int = 1, tokens: int = 0, money: int = 0) -> BudgetAsk:
    return BudgetAsk("key-1", Amount(requests, tokens, money))


@pytest.mark.parametrize(
    ("raw", "measure", "limit"),
    [
        ("20/month", Measure.MONEY, 20_000_000),
        ("0.000001/total", Measure.MONEY, 1),
        ("12.5/day", Measure.MONEY, 12_500_000),
        ("1M/day", Measure.TOKENS, 1_000_000),
        ("500k/month", Measure.TOKENS, 500_000),
        ("7/minute", Measure.REQUESTS, 7),
    ],
)
def test_a_budget_is_an_amount_and_a_window(raw: str, measure: Measure, limit: int) -> None:
    budget = parse_budget(raw, measure)
    assert (budget.measure, budget.limit) == (measure, limit)
    assert budget.window == raw.partition("/")[2]


@pytest.mark.parametrize(
    ("raw", "measure"),
    [
        ("20", Measure.MONEY),
        ("20/week", Measure.MONEY),
        ("0/day", Measure.MONEY),
        ("-1/day", Measure.MONEY),
        ("1k/day", Measure.MONEY),
        ("0.0000001/day", Measure.MONEY),
        ("1.5/day", Measure.TOKENS),
        ("1G/day", Measure.TOKENS),
        ("9999999999/day", Measure.REQUESTS),
        ("/day", Measure.REQUESTS),
        ("٣/day", Measure.REQUESTS),
    ],
)
def test_what_is_no_budget_is_refused(raw: str, measure: Measure) -> None:
    with pytest.raises(UnacceptableBudget):
        parse_budget(raw, measure)


def test_a_budget_is_told_as_it_was_asked_for() -> None:
    assert str(MONEY) == "20.00/month" and str(TOKENS) == "1000/day"
    assert LARGEST_BUDGET < 2**53


def test_windows_are_those_of_the_calendar() -> None:
    minute = minute_of(AT)
    assert [period_of(window, minute) for window in Window] == [
        "2026-11-28T10:05", "2026-11-28", "2026-11", "",
    ]  # fmt: skip
    assert seconds_left(Window.MINUTE, AT) == 31
    assert seconds_left(Window.DAY, AT) == 13 * 3600 + 54 * 60 + 31
    assert seconds_left(Window.MONTH, AT) == 2 * 86400 + 13 * 3600 + 54 * 60 + 31
    assert seconds_left(Window.TOTAL, AT) is None
    december = datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert seconds_left(Window.MONTH, december) == 2


def test_a_portion_is_taken_from_every_budget() -> None:
    tallies = [Tally("key-1", MONEY), Tally("key-1", TOKENS, "2026-11-28", 100)]
    after, portion = lease(tallies, ask(tokens=10, money=500), AT)
    assert portion.shortage is None and portion.minute == "2026-11-28T10:05"
    assert portion.amount.covers(Amount(1, 10, 500))
    assert [each.used for each in after] == [portion.amount.money, 100 + portion.amount.tokens]
    assert [each.period for each in after] == ["2026-11", "2026-11-28"]


def test_where_one_budget_has_no_room_nothing_is_taken_of_any() -> None:
    tallies = [Tally("key-1", MONEY, "2026-11", 5), Tally("team", TOKENS, "2026-11-28", 995)]
    wanted = ask(tokens=6, money=500)
    after, portion = lease(tallies, wanted, AT, whose={"team": Whose.GROUP})
    assert after == tallies
    assert portion.amount.is_nothing
    wait = seconds_left(Window.DAY, AT)
    assert portion.shortage == Shortage(Measure.TOKENS, Window.DAY, whose=Whose.GROUP, wait=wait)


def test_what_no_period_has_room_for_is_not_worth_waiting() -> None:
    for tally, amount in ((Tally("k", TOKENS), 1001), (Tally("k", CALLS, "", 3), 0)):
        shortage = lease([tally], ask(tokens=amount), AT)[1].shortage
        assert shortage is not None and shortage.wait is None


def test_a_portion_never_holds_more_than_an_eighth_of_the_room_beyond_what_is_asked() -> None:
    _, portion = lease([Tally("k", TOKENS, "2026-11-28", 200)], ask(tokens=20), AT)
    assert 20 <= portion.amount.tokens <= 20 + 800 // 8
    _, portion = lease([Tally("k", TOKENS, "2026-11-28", 975)], ask(tokens=20), AT)
    assert portion.amount.tokens == 20


def test_a_portion_ends_with_its_minute() -> None:
    late = AT.replace(second=59, microsecond=900_000)
    _, portion = lease([Tally("k", CALLS)], ask(), late)
    assert 0 < portion.seconds <= 0.1
    assert lease([Tally("k", CALLS)], ask(), AT)[1].seconds == 0.5


def test_a_new_period_begins_at_nothing_and_the_total_never() -> None:
    tallies = [Tally("k", TOKENS, "2026-11-27", 1000), Tally("k", CALLS, "", 2)]
    after, portion = lease(tallies, ask(tokens=1), AT)
    assert portion.shortage is None
    assert after[0].used == portion.amount.tokens
    assert after[1].used == 3


def test_a_clock_that_went_back_begins_no_period_again() -> None:
    tallies = [Tally("k", TOKENS, "2026-11-29", 1000)]
    assert lease(tallies, ask(tokens=1), AT)[1].shortage is not None


def test_a_correction_counts_for_the_period_that_it_comes_from() -> None:
    tallies = [Tally("k", MONEY, "2026-11", 500), Tally("k", TOKENS, "2026-11-28", 500)]
    corrections = (("2026-11-27T23:59", 0, -100, -100), ("2026-11-28T10:04", -1, 30, 70))
    after, portion = lease(tallies, BudgetAsk("key-1", Amount(), corrections), AT)
    assert [each.used for each in after] == [470, 530]
    assert portion.amount.is_nothing and portion.shortage is None


def test_budgets_of_one_kind_are_one() -> None:
    assert verify_budgets([TOKENS, MONEY]) == (MONEY, TOKENS)
    with pytest.raises(UnacceptableBudget):
        verify_budgets([TOKENS, Budget(Measure.TOKENS, Window.DAY, 5)])
