"""With the cache and without it, a caller sees the same bytes."""

import json
import random
from collections.abc import Callable
from typing import Any

import pytest

from curtilage.gateway.exchange.call import Path
from curtilage.gateway.exchange.serve import serve_call
from curtilage.gateway.exchange.services import Services
from curtilage.gateway.ports import UpstreamRequest
from curtilage.gateway.settings import RouteSettings
from curtilage.gateway.wire.protocols import PROTOCOLS
from tests.fakes.dataplane import (
    STREAM,
    Caller,
    DataPlane,
    FakeReply,
    StaticSnapshots,
    a_route_table,
    a_snapshot,
)
from tests.fakes.provider import (
    DONE,
    chat_delta,
    chat_reply,
    message_reply,
    message_stream,
)

CASES = 300
DEEP_CASES = 5000
PIECES = (
    "Hello ", "‹EMAIL_ADDRESS:ada›", "‹EMAIL_ADDRESS:bob›", '‹EMAIL_ADDRESS:Zoë "Z" \\ Ünal›', "QX1-",
    "\n", "😀", "日本語 ", '"', "{}", "x" * 300, "![](https://pictures.example/", "<img src=",
)  # fmt: skip
Script = Callable[[random.Random, str], list[bytes]]


def cut(rng: random.Random, text: str) -> list[str]:
    at, parts = 0, []
    while at < len(text):
        size = rng.randint(1, 40)
        parts.append(text[at : at + size])
        at += size
    return parts


def chat_stream(rng: random.Random, text: str) -> list[bytes]:
    deltas = [chat_delta({"content": part}) for part in cut(rng, text)]
    return [*deltas, chat_delta({}, finish="stop"), DONE]


KINDS: dict[str, tuple[str, Script, bool]] = {
    "chat": ("openai.chat", lambda _, text: [json.dumps(chat_reply(text)).encode()], False),
    "chat stream": ("openai.chat", chat_stream, True),
    "message": (
        "anthropic.messages", lambda _, text: [json.dumps(message_reply(text)).encode()], False,
    ),
    "message stream": (
        "anthropic.messages", lambda rng, text: message_stream(*cut(rng, text)), True,
    ),
}  # fmt: skip


def said_in(request: UpstreamRequest) -> str:
    said: str = json.loads(request.body)["messages"][-1]["content"]
    return said


def a_line(seed: int, script: Script, *, stream: bool, cache: int) -> tuple[DataPlane, Services]:
    """A worker whose provider says back what it was told, in pieces that depend on `seed`."""

    def answer(request: UpstreamRequest) -> FakeReply:
        rng = random.Random(seed)
        whole = b"".join(script(rng, said_in(request)))
        cuts = sorted(rng.sample(range(len(whole)), min(8, len(whole))))
        ends = [*cuts, len(whole)]
        pieces = [whole[start:end] for start, end in zip([0, *cuts], ends, strict=True)]
        told = STREAM if stream else (("content-type", "application/json"),)
        return FakeReply([piece for piece in pieces if piece], headers=told)

    routes = (
        RouteSettings("gpt-4o", "openai", cache=cache),
        RouteSettings("claude-x", "anthropic", cache=cache),
    )
    plane = DataPlane(snapshots=StaticSnapshots(a_snapshot(routes=a_route_table(*routes))))
    plane.upstream.answer = answer
    return plane, plane.services()


async def ask(
    services: Services, kind: str, document: dict[str, Any]
) -> tuple[int, bytes, str | None]:
    caller = Caller(json.dumps(document).encode())
    await serve_call(services, Path(PROTOCOLS[kind]), caller.scope, caller.receive, caller.send)
    return caller.status, caller.reply, caller.reply_headers.get("x-curtilage-cache")


async def check(seed: int, name: str) -> None:
    kind, script, stream = KINDS[name]
    rng = random.Random(seed)
    text = "So " + "".join(rng.choice(PIECES) for _ in range(rng.randint(1, 8)))
    text = text.replace("›", "› ") if rng.random() < 0.5 else text
    model = "gpt-4o" if kind == "openai.chat" else "claude-x"
    document: dict[str, Any] = {
        "model": model, "max_tokens": 100, "messages": [{"role": "user", "content": text}],
    }  # fmt: skip
    if stream:
        document["stream"] = True
    _, bare = a_line(seed, script, stream=stream, cache=0)
    plane, caching = a_line(seed, script, stream=stream, cache=60)
    without = await ask(bare, kind, document)
    first, second = [await ask(caching, kind, document) for _ in range(2)]
    assert without[2] is None and (first[2], second[2]) == ("miss", "hit"), (seed, name)
    assert without[:2] == first[:2] == second[:2], (seed, name)
    assert len(plane.upstream.received) == 1


@pytest.mark.parametrize("name", KINDS)
async def test_a_hit_gives_the_bytes_that_the_provider_would_have_given(name: str) -> None:
    for seed in range(CASES):
        await check(seed, name)


@pytest.mark.deep
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", KINDS)
async def test_a_hit_gives_the_bytes_that_the_provider_would_have_given_deep(name: str) -> None:
    for seed in range(DEEP_CASES):
        await check(seed, name)
