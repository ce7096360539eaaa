"""The usual call: its body read and protected, its reply kept where it can be gone on from."""

import gzip
import json
import threading
from dataclasses import replace
from typing import Any

import pytest

from curtilage.core.models import Scope, Treatment
from curtilage.gateway.engine import Engine
from curtilage.gateway.errors import KeptTooMuch
from curtilage.gateway.exchange.call import Path
from curtilage.gateway.exchange.serve import serve_call
from curtilage.gateway.files.holdings import Holding
from curtilage.gateway.ports import UpstreamRequest
from curtilage.gateway.recall import MOST_BYTES
from curtilage.gateway.request import Inbound
from curtilage.gateway.settings import (
    BUILT_IN_UPSTREAMS,
    RouteSettings,
    UpstreamSettings,
)
from curtilage.gateway.wire.file_protocols import FILE
from curtilage.gateway.wire.protocols import PROTOCOLS
from curtilage.shield.held import HeldValue, Origin
from tests.builders import ASSIST, SERVICE, TENANT
from tests.fakes.calls import ADA, a_caller, ending, run
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
    find_planted,
)
from tests.fakes.responses import ResponseScript

BLOCKING = a_policy(
    "strict",
    rules=tuple(replace(rule, treatment=Treatment.BLOCK) for rule in a_policy("strict").rules),
)
RESPONSE: dict[str, Any] = {"model": "gpt-5", "input": ADA}


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


async def test_what_files_stand_for_counts_as_what_is_to_be_kept() -> None:
    """Or a conversation with a large file in it would be as large, and read whole each turn."""
    policy = a_policy(allowed_opaque=frozenset({"files"}))
    plane = DataPlane(snapshots=StaticSnapshots(a_snapshot(policy=policy)))
    services = plane.services()
    owner = await services.sessions.get(
        Scope(TENANT, SERVICE, None, "collection", f"files:{ASSIST}")
    )
    value = HeldValue("x" * (MOST_BYTES // 4), "PERSON", Origin.CALLER)
    map = await services.holdings.keep_map(owner, [("Qone", value)])
    await services.holdings.keep(owner, Holding("file-1", FILE, "openai", map=map))
    content = [{"type": "input_file", "file_id": "file-1"}]
    asked = {**RESPONSE, "input": [{"role": "user", "content": content}]}
    caller = await run(plane, Caller(json.dumps(asked).encode()), "openai.responses")
    assert caller.status == KeptTooMuch.status and KeptTooMuch.code.encode() in caller.reply
    assert not plane.upstream.received


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
    services = plane.services()
    protocol = PROTOCOLS["openai.responses"]
    await serve_call(services, Path(protocol), caller.scope, caller.receive, sent)
    assert order == ["kept", "sent"]
    assert plane.recorder.kinds == ["exchange.intended", "exchange.completed"]


async def test_an_unknown_response_is_never_asked_for() -> None:
    plane = answering_responses()
    caller = Caller(b"", method="GET", path="/v1/responses/resp_9")
    protocol = PROTOCOLS["openai.responses.read"]
    await serve_call(
        plane.services(), Path(protocol, "resp_9"), caller.scope, caller.receive, caller.send
    )
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
    await serve_call(
        plane.services(), Path(protocol, "resp_1"), caller.scope, caller.receive, caller.send
    )
    assert caller.status == 400
    assert b"gateway.reply-elsewhere" in caller.reply
    assert len(plane.upstream.received) == 1


def thinking(*more: str) -> ResponseScript:
    """A response that thought, and says so by an id."""
    script = ResponseScript()
    script.reasoning(["a thought"])
    script.message(["Hello ", *more])
    return script.end()


async def test_an_id_is_noted_before_the_event_that_tells_it_goes_out() -> None:
    plane = DataPlane()
    frames = thinking().frames()
    plane.upstream.answer = lambda _: FakeReply((b"".join(frames),), headers=STREAM)
    plane.replies.broken = True
    asked = Caller(json.dumps({**RESPONSE, "stream": True, "store": False}).encode())
    caller = await run(plane, asked, "openai.responses")
    assert b"rs_0" not in caller.reply and caller.has_ended
    assert ending(plane) == (["exchange.intended", "exchange.failed"], "gateway.not-kept")


async def test_a_whole_reply_with_an_id_that_could_not_be_noted_is_not_given_out() -> None:
    plane = DataPlane()
    plane.upstream.answer = lambda _: FakeReply((json.dumps(thinking().response).encode(),))
    plane.replies.broken = True
    asked = Caller(json.dumps({**RESPONSE, "store": False}).encode())
    caller = await run(plane, asked, "openai.responses")
    assert caller.status == 503 and b"rs_0" not in caller.reply


@pytest.mark.parametrize("stream", [True, False])
async def test_a_reply_without_such_an_id_notes_none(stream: bool) -> None:
    plane = answering_responses(broken=True)
    asked = Caller(json.dumps({**RESPONSE, "stream": stream, "store": False}).encode())
    caller = await run(plane, asked, "openai.responses")
    assert caller.status == 200 and b"resp_1" in caller.reply
    assert plane.recorder.kinds == ["exchange.intended", "exchange.completed"]


NAMING: list[tuple[str, dict[str, Any]]] = [
    ("openai.responses", {"model": "gpt-5", "input": [{"type": "reasoning", "id": "rs_9"}]}),
    ("openai.responses.count", {"model": "gpt-5", "input": [{"type": "mcp_call", "id": "mcp_9"}]}),
    ("openai.conversations", {"items": [{"type": "web_search_call", "id": "ws_9"}]}),
    (
        "openai.chat",
        {"model": "gpt-4o", "messages": [{"role": "assistant", "audio": {"id": "audio_9"}}]},
    ),
    (
        "openai.chat",
        {"model": "gpt-4o", "messages": [{"role": "other", "audio": {"id": "audio_9"}}]},
    ),
    (
        "anthropic.messages",
        {
            "model": "claude-sonnet-4-5", "max_tokens": 9, "messages": [],
            "diagnostics": {"previous_message_id": "msg_9"},
        },
    ),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "asked"), NAMING)
async def test_what_was_not_given_to_a_caller_is_not_asked_for(
    kind: str, asked: dict[str, Any]
) -> None:
    plane = DataPlane()
    caller = await run(plane, Caller(json.dumps(asked).encode()), kind)
    assert caller.status == 404 and b"named by an id that was not given to this" in caller.reply
    assert not plane.upstream.received
    assert ending(plane) == (["exchange.intended", "exchange.refused"], "gateway.unknown-item")
