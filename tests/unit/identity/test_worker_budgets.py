"""A worker's side of budgets."""

import asyncio
from dataclasses import dataclass, field

import pytest

from curtilage.core.errors import UnavailableError
from curtilage.identity.budgets import (
    Amount,
    Budget,
    BudgetAsk,
    BudgetPortion,
    Measure,
    Shortage,
    Tally,
    Window,
    lease,
)
from curtilage.identity.worker_budgets import MOST_PAYERS, Reservation, WorkerBudgets
from tests.fakes import FixedClock

CALL = Amount(1, 100, 0)


@dataclass
class Counting:
    """The process that counts, reached without a socket."""

    clock: FixedClock
    limit: int = 100_000
    used: int = 0
    asks: list[BudgetAsk] = field(default_factory=list)
    is_down: bool = False
    gate: asyncio.Event | None = None

    async def __call__(self, ask: BudgetAsk) -> BudgetPortion:
        await asyncio.sleep(0)
        if self.gate is not None:
            await self.gate.wait()
        if self.is_down:
            raise UnavailableError
        self.asks.append(ask)
        budget = Budget(Measure.TOKENS, Window.TOTAL, self.limit)
        (tally,), portion = lease([Tally("k", budget, "", self.used)], ask, self.clock.now())
        self.used = tally.used
        return portion


async def reserve(worker: WorkerBudgets, want: Amount = CALL) -> Reservation:
    taken = await worker.reserve("k", want)
    assert isinstance(taken, Reservation)
    return taken


async def test_a_portion_is_spent_without_asking_again(clock: FixedClock) -> None:
    counting = Counting(clock)
    worker = WorkerBudgets(counting, clock)
    for _ in range(16):
        await reserve(worker)
    assert len(counting.asks) == 1
    await reserve(worker)
    assert len(counting.asks) == 2


async def test_a_portion_that_is_over_goes_back_with_the_next_question(clock: FixedClock) -> None:
    counting = Counting(clock)
    worker = WorkerBudgets(counting, clock)
    await reserve(worker)
    clock.advance(0.6)
    await reserve(worker)
    assert counting.asks[1].corrections[0][1:] == (-15, -1500, 0)


async def test_what_a_call_did_not_need_goes_back(clock: FixedClock) -> None:
    counting = Counting(clock)
    worker = WorkerBudgets(counting, clock)
    worker.settle(await reserve(worker), Amount(1, 7, 0))
    await worker.flush(everything=True)
    assert counting.used == 7


async def test_what_a_call_used_beyond_its_reservation_is_told_before_more_is_spent(
    clock: FixedClock,
) -> None:
    counting = Counting(clock)
    worker = WorkerBudgets(counting, clock)
    worker.settle(await reserve(worker), Amount(1, 350, 0))
    await reserve(worker)
    assert len(counting.asks) == 2
    await worker.flush(everything=True)
    assert counting.used == 450


async def test_a_flush_gives_back_what_nobody_spends_any_more(clock: FixedClock) -> None:
    counting = Counting(clock)
    worker = WorkerBudgets(counting, clock)
    await reserve(worker)
    await worker.flush()
    assert counting.used == 1600  # not over yet
    clock.advance(0.6)
    await worker.flush()
    await worker.flush()
    assert (counting.used, len(counting.asks)) == (100, 2)


async def test_a_shortage_is_told_again_for_a_moment_to_all_who_want_as_much(
    clock: FixedClock,
) -> None:
    counting = Counting(clock, limit=150)
    worker = WorkerBudgets(counting, clock)
    await reserve(worker)
    for _ in range(3):
        assert isinstance(await worker.reserve("k", CALL), Shortage)
    assert len(counting.asks) == 2
    await reserve(worker, Amount(1, 50, 0))  # a smaller one still fits
    clock.advance(1.1)
    assert isinstance(await worker.reserve("k", CALL), Shortage)
    assert len(counting.asks) == 4


@pytest.mark.parametrize("limit", [100, 750, 10_000])
async def test_of_many_at_once_as_many_pass_as_there_is_room(clock: FixedClock, limit: int) -> None:
    counting = Counting(clock, limit=limit)
    workers = [WorkerBudgets(counting, clock) for _ in range(3)]
    calls = [workers[n % 3].reserve("k", CALL) for n in range(3 * limit // 100 + 30)]
    answers = await asyncio.gather(*calls)
    passed = sum(isinstance(answer, Reservation) for answer in answers)
    assert passed * 100 <= counting.used <= limit
    for worker in workers:
        await worker.flush(everything=True)
    assert counting.used == passed * 100
    clock.advance(2)
    while isinstance(await workers[0].reserve("k", CALL), Reservation):
        passed += 1
    assert passed == limit // 100


async def test_where_nobody_counts_nothing_passes_and_what_is_owed_is_not_lost(
    clock: FixedClock,
) -> None:
    counting = Counting(clock)
    worker = WorkerBudgets(counting, clock)
    worker.settle(await reserve(worker), Amount(1, 300, 0))
    counting.is_down = True
    with pytest.raises(UnavailableError):
        await worker.reserve("k", CALL)
    counting.is_down = False
    await worker.flush(everything=True)
    assert counting.used == 1600  # what would have gone back stays taken: 300 were used


async def test_a_debt_is_told_until_it_was_heard(clock: FixedClock) -> None:
    counting = Counting(clock)
    worker = WorkerBudgets(counting, clock)
    taken = await reserve(worker)
    await worker.flush(everything=True)
    worker.settle(taken, Amount(1, 300, 0))
    counting.is_down = True
    with pytest.raises(UnavailableError):
        await worker.flush()
    counting.is_down = False
    await worker.flush()
    await worker.flush()
    assert counting.used == 300


async def test_who_waits_for_another_ones_question_asks_where_that_fails(
    clock: FixedClock,
) -> None:
    counting = Counting(clock, gate=asyncio.Event(), is_down=True)
    worker = WorkerBudgets(counting, clock)
    calls = [asyncio.create_task(worker.reserve("k", CALL)) for _ in range(3)]
    await asyncio.sleep(0)
    assert counting.gate is not None
    counting.gate.set()
    answers = await asyncio.gather(*calls, return_exceptions=True)
    assert [type(answer) for answer in answers] == [UnavailableError] * 3


async def test_what_was_taken_for_a_caller_who_left_goes_back(clock: FixedClock) -> None:
    counting = Counting(clock, gate=asyncio.Event())
    worker = WorkerBudgets(counting, clock)
    call = asyncio.create_task(worker.reserve("k", CALL))
    await asyncio.sleep(0)
    call.cancel()
    await asyncio.gather(call, return_exceptions=True)
    assert counting.gate is not None
    counting.gate.set()
    while not counting.asks:
        await asyncio.sleep(0)
    await asyncio.sleep(0)
    await worker.flush(everything=True)
    assert counting.used == 0


async def test_keys_that_nobody_uses_are_forgotten_and_debts_are_not(clock: FixedClock) -> None:
    counting = Counting(clock, limit=10**9)
    worker = WorkerBudgets(counting, clock)
    worker.settle(Reservation("debtor", "2026-11-28T10:05", Amount()), Amount(0, 5, 0))
    for number in range(MOST_PAYERS + 5):
        worker.settle(Reservation(f"key-{number}", "2026-11-28T10:05", Amount()), Amount())
    assert len(worker._held) < 10
    assert "debtor" in worker._held
