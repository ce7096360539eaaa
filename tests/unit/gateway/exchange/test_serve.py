"""One call: what holds however it ends, and that nothing of it stays."""

import asyncio
import gc
import json
from typing import Any

import pytest

from curtilage.gateway.exchange.call import Call
from curtilage.gateway.ports import UpstreamRequest
from curtilage.gateway.request import Inbound
from tests.fakes.calls import a_caller, answering, ending, run
from tests.fakes.dataplane import (
    STREAM,
    DataPlane,
    FakeReply,
    StaticSnapshots,
    a_policy,
    a_snapshot,
    an_engine,
)
from tests.fakes.provider import (
    DONE,
    chat_delta,
    chat_reply,
)

EVENTS = [chat_delta({"content": "Hi"}), chat_delta({}, finish="stop"), DONE]


async def test_a_bug_before_anything_left_is_a_refusal_without_a_value() -> None:
    def broken(_: str) -> Any:
        raise RuntimeError("holds ada")

    plane = DataPlane(engine=an_engine(broken))
    caller = await run(plane, a_caller())
    assert caller.status == 500 and b"ada" not in caller.reply
    assert ending(plane) == (["exchange.intended", "exchange.refused"], "gateway.internal")
    assert not plane.upstream.received


async def test_a_bug_after_something_left_is_not_recorded_as_a_refusal() -> None:
    plane = DataPlane()

    def answer(_: UpstreamRequest) -> FakeReply:
        raise RuntimeError("holds ada")

    plane.upstream.answer = answer
    caller = await run(plane, a_caller())
    assert caller.status == 500 and b"ada" not in caller.reply
    assert ending(plane) == (["exchange.intended", "exchange.failed"], "gateway.internal")


@pytest.mark.parametrize("policy", ["observe", "balanced"])
@pytest.mark.parametrize("stream", [False, True])
async def test_every_reply_says_where_nothing_is_protected(policy: str, stream: bool) -> None:
    plane = DataPlane(snapshots=StaticSnapshots(a_snapshot(policy=a_policy(policy))))
    plane.upstream.answer = lambda _: (
        FakeReply(EVENTS, headers=STREAM) if stream else FakeReply((b"{}",))
    )
    said = "observe" if policy == "observe" else None
    caller = await run(plane, a_caller(stream=stream))
    assert caller.status == 200 and caller.reply_headers.get("x-curtilage-policy") == said
    refused = await run(plane, a_caller(model="none"))
    assert refused.status == 404 and refused.reply_headers.get("x-curtilage-policy") == said
    intent = plane.recorder.events[0]
    assert intent.facts["found"] == {"EMAIL_ADDRESS": 1}
    treated = {"user.contact.email:EMAIL_ADDRESS": "allow" if said else "token"}
    assert intent.decision["treatments"] == treated


async def test_nothing_leaves_that_cannot_be_recorded() -> None:
    plane = answering(json.dumps(chat_reply("Hi")).encode())
    plane.recorder.broken = True
    caller = await run(plane, a_caller())
    assert caller.status == 503 and json.loads(caller.reply)["error"]["code"].startswith("ledger.")
    assert not plane.upstream.received


async def test_a_reply_does_not_end_before_its_record() -> None:
    plane = DataPlane()
    events = [chat_delta({"content": "Hi"}), chat_delta({}, finish="stop"), DONE]

    def answer(_: UpstreamRequest) -> FakeReply:
        def pieces() -> Any:
            yield from events[:2]
            plane.recorder.broken = True
            yield events[2]

        return FakeReply(pieces(), headers=STREAM)

    plane.upstream.answer = answer
    caller = await run(plane, a_caller(stream=True))
    assert b"[DONE]" not in caller.reply
    assert b"ledger." in caller.reply.splitlines()[-2]


async def test_a_worker_that_stops_records_what_it_breaks_off() -> None:
    plane = DataPlane()
    silent = asyncio.Event()

    class Stuck(FakeReply):
        async def read(self) -> bytes:
            silent.set()
            return await asyncio.get_running_loop().create_future()

    plane.upstream.answer = lambda _: Stuck(())
    running = asyncio.ensure_future(run(plane, a_caller()))
    await silent.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert ending(plane) == (["exchange.intended", "exchange.aborted"], "worker-stopped")


@pytest.mark.parametrize("stream", [False, True])
async def test_a_call_that_is_over_keeps_nothing_alive(*, stream: bool) -> None:
    """Without the collector's help: values must not outlive their request by seconds."""
    plane = answering(json.dumps(chat_reply("Hello.")).encode())
    gc.collect()
    gc.disable()
    try:
        await asyncio.create_task(run(plane, a_caller(stream=stream)))
        await asyncio.sleep(0)
        kept = [each for each in gc.get_objects() if isinstance(each, Call | Inbound)]
    finally:
        gc.enable()
    assert kept == []
