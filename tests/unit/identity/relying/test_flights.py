"""One piece of work for all who want it at once."""

import asyncio

import pytest

from curtilage.identity.relying.flights import Flights


async def test_work_is_done_once_and_again_when_asked_later() -> None:
    flights, done = Flights(), []

    async def work() -> int:
        await asyncio.sleep(0)
        done.append(1)
        return len(done)

    assert await asyncio.gather(*(flights.run("a", work) for _ in range(9))) == [1] * 9
    assert await flights.run("a", work) == 2
    assert await asyncio.gather(flights.run("a", work), flights.run("b", work)) == [3, 4]


async def test_a_failure_is_everybodys_and_is_not_kept() -> None:
    flights, tries = Flights(), []

    async def work() -> int:
        tries.append(1)
        await asyncio.sleep(0)
        if len(tries) == 1:
            raise ValueError("once")
        return 7

    found = await asyncio.gather(
        *(flights.run("a", work) for _ in range(3)), return_exceptions=True
    )
    assert [type(each) for each in found] == [ValueError] * 3
    assert await flights.run("a", work) == 7


async def test_who_goes_away_takes_nothing_along() -> None:
    flights, go = Flights(), asyncio.Event()

    async def work() -> int:
        await go.wait()
        return 1

    first = asyncio.create_task(flights.run("a", work))
    second = asyncio.create_task(flights.run("a", work))
    await asyncio.sleep(0)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    go.set()
    assert await second == 1
