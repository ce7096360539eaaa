"""A worker's side of the limits."""

import asyncio

import pytest

from curtilage.core.errors import UnavailableError
from curtilage.identity.limits import PORTION_LIFE, Ask, LimitBook, Portion
from curtilage.identity.worker_limits import MOST_KEYS, WorkerLimits
from tests.fakes import FixedClock


class Counting:
    """The process that counts, reached without a socket."""

    def __init__(self, clock: FixedClock, *, rpm: int | None, tpm: int | None = None) -> None:
        self.book, self.clock, self.rpm, self.tpm = LimitBook(), clock, rpm, tpm
        self.asks: list[Ask] = []
        self.is_down = False

    async def __call__(self, ask: Ask) -> Portion:
        await asyncio.sleep(0)
        if self.is_down:
            raise UnavailableError
        self.asks.append(ask)
        return self.book.lease(
            ask,
            self.clock.monotonic(),
            requests_per_minute=self.rpm,
            tokens_per_minute=self.tpm,
        )


async def use(worker: WorkerLimits, *, tokens: int = 0) -> int:
    wait = worker.take("k", tokens=tokens)
    return await worker.lease("k", tokens=tokens) if wait is None else wait


async def test_a_portion_is_spent_without_asking_again(clock: FixedClock) -> None:
    counting = Counting(clock, rpm=160)
    worker = WorkerLimits(counting, clock)
    assert worker.take("k", tokens=0) is None
    assert [await use(worker) for _ in range(11)] == [0] * 11
    assert len(counting.asks) == 1


async def test_a_portion_that_is_over_goes_back(clock: FixedClock) -> None:
    counting = Counting(clock, rpm=160)
    worker = WorkerLimits(counting, clock)
    await use(worker)
    clock.advance(PORTION_LIFE)
    assert worker.take("k", tokens=0) is None
    await use(worker)
    assert counting.asks[1].returned_requests == 10


@pytest.mark.parametrize("limit", [1, 7, 100])
async def test_of_many_at_once_exactly_as_many_pass_as_there_is_room(
    clock: FixedClock, limit: int
) -> None:
    counting = Counting(clock, rpm=limit)
    workers = [WorkerLimits(counting, clock) for _ in range(2)]
    waits = await asyncio.gather(*(use(workers[n % 2]) for n in range(3 * limit + 100)))
    clock.advance(PORTION_LIFE)
    passed = sum(wait == 0 for wait in waits)
    assert passed <= limit
    clock.advance(1)  # the refusal is not repeated any more, and unspent portions went back
    while await use(workers[0]) == 0 or await use(workers[1]) == 0:
        passed += 1
        assert passed <= limit
    assert passed == limit


async def test_a_refusal_is_repeated_for_a_moment_and_its_wait_shrinks(clock: FixedClock) -> None:
    counting = Counting(clock, rpm=1)
    worker = WorkerLimits(counting, clock)
    await use(worker)
    wait = await use(worker)
    assert wait > 50
    asked = len(counting.asks)
    clock.advance(0.5)
    assert worker.take("k", tokens=0) in {wait, wait - 1}
    assert len(counting.asks) == asked
    clock.advance(0.6)
    assert worker.take("k", tokens=0) is None


async def test_waiting_as_long_as_told_is_enough(clock: FixedClock) -> None:
    counting = Counting(clock, rpm=1)
    worker = WorkerLimits(counting, clock)
    await use(worker)
    clock.advance(await use(worker))
    assert await use(worker) == 0


async def test_tokens_beyond_the_estimate_are_counted(clock: FixedClock) -> None:
    counting = Counting(clock, rpm=None, tpm=1000)
    worker = WorkerLimits(counting, clock)
    assert await use(worker, tokens=100) == 0
    worker.settle("k", tokens=900)
    clock.advance(PORTION_LIFE)
    assert await use(worker, tokens=100) > 0
    assert counting.asks[-1].owed_tokens == 900


async def test_debts_are_told_even_where_nobody_asks_any_more(clock: FixedClock) -> None:
    counting = Counting(clock, rpm=None, tpm=1000)
    worker, other = WorkerLimits(counting, clock), WorkerLimits(counting, clock)
    await use(worker, tokens=1)
    worker.settle("k", tokens=999)
    worker.settle("k", tokens=-500)
    await worker.flush()
    await worker.flush()
    assert sum(ask.owed_tokens for ask in counting.asks) == 999
    assert await use(other, tokens=2) > 0


async def test_where_nobody_counts_nothing_passes_and_no_debt_is_lost(clock: FixedClock) -> None:
    counting = Counting(clock, rpm=10, tpm=1000)
    worker = WorkerLimits(counting, clock)
    worker.settle("k", tokens=5)
    counting.is_down = True
    with pytest.raises(UnavailableError):
        await use(worker)
    counting.is_down = False
    assert await use(worker) == 0
    assert counting.asks[-1].owed_tokens == 5


async def test_a_worker_keeps_only_so_many_portions(clock: FixedClock) -> None:
    worker = WorkerLimits(Counting(clock, rpm=10), clock)
    for number in range(MOST_KEYS + 10):
        worker.settle(f"key-{number}", tokens=1)
    assert len(worker._held) == MOST_KEYS
