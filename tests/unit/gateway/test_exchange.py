"""One call, at its edges: what goes wrong in between is told once and recorded rightly."""

import asyncio
import gc
import gzip
import json
import threading
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from curtilage.consent.combine import Earlier, Lineage
from curtilage.consent.corrections import (
    Correction,
    Corrections,
    Verdict,
    digest_value,
    find_shape,
)
from curtilage.consent.models import Policy, RestoreRules, Rule
from curtilage.core.errors import UnavailableError
from curtilage.core.models import PrincipalId, Treatment
from curtilage.gateway.engine import Engine, Inbound
from curtilage.gateway.exchange import Exchange, Line
from curtilage.gateway.ports import UpstreamRequest
from curtilage.gateway.settings import (
    BUILT_IN_UPSTREAMS,
    GatewaySettings,
    RouteSettings,
    UpstreamSettings,
)
from curtilage.gateway.wire.protocols import PROTOCOLS
from tests.fakes.clock import START
from tests.fakes.dataplane import (
    CATEGORIES,
    STREAM,
    Caller,
    DataPlane,
    FakeReply,
    StaticSnapshots,
    a_policy,
    a_route_table,
    a_snapshot,
    an_api_key,
    an_engine,
    find_planted,
)
from tests.fakes.provider import (
    DONE,
    chat_delta,
    chat_reply,
    message_event,
    message_reply,
    message_stream,
)
from tests.fakes.responses import ResponseScript

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


@pytest.mark.parametrize("kind", ["openai.chat", "anthropic.messages"])
async def test_a_stream_is_held_to_the_limit_of_a_reply(kind: str) -> None:
    events = {
        "openai.chat": [chat_delta({"content": "Hi"})] * 4 + [chat_delta({}, finish="stop"), DONE],
        "anthropic.messages": message_stream(*["Hi"] * 4),
    }[kind]
    model = "gpt-4o" if kind == "openai.chat" else "claude-sonnet-4-5"
    size = sum(map(len, events))
    for limit, outcome in ((size, "completed"), (size - 1, "failed")):
        plane = answering(*events, headers=STREAM)
        settings = GatewaySettings(retries=0, max_reply_bytes=limit)
        plane.snapshots.snapshot = a_snapshot(settings=settings)
        caller = await run(plane, a_caller(stream=True, model=model, max_tokens=9), kind)
        assert plane.recorder.kinds == ["exchange.intended", f"exchange.{outcome}"]
        assert caller.reply.startswith(events[0]) and caller.has_ended
        assert (b"larger than gateway.max_reply_bytes" in caller.reply) is (outcome == "failed")
    assert ending(plane)[1] == "gateway.upstream-failed"
    last = caller.reply.rstrip().rpartition(b"\n\n")[2]
    assert last.startswith(b"event: error\n" if kind == "anthropic.messages" else b'data: {"error')


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


def calls_both(kind: str, stream: bool, token: str) -> list[bytes]:
    """A reply that calls two tools of the caller with the same argument."""
    given = json.dumps({"to": token})
    tools = ("send_email", "look_up")
    if kind == "openai.chat":
        calls = [
            {"index": at, "id": f"c{at}", "function": {"name": name, "arguments": given}}
            for at, name in enumerate(tools)
        ]
        if not stream:
            return [json.dumps(chat_reply(f"To {token}", tool_calls=calls)).encode()]
        said = [{"content": f"To {token}"}, *({"tool_calls": [call]} for call in calls)]
        return [*map(chat_delta, said), chat_delta({}, finish="tool_calls"), DONE]
    if not stream:
        uses = [{"type": "tool_use", "name": name, "input": {"to": token}} for name in tools]
        document = message_reply("")
        document["content"] = [{"type": "text", "text": f"To {token}"}, *uses]
        return [json.dumps(document).encode()]
    begin, *text, end, stop = message_stream(f"To {token}")
    blocks = []
    for at, name in enumerate(tools, start=1):
        block = {"type": "tool_use", "id": f"toolu_{at}", "name": name, "input": {}}
        delta = {"type": "input_json_delta", "partial_json": given}
        blocks += [
            message_event("content_block_start", index=at, content_block=block),
            message_event("content_block_delta", index=at, delta=delta),
            message_event("content_block_stop", index=at),
        ]
    return [begin, *text, *blocks, end, stop]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("kind", ["openai.chat", "anthropic.messages"])
