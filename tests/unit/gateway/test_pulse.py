"""Signs of life, and ends of what is stuck; time moves only as the test says."""

import asyncio

from curtilage.gateway.pulse import Pulse, Turn, Waiting
from tests.fakes import FixedClock

FOREVER = float("inf")


class Call:
    """One call that waits for its provider."""

    def __init__(self, *, ends_at: float = FOREVER, streamed: bool = True) -> None:
        self.beats = 0
        self.task = asyncio.ensure_future(asyncio.get_running_loop().create_future())
        self.waiting = Waiting(
            self._wait(), FOREVER, ends_at, FOREVER, beat=self._beat if streamed else None
        )

    def _wait(self) -> "asyncio.Task[object]":
        async def forever() -> object:
            return await asyncio.get_running_loop().create_future()

        return asyncio.ensure_future(forever())

    async def _beat(self) -> None:
        self.beats += 1

    async def settled(self) -> "Call":
        for _ in range(3):
            await asyncio.sleep(0)
        return self

    async def drop(self) -> None:
        self.task.cancel()
        self.waiting.task.cancel()
        await self.settled()


def a_pulse(clock: FixedClock) -> Pulse:
    return Pulse(clock.monotonic, idle_timeout=100.0, keepalive_after=15.0)


async def test_a_silent_stream_is_kept_alive_every_so_often() -> None:
    clock = FixedClock()
    pulse, call = a_pulse(clock), Call()
    pulse.enter(call.waiting)
    for passed, beats in ((14, 0), (1, 1), (14, 1), (1, 2)):
        clock.advance(passed)
        pulse.look(clock.monotonic())
        assert (await call.settled()).beats == beats
    await call.drop()


async def test_a_byte_begins_the_silence_anew() -> None:
    clock = FixedClock()
    pulse, call = a_pulse(clock), Call()
    for _ in range(12):
        pulse.enter(call.waiting)
        clock.advance(14)
        pulse.look(clock.monotonic())
        pulse.leave(call.waiting)
    assert (await call.settled()).beats == 0
    assert not call.waiting.task.cancelled()
    await call.drop()


async def test_what_is_silent_too_long_is_ended_once_and_says_why() -> None:
    clock = FixedClock()
    pulse, call = a_pulse(clock), Call()
    pulse.enter(call.waiting)
    clock.advance(100)
    pulse.look(clock.monotonic())
    await call.settled()
    assert (call.waiting.reason, call.waiting.task.cancelled()) == ("idle", True)
    pulse.look(clock.monotonic())
    assert (await call.settled()).beats == 0
    await call.drop()


async def test_what_takes_too_long_in_all_is_ended_however_lively() -> None:
    clock = FixedClock()
    pulse, call = a_pulse(clock), Call(ends_at=FixedClock().monotonic() + 50)
    for _ in range(5):
        pulse.enter(call.waiting)
        clock.advance(10)
        pulse.look(clock.monotonic())
    await call.settled()
    assert (call.waiting.reason, call.waiting.task.cancelled()) == ("timeout", True)
    await call.drop()


async def test_a_call_that_is_no_stream_gets_no_sign_of_life() -> None:
    clock = FixedClock()
    pulse, call = a_pulse(clock), Call(streamed=False)
    pulse.enter(call.waiting)
    clock.advance(60)
    pulse.look(clock.monotonic())
    assert call.waiting.beating is None
    await call.drop()


async def test_who_does_not_read_gets_no_sign_of_life_and_an_end() -> None:
    clock = FixedClock()
    pulse, call = a_pulse(clock), Call()
    pulse.enter(call.waiting)
    pulse.enter_reader(call.waiting)
    clock.advance(99)
    pulse.look(clock.monotonic())
    assert (await call.settled()).beats == 0 and not call.waiting.reason
    clock.advance(1)
    pulse.look(clock.monotonic())
    await call.settled()
    assert (call.waiting.reason, call.waiting.turn) == ("idle", Turn.READER)
    assert call.waiting.task.cancelled()
    await call.drop()


async def test_a_body_has_a_time_of_its_own() -> None:
    clock = FixedClock()
    pulse, call = a_pulse(clock), Call()
    pulse.enter_sender(call.waiting, within=30)
    clock.advance(29)
    pulse.look(clock.monotonic())
    assert (await call.settled()).beats == 0 and not call.waiting.is_overdue
    clock.advance(1)
    pulse.look(clock.monotonic())
    await call.settled()
    assert call.waiting.is_overdue and call.waiting.turn is Turn.SENDER
    await call.drop()


async def test_signs_of_life_do_not_queue_up_behind_one_that_is_not_taken() -> None:
    clock = FixedClock()
    pulse, call = a_pulse(clock), Call()
    blocked: list[asyncio.Future[None]] = []

    async def beat() -> None:
        blocked.append(asyncio.get_running_loop().create_future())
        await blocked[-1]

    call.waiting.beat = beat
    pulse.enter(call.waiting)
    for _ in range(3):
        clock.advance(15)
        pulse.look(clock.monotonic())
        await call.settled()
    assert len(blocked) == 1
    blocked[0].set_result(None)
    await call.settled()
    clock.advance(15)
    pulse.look(clock.monotonic())
    await call.settled()
    assert len(blocked) == 2
    assert call.waiting.beating is not None
    call.waiting.beating.cancel()
    await call.drop()


async def test_who_does_not_wait_is_left_alone() -> None:
    clock = FixedClock()
    pulse, call = a_pulse(clock), Call()
    pulse.enter(call.waiting)
    pulse.leave(call.waiting)
    pulse.leave(call.waiting)
    clock.advance(1000)
    pulse.look(clock.monotonic())
    assert (await call.settled()).beats == 0
    assert not call.waiting.task.cancelled()
    await call.drop()


async def test_it_starts_and_stops() -> None:
    pulse = a_pulse(FixedClock())
    pulse.stop()
    pulse.start()
    assert len(asyncio.all_tasks()) == 2
    pulse.stop()
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == {asyncio.current_task()}
