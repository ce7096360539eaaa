"""Calls that take too long, on either side, and callers who leave."""

import asyncio
import json
from typing import Any

import pytest

from curtilage.gateway.exchange.call import Path
from curtilage.gateway.exchange.serve import serve_call
from curtilage.gateway.exchange.services import Services
from curtilage.gateway.wire.protocols import PROTOCOLS
from tests.fakes.calls import DOCUMENT, a_caller, answering, ending
from tests.fakes.dataplane import (
    STREAM,
    Caller,
    DataPlane,
    FakeReply,
)
from tests.fakes.provider import (
    DONE,
    chat_delta,
    chat_reply,
)

EVENTS = [chat_delta({"content": "Hi"}), chat_delta({}, finish="stop"), DONE]


@pytest.mark.parametrize(("wait", "reason"), [(601, "idle"), (3601, "timeout")])
async def test_a_provider_that_is_stuck_is_given_up(wait: int, reason: str) -> None:
    plane = DataPlane()
    silent = asyncio.Event()

    class Stuck(FakeReply):
        async def read(self) -> bytes:
            silent.set()
            return await asyncio.get_running_loop().create_future()

    stuck = Stuck(())
    plane.upstream.answer = lambda _: stuck
    services, caller = plane.services(), a_caller()
    call = serve_call(
        services, Path(PROTOCOLS["openai.chat"]), caller.scope, caller.receive, caller.send
    )
    running = asyncio.ensure_future(call)
    await silent.wait()
    plane.clock.advance(wait)
    services.pulse.look(plane.clock.monotonic())
    await running
    assert (caller.status, stuck.closed) == (504, True)
    assert ending(plane)[0] == ["exchange.intended", "exchange.failed"], reason


class Stalling(Caller):
    """A caller who takes nothing from the message on that `takes` says."""

    takes = 0

    async def send(self, message: Any) -> None:
        if len(self.sent) >= self.takes:
            await asyncio.get_running_loop().create_future()
        await super().send(message)


async def pass_time(plane: DataPlane, services: Services, seconds: float) -> None:
    """Let everything go as far as it can, and time pass."""
    for _ in range(20):
        await asyncio.sleep(0)
    plane.clock.advance(seconds)
    services.pulse.look(plane.clock.monotonic())
    for _ in range(20):
        await asyncio.sleep(0)


def start(plane: DataPlane, caller: Caller) -> tuple[Services, "asyncio.Task[None]"]:
    services = plane.services()
    call = serve_call(
        services, Path(PROTOCOLS["openai.chat"]), caller.scope, caller.receive, caller.send
    )
    return services, asyncio.ensure_future(call)


async def test_a_body_that_does_not_come_is_refused_and_recorded() -> None:
    class Slow(Caller):
        async def receive(self) -> dict[str, Any]:
            if self._given:
                await asyncio.get_running_loop().create_future()
            self._given = True
            return {"type": "http.request", "body": self.body[:10], "more_body": True}

    plane = DataPlane()
    caller = Slow(json.dumps(DOCUMENT).encode())
    services, running = start(plane, caller)
    await pass_time(plane, services, 29)
    assert not running.done()
    await pass_time(plane, services, 1)
    await running
    assert caller.status == 408 and caller.has_ended
    assert json.loads(caller.reply)["error"]["code"] == "gateway.body-too-slow"
    assert caller.reply_headers["connection"] == "close"
    assert caller.reply_headers["x-should-retry"] == "false"
    assert ending(plane) == (["exchange.intended", "exchange.refused"], "gateway.body-too-slow")
    assert not plane.upstream.received


@pytest.mark.parametrize("takes", [0, 1, 2])
async def test_a_reader_who_takes_nothing_is_given_up(takes: int) -> None:
    plane = DataPlane()
    reply = FakeReply(EVENTS, headers=STREAM)
    plane.upstream.answer = lambda _: reply
    caller = Stalling(json.dumps({**DOCUMENT, "stream": True}).encode())
    caller.takes = takes
    services, running = start(plane, caller)
    await pass_time(plane, services, 599)
    assert not running.done()
    await pass_time(plane, services, 1)
    await running
    assert reply.closed and len(caller.sent) == takes
    assert ending(plane) == (["exchange.intended", "exchange.aborted"], "caller-stalled")


async def test_a_reader_who_takes_a_little_at_a_time_has_its_time_too() -> None:
    """One that never stalls for long would hold its place as long as it likes."""
    plane = DataPlane()
    many = [chat_delta({"content": "Hi"})] * 50

    class Slow(Caller):
        async def send(self, message: Any) -> None:
            await super().send(message)
            plane.clock.advance(100)
            services.pulse.look(plane.clock.monotonic())
            await asyncio.sleep(0)

    plane.upstream.answer = lambda _: FakeReply(many, headers=STREAM)
    services, running = start(plane, Slow(json.dumps({**DOCUMENT, "stream": True}).encode()))
    await running
    assert ending(plane) == (["exchange.intended", "exchange.aborted"], "call-timeout")


async def test_a_reader_who_does_not_even_take_the_error_is_given_up() -> None:
    plane = DataPlane()
    plane.upstream.answer = lambda _: FakeReply(EVENTS[:1], headers=STREAM)
    caller = Stalling(json.dumps({**DOCUMENT, "stream": True}).encode())
    caller.takes = 3  # the head, one event, what is left of it; not the error
    services, running = start(plane, caller)
    await pass_time(plane, services, 600)
    await running
    assert len(caller.sent) == 3
    assert ending(plane) == (["exchange.intended", "exchange.failed"], "gateway.upstream-failed")


async def test_whole_replies_and_refusals_have_their_time_as_well() -> None:
    for body, outcome in ((DOCUMENT, "completed"), ({**DOCUMENT, "model": "x"}, "refused")):
        plane = answering(json.dumps(chat_reply("Hi")).encode())
        services, running = start(plane, Stalling(json.dumps(body).encode()))
        await pass_time(plane, services, 600)
        await running
        assert plane.recorder.kinds == ["exchange.intended", f"exchange.{outcome}"]


async def test_a_sign_of_life_that_is_not_taken_does_not_outlive_its_call() -> None:
    plane = DataPlane()

    class Stuck(FakeReply):
        async def read(self) -> bytes:
            return await asyncio.get_running_loop().create_future()

    plane.upstream.answer = lambda _: Stuck((), headers=STREAM)
    caller = Stalling(json.dumps({**DOCUMENT, "stream": True}).encode())
    caller.takes = 1
    services, running = start(plane, caller)
    await pass_time(plane, services, 20)
    await pass_time(plane, services, 580)
    assert ending(plane)[0] == ["exchange.intended", "exchange.failed"]
    assert not running.done(), "its error waits behind the sign of life"
    await pass_time(plane, services, 600)
    await running
    assert len(asyncio.all_tasks()) == 1