@pytest.mark.parametrize(("marked", "times"), [(("send_email",), 2), ((), 3)])
async def test_tools_that_the_policy_marks_outbound_get_no_value(
    kind: str, stream: bool, marked: tuple[str, ...], times: int
) -> None:
    restore = replace(a_policy().restore, outbound_tools=frozenset(marked))
    plane = DataPlane(snapshots=StaticSnapshots(a_snapshot(policy=a_policy(restore=restore))))

    def answer(request: UpstreamRequest) -> FakeReply:
        token = json.loads(request.body)["messages"][0]["content"]
        pieces = calls_both(kind, stream, token)
        return FakeReply(pieces, headers=STREAM) if stream else FakeReply(pieces)

    plane.upstream.answer = answer
    model = "gpt-4o" if kind == "openai.chat" else "claude-sonnet-4-5"
    caller = await run(plane, a_caller(stream=stream, model=model, max_tokens=9), kind)
    assert plane.recorder.kinds[-1] == "exchange.completed"
    assert caller.reply.decode().count("ada") == times
    outcome = plane.recorder.events[-1].facts
    assert outcome["restored"] == {"EMAIL_ADDRESS": times}


class Watched(Engine):
    """An engine that notes where it reads a body."""

    def read(self, *given: Any, **named: Any) -> Inbound:
        self.thread = threading.get_ident()
        return super().read(*given, **named)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("words", [1, 100_000])
async def test_a_large_body_is_read_beside_the_loop(words: int, packed: bool) -> None:
    engine = Watched(scan=find_planted, rules="1", categories=CATEGORIES, cache_key=b"c" * 32)
    plane = DataPlane(engine=engine)
    caller = a_caller(messages=[{"role": "user", "content": f"{ADA} {'word ' * words}"}])
    if packed:
        caller.body = gzip.compress(caller.body)
        caller.headers = ((b"content-encoding", b"gzip"),)
    await run(plane, caller)
    assert caller.status == 200 and b"ada" not in plane.upstream.received[0].body
    is_beside = engine.thread != threading.get_ident()
    assert is_beside is (packed or words > 1), "what a packed body holds is not known before"


BLOCKING = a_policy(
    "strict",
    rules=tuple(replace(rule, treatment=Treatment.BLOCK) for rule in a_policy("strict").rules),
)


async def test_what_is_blocked_is_recorded_with_what_was_found_and_decided() -> None:
    plane = DataPlane(snapshots=StaticSnapshots(a_snapshot(policy=BLOCKING)))
    said = f"{ADA} and ‹SEC_GITHUB:ghp›"
    caller = await run(plane, a_caller(messages=[{"role": "user", "content": said}], stream=True))
    assert caller.status == 400 and not plane.upstream.received
    assert ending(plane) == (["exchange.intended", "exchange.refused"], "gateway.content-blocked")
    intent = plane.recorder.events[0]
    assert intent.facts["found"] == {"EMAIL_ADDRESS": 1, "SEC_GITHUB": 1}
    assert [intent.facts[name] for name in ("model", "upstream", "destination", "stream")] == [
        "gpt-4o", "openai", "external", True,
    ]  # fmt: skip
    assert intent.decision["policy"] == BLOCKING.reference
    decided: Any = intent.decision["treatments"]
    treated = {name.rpartition(":")[2]: how for name, how in decided.items()}
    assert treated == {"EMAIL_ADDRESS": "token", "SEC_GITHUB": "block"}
    assert not {"ada", "ghp"} & set(str(plane.recorder.events).replace(":", " ").split())


