"""A budget is never passed by more than calls used beyond their reservations.

Workers reserve, settle, give back, die and fail to be heard in any order.
"""

import asyncio
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from curtilage.core.errors import UnavailableError
from curtilage.identity.budgets import (
    Amount,
    Budget,
    BudgetAsk,
    BudgetPortion,
    Measure,
    Tally,
    Window,
    lease,
    minute_of,
    period_of,
)
from curtilage.identity.worker_budgets import Reservation, WorkerBudgets
from tests.fakes import FixedClock

LIMITS = st.tuples(st.integers(1, 500), st.sampled_from(list(Window)))
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("reserve"), st.integers(0, 2), st.integers(0, 120)),
        st.tuples(st.just("settle"), st.integers(0, 50), st.integers(0, 150)),
        st.tuples(st.just("flush"), st.integers(0, 2), st.just(0)),
        st.tuples(st.just("wait"), st.sampled_from([0, 1, 70, 90_000, 3_000_000]), st.just(0)),
        st.tuples(st.just("die"), st.integers(0, 2), st.just(0)),
        st.tuples(st.just("unheard"), st.integers(0, 2), st.booleans()),
    ),
    max_size=40,
)


@dataclass
class Deployment:
    """The process that counts, three workers, and what calls really did."""

    limits: list[tuple[int, Window]]
    clock: FixedClock = field(default_factory=FixedClock)
    lost: bool = False  # whether something may stay taken that nobody uses
    unheard: str = ""
    open: list[tuple[int, Reservation]] = field(default_factory=list)
    reserved: Counter[str] = field(default_factory=Counter)
    beyond: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        budgets = [Budget(Measure.TOKENS, window, limit) for limit, window in self.limits]
        self.tallies = [Tally(f"holder-{n}", budget) for n, budget in enumerate(budgets)]
        self.workers = [WorkerBudgets(self.ask, self.clock) for _ in range(3)]

    async def ask(self, ask: BudgetAsk) -> BudgetPortion:
        await asyncio.sleep(0)
        unheard, self.unheard = self.unheard, ""
        if unheard == "before":
            raise UnavailableError
        self.tallies, portion = lease(self.tallies, ask, self.now())
        if unheard == "after":
            raise UnavailableError
        return portion

    def now(self) -> datetime:
        return self.clock.now()

    async def step(self, kind: str, one: int, two: int) -> None:
        if kind == "reserve":
            await self.reserve(one, two)
        elif kind == "settle" and self.open:
            worker, taken = self.open.pop(one % len(self.open))
            self.book(taken.minute, two - taken.amount.tokens, two)
            self.workers[worker].settle(taken, Amount(1, two))
        elif kind == "flush":
            await self.flush(one)
        elif kind == "wait":
            self.clock.advance(one)
        elif kind == "die":
            self.kill(one)
        elif kind == "unheard":
            self.lost, self.unheard = True, "after" if two else "before"

    def kill(self, worker: int) -> None:
        """Its calls stand as reserved; what it did not tell yet of the last second is lost."""
        self.lost = True
        self.open = [each for each in self.open if each[0] != worker]
        for held in self.workers[worker]._held.values():
            for minute, amount in held.owed.items():
                self.beyond[minute] -= max(0, amount.tokens)
        self.workers[worker] = WorkerBudgets(self.ask, self.clock)

    async def reserve(self, worker: int, tokens: int) -> None:
        try:
            taken = await self.workers[worker].reserve("k", Amount(1, tokens))
        except UnavailableError:
            return
        if isinstance(taken, Reservation):
            self.open.append((worker, taken))
            self.reserved[taken.minute] += tokens

    async def flush(self, worker: int) -> None:
        try:
            await self.workers[worker].flush(everything=True)
        except UnavailableError:
            return

    def book(self, minute: str, difference: int, used: int) -> None:
        self.reserved[minute] += min(0, difference)
        self.beyond[minute] += max(0, difference)

    def check(self) -> None:
        for tally in self.tallies:
            for minute in self.reserved:
                period = period_of(tally.budget.window, minute)
                assert self.sum_of(self.reserved, tally, period) <= tally.budget.limit

    def sum_of(self, counts: "Counter[str]", tally: Tally, period: str) -> int:
        window = tally.budget.window
        return sum(n for minute, n in counts.items() if period_of(window, minute) == period)


async def play(deployment: Deployment, steps: list[tuple[str, int, int]]) -> None:
    for step in steps:
        await deployment.step(*step)
        deployment.check()
    deployment.unheard = ""
    for worker in range(3):
        await deployment.flush(worker)
    minute = minute_of(deployment.now())
    for tally in deployment.tallies:
        period = period_of(tally.budget.window, minute)
        if tally.period != period:
            continue
        really = deployment.sum_of(deployment.reserved + deployment.beyond, tally, period)
        assert tally.used >= really
        assert deployment.lost or tally.used == really


@given(st.lists(LIMITS, min_size=1, max_size=3), STEPS)
def test_no_budget_is_passed_and_nothing_is_forgotten(
    limits: list[tuple[int, Window]], steps: list[tuple[str, int, int]]
) -> None:
    asyncio.run(play(Deployment(limits), steps))


@given(st.datetimes(timezones=st.just(UTC)), st.integers(0, 10**7))
def test_periods_follow_each_other_as_the_calendar_does(at: datetime, seconds: int) -> None:
    later = at + timedelta(seconds=seconds)
    for window in Window:
        assert period_of(window, minute_of(at)) <= period_of(window, minute_of(later))


@given(st.integers(0, 10**12), st.integers(1, 10**12))
def test_what_is_granted_is_what_is_taken(used: int, want: int) -> None:
    budget = Budget(Measure.MONEY, Window.TOTAL, 10**12)
    tally = Tally("k", budget, "", used)
    now = datetime(2026, 11, 28, tzinfo=UTC)
    (after,), portion = lease([tally], BudgetAsk("k", Amount(1, 0, want)), now)
    assert after == replace(tally, used=used + portion.amount.money)
    assert after.used <= budget.limit
    assert (portion.shortage is None) == (used + want <= budget.limit)
