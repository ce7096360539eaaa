"""One call, at its edges: what goes wrong in between is told once and recorded rightly."""

import asyncio
import json
from typing import Any

import pytest

from curtilage.core.errors import UnavailableError
from curtilage.gateway.exchange import Exchange
from curtilage.gateway.ports import UpstreamRequest
from curtilage.gateway.wire.protocols import PROTOCOLS
from tests.fakes.dataplane import (
    STREAM,
    Caller,
    DataPlane,
    FakeReply,
    StaticSnapshots,
    a_snapshot,
    an_api_key,
    an_engine,
)
from tests.fakes.provider import DONE, chat_delta, chat_reply

ADA = "‹EMAIL_ADDRESS:ada›"
DOCUMENT: dict[str, Any] = {"model": "gpt-4o", "messages": [{"role": "user", "content": ADA}]}


def a_caller(**more: Any) -> Caller:
    return Caller(json.dumps({**DOCUMENT, **more}).encode())


async def run(plane: DataPlane, caller: Caller, kind: str = "openai.chat") -> Caller:
    line = plane.line()
    await Exchange(line, PROTOCOLS[kind], caller.scope, caller.receive, caller.send).run()
    return caller


def answering(*pieces: bytes, **reply: Any) -> DataPlane:
    plane = DataPlane()
    plane.upstream.answer = lambda _: FakeReply(pieces, **reply)
    return plane


def ending(plane: DataPlane) -> tuple[list[str], Any]:
    return plane.recorder.kinds, plane.recorder.events[-1].facts.get("reason", "")


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


async def test_a_stream_without_frames_ends_as_a_failure_of_the_provider() -> None:
    endless = (b"data: " + b"x" * (1 << 20) for _ in range(20))
    plane = answering(*endless, headers=STREAM)
    caller = await run(plane, a_caller(stream=True))
    assert b"gateway.broken-stream" in caller.reply and caller.has_ended
    assert ending(plane) == (["exchange.intended", "exchange.failed"], "gateway.broken-stream")


async def test_without_a_credential_nothing_left_and_the_record_says_so() -> None:
    plane = DataPlane(snapshots=StaticSnapshots(a_snapshot(credentials={})))
    caller = await run(plane, a_caller())
    assert caller.status == 503
    assert ending(plane) == (["exchange.intended", "exchange.refused"], "gateway.no-credential")
    assert not plane.upstream.received


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


async def test_keys_that_cannot_be_loaded_refuse_the_call() -> None:
    plane = DataPlane()
    plane.loader.problem = UnavailableError("The vault does not answer.")
    caller = await run(plane, a_caller())
    assert caller.status == 503
    assert not plane.upstream.received


async def test_a_limit_is_asked_for_and_settled_on_what_was_used() -> None:
    plane = DataPlane(snapshots=StaticSnapshots(a_snapshot(an_api_key(tokens_per_minute=10_000))))
    plane.upstream.answer = lambda _: FakeReply((json.dumps(chat_reply("Hi")).encode(),))
    caller = a_caller()
    await run(plane, caller)
    assert plane.allotments.settled == [("key-1", 12 - len(caller.body) // 4)]
    plane.allotments.wait, plane.allotments.leased = None, 7
    refused = await run(plane, a_caller())
    assert (refused.status, refused.reply_headers["retry-after"]) == (429, "7")
    assert len(plane.upstream.received) == 1


async def test_signs_of_life_and_then_no_stream_is_told_apart_from_an_answer() -> None:
    plane = DataPlane()
    silent, goes_on = asyncio.Event(), asyncio.Event()

    class Slow(FakeReply):
        async def read(self) -> bytes:
            silent.set()
            await goes_on.wait()
            return await super().read()

    plane.upstream.answer = lambda _: Slow((json.dumps(chat_reply("Hi")).encode(),))
    line, caller = plane.line(), a_caller(stream=True)
    exchange = Exchange(line, PROTOCOLS["openai.chat"], caller.scope, caller.receive, caller.send)
    running = asyncio.ensure_future(exchange.run())
    await silent.wait()
    plane.clock.advance(20)
    line.pulse.look(plane.clock.monotonic())
    await asyncio.sleep(0)
    goes_on.set()
    await running
    assert caller.status == 200
    assert caller.reply.startswith(b": keep-alive\n\ndata: ") and b"broken" not in caller.reply
    assert b"gateway.upstream-failed" in caller.reply and caller.has_ended
    assert ending(plane)[0] == ["exchange.intended", "exchange.failed"]


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
    line, caller = plane.line(), a_caller()
    exchange = Exchange(line, PROTOCOLS["openai.chat"], caller.scope, caller.receive, caller.send)
    running = asyncio.ensure_future(exchange.run())
    await silent.wait()
    plane.clock.advance(wait)
    line.pulse.look(plane.clock.monotonic())
    await running
    assert (caller.status, stuck.closed) == (504, True)
    assert ending(plane)[0] == ["exchange.intended", "exchange.failed"], reason


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


async def test_a_caller_who_is_not_known_leaves_a_count_and_no_record() -> None:
    plane = DataPlane()
    line = plane.line()
    caller = Caller(b"{}", headers=((b"x-api-key", b"cur_other"),))
    await Exchange(line, PROTOCOLS["openai.chat"], caller.scope, caller.receive, caller.send).run()
    assert caller.status == 401
    assert plane.recorder.events == []
    await line.rejections.flush()
    assert plane.recorder.events[0].facts == {"counts": {"gateway.ambiguous-key": 1}}


async def test_a_query_that_may_not_travel_is_counted_before_anybody_is_known() -> None:
    plane = DataPlane()
    caller = a_caller()
    caller.query = b"user=ada"
    await run(plane, caller)
    assert caller.status == 400 and b"ada" not in caller.reply