IMAGE = [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:,"}}]}]
UNREAD: dict[str, tuple[dict[str, Any], tuple[tuple[bytes, bytes], ...]]] = {
    "gateway.unscannable-content": ({"messages": IMAGE}, ()),
    "gateway.purpose-not-held": ({}, ((b"x-curtilage-purpose", b"marketing"),)),
    "gateway.unknown-model": ({"model": "none"}, ()),
}


@pytest.mark.parametrize("reason", UNREAD)
async def test_what_is_refused_unread_is_recorded_as_not_scanned(reason: str) -> None:
    plane = DataPlane()
    body, headers = UNREAD[reason]
    caller = a_caller(**body)
    caller.headers = headers
    await run(plane, caller)
    assert ending(plane) == (["exchange.intended", "exchange.refused"], reason)
    intent = plane.recorder.events[0]
    assert not {"slots", "found"} & set(intent.facts)
    assert intent.facts["policy"] == a_policy().reference


async def test_only_what_does_not_leave_as_it_is_counts_as_protected() -> None:
    allowing = Rule("EMAIL_ADDRESS", Treatment.ALLOW)
    both = [{"role": "user", "content": f"{ADA} ‹CREDIT_CARD:4111›"}]
    for policy, said in (
        (a_policy("observe"), "none"),
        (a_policy(), "CREDIT_CARD=1, EMAIL_ADDRESS=1"),
        (a_policy(rules=(*a_policy().rules, allowing)), "CREDIT_CARD=1"),
    ):
        plane = answering(b"{}")
        plane.snapshots.snapshot = a_snapshot(policy=policy)
        caller = await run(plane, a_caller(messages=both))
        assert caller.reply_headers["x-curtilage-protected"] == said
        assert plane.recorder.events[0].facts["found"] == {"EMAIL_ADDRESS": 1, "CREDIT_CARD": 1}


async def test_without_a_credential_nothing_left_and_the_record_says_so() -> None:
    plane = DataPlane(snapshots=StaticSnapshots(a_snapshot(credentials={})))
    caller = await run(plane, a_caller())
    assert caller.status == 503
    assert caller.reply_headers["x-should-retry"] == "false"
    assert b"Set OPENAI_API_KEY in the service's environment" in caller.reply
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


class Stalling(Caller):
    """A caller who takes nothing from the message on that `takes` says."""

    takes = 0

    async def send(self, message: Any) -> None:
        if len(self.sent) >= self.takes:
            await asyncio.get_running_loop().create_future()
        await super().send(message)


async def pass_time(plane: DataPlane, line: Line, seconds: float) -> None:
    """Let everything go as far as it can, and time pass."""
    for _ in range(20):
        await asyncio.sleep(0)
    plane.clock.advance(seconds)
    line.pulse.look(plane.clock.monotonic())
    for _ in range(20):
        await asyncio.sleep(0)


def start(plane: DataPlane, caller: Caller) -> tuple[Line, "asyncio.Task[None]"]:
    line = plane.line()
    exchange = Exchange(line, PROTOCOLS["openai.chat"], caller.scope, caller.receive, caller.send)
    return line, asyncio.ensure_future(exchange.run())


async def test_a_body_that_does_not_come_is_refused_and_recorded() -> None:
    class Slow(Caller):
        async def receive(self) -> dict[str, Any]:
            if self._given:
                await asyncio.get_running_loop().create_future()
            self._given = True
            return {"type": "http.request", "body": self.body[:10], "more_body": True}

    plane = DataPlane()
    caller = Slow(json.dumps(DOCUMENT).encode())
    line, running = start(plane, caller)
    await pass_time(plane, line, 29)
    assert not running.done()
    await pass_time(plane, line, 1)
    await running
    assert caller.status == 408 and caller.has_ended
    assert json.loads(caller.reply)["error"]["code"] == "gateway.body-too-slow"
    assert caller.reply_headers["connection"] == "close"
    assert caller.reply_headers["x-should-retry"] == "false"
    assert ending(plane) == (["exchange.intended", "exchange.refused"], "gateway.body-too-slow")
    assert not plane.upstream.received


EVENTS = [chat_delta({"content": "Hi"}), chat_delta({}, finish="stop"), DONE]


@pytest.mark.parametrize("takes", [0, 1, 2])
async def test_a_reader_who_takes_nothing_is_given_up(takes: int) -> None:
    plane = DataPlane()
    reply = FakeReply(EVENTS, headers=STREAM)
    plane.upstream.answer = lambda _: reply
    caller = Stalling(json.dumps({**DOCUMENT, "stream": True}).encode())
    caller.takes = takes
    line, running = start(plane, caller)
    await pass_time(plane, line, 599)
    assert not running.done()
    await pass_time(plane, line, 1)
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
            line.pulse.look(plane.clock.monotonic())
            await asyncio.sleep(0)

    plane.upstream.answer = lambda _: FakeReply(many, headers=STREAM)
    line, running = start(plane, Slow(json.dumps({**DOCUMENT, "stream": True}).encode()))
    await running
    assert ending(plane) == (["exchange.intended", "exchange.aborted"], "call-timeout")


async def test_a_reader_who_does_not_even_take_the_error_is_given_up() -> None:
    plane = DataPlane()
    plane.upstream.answer = lambda _: FakeReply(EVENTS[:1], headers=STREAM)
    caller = Stalling(json.dumps({**DOCUMENT, "stream": True}).encode())
    caller.takes = 3  # the head, one event, what is left of it; not the error
    line, running = start(plane, caller)
    await pass_time(plane, line, 600)
    await running
    assert len(caller.sent) == 3
    assert ending(plane) == (["exchange.intended", "exchange.failed"], "gateway.upstream-failed")


async def test_whole_replies_and_refusals_have_their_time_as_well() -> None:
    for body, outcome in ((DOCUMENT, "completed"), ({**DOCUMENT, "model": "x"}, "refused")):
        plane = answering(json.dumps(chat_reply("Hi")).encode())
        line, running = start(plane, Stalling(json.dumps(body).encode()))
        await pass_time(plane, line, 600)
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
    line, running = start(plane, caller)
    await pass_time(plane, line, 20)
    await pass_time(plane, line, 580)
    assert ending(plane)[0] == ["exchange.intended", "exchange.failed"]
    assert not running.done(), "its error waits behind the sign of life"
    await pass_time(plane, line, 600)
    await running
    assert len(asyncio.all_tasks()) == 1


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


@pytest.mark.parametrize("stream", [False, True])
async def test_a_call_that_is_over_keeps_nothing_alive(*, stream: bool) -> None:
    """Without the collector's help: values must not outlive their request by seconds."""
    plane = answering(json.dumps(chat_reply("Hello.")).encode())
    gc.collect()
    gc.disable()
    try:
        await asyncio.create_task(run(plane, a_caller(stream=stream)))
        await asyncio.sleep(0)
        kept = [each for each in gc.get_objects() if isinstance(each, Exchange | Inbound)]
    finally:
        gc.enable()
    assert kept == []


RESPONSE: dict[str, Any] = {"model": "gpt-5", "input": ADA}


def answering_responses(*, broken: bool = False) -> DataPlane:
    """A provider that echoes a Responses request; `broken`: nothing can be kept of it."""
    plane = DataPlane()
    plane.replies.broken = broken

    def answer(request: UpstreamRequest) -> FakeReply:
        asked = json.loads(request.body)
        script = ResponseScript()
        script.message([asked["input"]])
        script.end()
        if asked.get("stream"):
            return FakeReply(script.frames(), headers=STREAM)
        return FakeReply((json.dumps(script.response).encode(),))

    plane.upstream.answer = answer
    return plane


async def test_a_response_is_not_given_out_that_could_not_be_gone_on_from() -> None:
    plane = answering_responses(broken=True)
    caller = await run(plane, Caller(json.dumps(RESPONSE).encode()), "openai.responses")
    assert caller.status == 503
    assert b"resp_1" not in caller.reply
    assert ending(plane) == (["exchange.intended", "exchange.failed"], "gateway.not-kept")


async def test_a_stream_whose_map_cannot_be_kept_ends_before_its_id_is_known() -> None:
    plane = answering_responses(broken=True)
    asked = {**RESPONSE, "stream": True}
    caller = await run(plane, Caller(json.dumps(asked).encode()), "openai.responses")
    assert b"resp_1" not in caller.reply
    assert b'"type":"error"' in caller.reply
    assert caller.has_ended


async def test_a_stream_is_kept_before_its_first_event_goes_out() -> None:
    plane = answering_responses()
    caller = Caller(json.dumps({**RESPONSE, "stream": True}).encode())
    order: list[str] = []
    keep, send = plane.replies.keep_reply, caller.send

    async def kept(*given: Any, **more: Any) -> None:
        order.append("kept")
        await keep(*given, **more)

    async def sent(message: Any) -> None:
        if b"response.created" in message.get("body", b""):
            order.append("sent")
        await send(message)

    plane.replies.keep_reply = kept  # type: ignore[method-assign]  # a fake of ours
    line = plane.line()
    protocol = PROTOCOLS["openai.responses"]
    await Exchange(line, protocol, caller.scope, caller.receive, sent).run()
    assert order == ["kept", "sent"]
    assert plane.recorder.kinds == ["exchange.intended", "exchange.completed"]


async def test_an_unknown_response_is_never_asked_for() -> None:
    plane = answering_responses()
    caller = Caller(b"", method="GET", path="/v1/responses/resp_9")
    protocol = PROTOCOLS["openai.responses.read"]
    await Exchange(
        plane.line(), protocol, caller.scope, caller.receive, caller.send, "resp_9"
    ).run()
    assert caller.status == 404
    assert plane.upstream.received == []
    assert ending(plane) == (["exchange.intended", "exchange.refused"], "gateway.unknown-reply")


async def test_a_response_of_a_route_that_is_no_more_is_not_asked_of_another_upstream() -> None:
    plane = answering_responses()
    await run(plane, Caller(json.dumps(RESPONSE).encode()), "openai.responses")
    other = UpstreamSettings("openai", "https://elsewhere.example/v1", "OPENAI_API_KEY")
    plane.snapshots.snapshot = a_snapshot(
        routes=a_route_table(RouteSettings("gpt-*", "other"), upstreams={"other": other}),
        upstreams={**BUILT_IN_UPSTREAMS, "other": other},
    )
    caller = Caller(b"", method="GET", path="/v1/responses/resp_1")
    protocol = PROTOCOLS["openai.responses.read"]
    await Exchange(
        plane.line(), protocol, caller.scope, caller.receive, caller.send, "resp_1"
    ).run()
    assert caller.status == 400
    assert b"gateway.reply-elsewhere" in caller.reply
    assert len(plane.upstream.received) == 1


# What a session is held to that is older than the policy

EARLIER = START - timedelta(hours=1)
DAY = timedelta(days=1)
LONG_AGO = EARLIER - DAY


def changed(newest: Policy, before: Policy, begun_at: datetime) -> DataPlane:
    """`newest` is in force since an hour ago, and was `before` before."""
    vocabulary = [f"{category}:{kind}" for kind, category in CATEGORIES.items()]
    lineage = Lineage(newest, [Earlier(before, EARLIER)], vocabulary)
    plane = answering(json.dumps(chat_reply("Hello.")).encode())
    plane.snapshots.snapshot = a_snapshot(policy=newest, lineage=lineage)
    plane.loader.begun_at = begun_at
    return plane


async def leaves(plane: DataPlane) -> tuple[str, Caller]:
    caller = await run(plane, a_caller())
    assert caller.status == 200
    return json.loads(plane.upstream.received[-1].body)["messages"][0]["content"], caller


async def test_what_became_looser_is_for_sessions_that_began_since() -> None:
    plane = changed(a_policy("observe"), a_policy(), START)
    left, caller = await leaves(plane)
    assert left == ADA
    assert caller.reply_headers["x-curtilage-policy"] == "observe"
    assert "held_to" not in plane.recorder.events[0].facts


async def test_an_older_session_is_held_to_the_policy_before_and_the_record_says_so() -> None:
    observing, balanced = a_policy("observe"), a_policy()
    plane = changed(observing, balanced, LONG_AGO)
    left, caller = await leaves(plane)
    assert ADA not in left
    assert "x-curtilage-policy" not in caller.reply_headers, "it is not only observed"
    intent = plane.recorder.events[0]
    assert intent.decision["policy"] == observing.reference
    assert intent.facts["held_to"] == [balanced.reference]


@pytest.mark.parametrize("begun_at", [LONG_AGO, START])
async def test_what_became_stricter_is_for_all_at_once(begun_at: datetime) -> None:
    plane = changed(a_policy(), a_policy("observe"), begun_at)
    left, _ = await leaves(plane)
    assert ADA not in left
    assert "held_to" not in plane.recorder.events[0].facts


@pytest.mark.parametrize(("begun_at", "comes_back"), [(LONG_AGO, False), (START, True)])
async def test_less_comes_back_where_an_earlier_policy_kept_it(
    begun_at: datetime, comes_back: bool
) -> None:
    kept = a_policy(restore=RestoreRules(to_services=frozenset()))
    plane = changed(a_policy(), kept, begun_at)

    def echo(request: UpstreamRequest) -> FakeReply:
        said = json.loads(request.body)["messages"][0]["content"]
        return FakeReply((json.dumps(chat_reply(said)).encode(),))

    plane.upstream.answer = echo
    _, caller = await leaves(plane)
    assert (ADA in json.loads(caller.reply)["choices"][0]["message"]["content"]) is comes_back


async def test_what_an_earlier_policy_refuses_is_refused() -> None:
    refusing = a_policy(refused_destinations=frozenset({"external"}))
    for begun_at, status in ((LONG_AGO, 403), (START, 200)):
        plane = changed(a_policy(), refusing, begun_at)
        assert (await run(plane, a_caller())).status == status


# What a second policy would have done


async def shadowed(live: Policy, shadow: Policy | None) -> tuple[Any, Caller, DataPlane]:
    plane = answering(json.dumps(chat_reply("Hello.")).encode())
    plane.snapshots.snapshot = a_snapshot(policy=live, shadow=shadow)
    caller = await run(plane, a_caller())
    return plane.recorder.events[-1].facts.get("shadow"), caller, plane


async def test_a_second_policy_is_asked_and_decides_nothing() -> None:
    observing, strict = a_policy("observe"), a_policy("strict", default=Treatment.BLOCK)
    told, caller, plane = await shadowed(observing, strict)
    assert told == {"policy": strict.reference, "stricter": {"EMAIL_ADDRESS": 1}}
    assert caller.status == 200
    assert ADA in json.loads(plane.upstream.received[0].body)["messages"][0]["content"]
    assert plane.recorder.events[0].decision["policy"] == observing.reference


async def test_a_second_policy_lets_nothing_through_that_the_first_refuses() -> None:
    refusing = a_policy(refused_destinations=frozenset({"external"}))
    told, caller, plane = await shadowed(refusing, a_policy())
    assert (told["effect"], caller.status) == ("permit", 403)
    assert not plane.upstream.received


async def test_a_second_policy_that_would_refuse_is_told_with_its_reason() -> None:
    refusing = a_policy(refused_destinations=frozenset({"external"}))
    told, caller, _ = await shadowed(a_policy(), refusing)
    assert (told["effect"], told["reason"]) == ("refuse", "destination.refused")
    assert caller.status == 200


async def test_without_a_second_policy_no_record_speaks_of_one() -> None:
    told, _, plane = await shadowed(a_policy(), None)
    assert told is None
    assert "shadow" not in str([event.facts for event in plane.recorder.events])


# What people said about findings


async def corrected(begun_at: datetime, *said: tuple[Verdict, str, str], text: str) -> str:
    key, entries = bytes(32), []
    for number, (verdict, qualified, value) in enumerate(said):
        kind, (words, length) = qualified.rpartition(":")[2], find_shape(value)
        digest = digest_value(key, verdict, kind, value)
        given = (digest, words, length, "A test", PrincipalId("ada"), EARLIER, START + DAY)
        entries.append(Correction(f"c-{number}", verdict, qualified, *given))
    plane = answering(json.dumps(chat_reply("Hello.")).encode())
    plane.snapshots.snapshot = a_snapshot(corrections=Corrections(key, entries))
    plane.loader.begun_at = begun_at
    await run(plane, Caller(json.dumps({**DOCUMENT, "messages": [user(text)]}).encode()))
    said_on: str = json.loads(plane.upstream.received[0].body)["messages"][0]["content"]
    return said_on


def user(text: str) -> dict[str, str]:
    return {"role": "user", "content": text}


async def test_what_is_not_personal_leaves_as_it_is_in_sessions_that_begin_since() -> None:
    said = (Verdict.NOT_PERSONAL, "user.contact.email:EMAIL_ADDRESS", ADA)
    assert await corrected(START, said, text=ADA) == ADA
    assert ADA not in await corrected(LONG_AGO, said, text=ADA)


@pytest.mark.parametrize("begun_at", [LONG_AGO, START])
async def test_what_should_have_been_found_is_treated_as_what_it_is(begun_at: datetime) -> None:
    said = (Verdict.MISSED, "user.contact.email:EMAIL_ADDRESS", "ada at orchard")
    left = await corrected(begun_at, said, text="Mail Ada at Orchard today.")
    assert "orchard" not in left.casefold() and left.startswith("Mail ")
