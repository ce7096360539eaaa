"""A call under way: its reply, whole or streamed, and what is told of it."""

import asyncio
import json
from dataclasses import replace

import pytest

from curtilage.consent.models import Rule
from curtilage.core.models import Treatment
from curtilage.gateway.exchange.call import Path
from curtilage.gateway.exchange.serve import serve_call
from curtilage.gateway.ports import UpstreamRequest
from curtilage.gateway.settings import (
    GatewaySettings,
)
from curtilage.gateway.wire.protocols import PROTOCOLS
from tests.fakes.calls import ADA, a_caller, answering, ending, run
from tests.fakes.dataplane import (
    STREAM,
    DataPlane,
    FakeReply,
    StaticSnapshots,
    a_policy,
    a_snapshot,
)
from tests.fakes.provider import (
    DONE,
    chat_delta,
    chat_reply,
    message_event,
    message_reply,
    message_stream,
)


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


async def test_signs_of_life_and_then_no_stream_is_told_apart_from_an_answer() -> None:
    plane = DataPlane()
    silent, goes_on = asyncio.Event(), asyncio.Event()

    class Slow(FakeReply):
        async def read(self) -> bytes:
            silent.set()
            await goes_on.wait()
            return await super().read()

    plane.upstream.answer = lambda _: Slow((json.dumps(chat_reply("Hi")).encode(),))
    services, caller = plane.services(), a_caller(stream=True)
    call = serve_call(
        services, Path(PROTOCOLS["openai.chat"]), caller.scope, caller.receive, caller.send
    )
    running = asyncio.ensure_future(call)
    await silent.wait()
    plane.clock.advance(20)
    services.pulse.look(plane.clock.monotonic())
    await asyncio.sleep(0)
    goes_on.set()
    await running
    assert caller.status == 200
    assert caller.reply.startswith(b": keep-alive\n\ndata: ") and b"broken" not in caller.reply
    assert b"gateway.upstream-failed" in caller.reply and caller.has_ended
    assert ending(plane)[0] == ["exchange.intended", "exchange.failed"]
