"""Long work runs beside the loop, one piece at a time; short work in it."""

import asyncio
import threading

import pytest

from curtilage.gateway.aside import AT_ONCE, Aside


def test_short_work_runs_in_the_loop_and_long_work_in_a_thread() -> None:
    async def run() -> tuple[bool, bool]:
        aside, here = Aside(), threading.get_ident()
        short = await aside.run(AT_ONCE, threading.get_ident)
        long = await aside.run(AT_ONCE + 1, threading.get_ident)
        return short == here, long == here

    assert asyncio.run(run()) == (True, False)


def test_the_loop_goes_on_while_long_work_waits_for_it() -> None:
    async def run() -> bool:
        aside, told = Aside(), threading.Event()
        work = asyncio.create_task(aside.run(AT_ONCE + 1, lambda: told.wait(30)))
        await asyncio.sleep(0)
        told.set()
        return await work

    assert asyncio.run(run())


def test_long_pieces_of_work_run_one_after_the_other() -> None:
    async def run() -> int:
        aside, running, most = Aside(), 0, 0

        def work() -> None:
            nonlocal running, most
            running += 1
            most = max(most, running)
            running -= 1

        await asyncio.gather(*(aside.run(AT_ONCE + 1, work) for _ in range(8)))
        return most

    assert asyncio.run(run()) == 1


def test_what_long_work_raises_reaches_the_call() -> None:
    def work() -> None:
        raise ValueError("no value")

    async def run() -> None:
        await Aside().run(AT_ONCE + 1, work)

    with pytest.raises(ValueError, match="no value"):
        asyncio.run(run())


async def test_work_whose_caller_left_has_its_turn_to_its_end() -> None:
    """A thread is not stopped: who comes next would run beside it, and so on."""
    aside, begun, ends = Aside(), threading.Event(), threading.Event()
    order: list[str] = []

    def first() -> None:
        begun.set()
        ends.wait(5)
        order.append("first")
        raise ValueError

    left = asyncio.create_task(aside.run(AT_ONCE + 1, first))
    await asyncio.to_thread(begun.wait, 5)
    left.cancel()
    with pytest.raises(asyncio.CancelledError):
        await left
    second = asyncio.create_task(aside.run(AT_ONCE + 1, lambda: order.append("second")))
    await asyncio.sleep(0.05)
    ends.set()
    await second
    assert order == ["first", "second"]
    assert await aside.run(AT_ONCE + 1, lambda: 3) == 3
