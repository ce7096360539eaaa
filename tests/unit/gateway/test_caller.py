"""The caller's side of a call: signs of life, who leaves, and what is let go."""

import asyncio
import gc
import weakref
from collections.abc import MutableMapping
from typing import Any

from curtilage.gateway.billing import Bill
from curtilage.gateway.caller import Caller
from curtilage.gateway.errors import Busy
from curtilage.gateway.pulse import Pulse
from curtilage.gateway.recording import Recording
from curtilage.gateway.wire.protocols import PROTOCOLS
from tests.fakes.dataplane import DataPlane, FakeBudgets

Message = MutableMapping[str, Any]


class Side:
    """An ASGI caller: takes what is sent, and leaves when told."""

    def __init__(self) -> None:
        self.sent: list[Message] = []
        self.leaves = asyncio.Event()
        self.watched = 0

    async def receive(self) -> Message:
        self.watched += 1
        await self.leaves.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        self.sent.append(message)

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.sent)


def a_caller(side: Side, pulse: Pulse) -> Caller:
    record = Recording(DataPlane().services().registrar, "openai.chat", Bill(FakeBudgets()))
    return Caller(pulse, PROTOCOLS["openai.chat"], side.receive, side.send, record)


def a_pulse() -> Pulse:
    return Pulse(lambda: 0.0, 600.0, 15.0)


async def test_a_short_call_is_not_watched_and_a_long_one_is() -> None:
    side, pulse = Side(), a_pulse()
    caller = a_caller(side, pulse)
    caller.await_reply(ends_at=60, streamed=False)
    await asyncio.sleep(0)
    assert side.watched == 0
    pulse.look(1.0)
    await asyncio.sleep(0)
    pulse.look(2.0)
    await asyncio.sleep(0)
    assert side.watched == 1
    caller.let_go()


async def test_who_leaves_cancels_the_call_and_is_named_as_the_reason() -> None:
    side, pulse = Side(), a_pulse()
    seen: list[str] = []

    async def call() -> None:
        caller = a_caller(side, pulse)
        caller.await_reply(ends_at=60, streamed=False)
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            seen.append(caller.waiting.reason)
            caller.let_go()

    calling = asyncio.ensure_future(call())
    await asyncio.sleep(0)
    pulse.look(1.0)
    side.leaves.set()
    await asyncio.wait([calling])
    assert calling.cancelled() and seen == ["caller-left"]


async def test_an_error_after_a_sign_of_life_is_a_frame_of_the_stream() -> None:
    side, pulse = Side(), a_pulse()
    caller = a_caller(side, pulse)
    caller.await_reply(ends_at=600, streamed=True)
    pulse.look(20.0)  # silent for longer than 15 s
    await caller.tell(Busy())
    assert [message["type"] for message in side.sent].count("http.response.start") == 1
    assert side.sent[0]["status"] == 200
    assert side.body.startswith(b": keep-alive\n\n") and b"gateway.busy" in side.body
    caller.let_go()


async def test_an_error_before_anything_is_the_reply_with_its_status() -> None:
    side = Side()
    caller = a_caller(side, a_pulse())
    await caller.tell(Busy())
    assert side.sent[0]["status"] == 503 and b"gateway.busy" in side.body
    caller.let_go()


async def test_what_was_let_go_is_gone_without_the_collector() -> None:
    side, pulse = Side(), a_pulse()
    caller = a_caller(side, pulse)
    caller.await_reply(ends_at=600, streamed=True)
    pulse.look(20.0)
    await asyncio.sleep(0)
    gone = weakref.ref(side)
    gc.disable()
    try:
        caller.let_go()
        del caller, side
        for _ in range(3):
            await asyncio.sleep(0)
        assert gone() is None
    finally:
        gc.enable()
