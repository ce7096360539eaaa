"""Streams cut anywhere: an id is noted before any byte of it reaches the caller."""

import json
import random
from dataclasses import dataclass
from typing import Any

import pytest

from curtilage.gateway.exchange.call import Path
from curtilage.gateway.exchange.serve import serve_call
from curtilage.gateway.sealed import SealedRows
from curtilage.gateway.storedids import STORED_IDS
from curtilage.gateway.wire.protocols import PROTOCOLS
from tests.builders import ASSIST
from tests.fakes.calls import answering
from tests.fakes.dataplane import STREAM, Caller, DataPlane
from tests.fakes.provider import DONE, chat_delta, message_stream
from tests.fakes.responses import ResponseScript

CASES = 60
WORDS = ("Hello ", "zoë ", "rs", "_", "audio", "x" * 40)


def some_text(rng: random.Random) -> list[str]:
    return rng.choices(WORDS, k=rng.randint(1, 4))


def a_response(rng: random.Random) -> tuple[dict[str, Any], list[bytes], set[str]]:
    script, ids = ResponseScript(), set[str]()
    for number in range(rng.randint(1, 6)):
        match rng.choice(["thinks", "searches", "speaks"]):
            case "thinks":
                script.reasoning(some_text(rng))
                ids.add(f"rs_{number}")
            case "searches":
                id = f"ws_{rng.getrandbits(64):x}"
                script.item({"type": "web_search_call", "id": id, "status": "completed"})
                ids.add(id)
            case "speaks":
                script.message(some_text(rng))
    asked = {"model": "gpt-5", "input": "Hello", "store": rng.random() < 0.5}
    return asked, script.end().frames(), ids


def a_chat(rng: random.Random) -> tuple[dict[str, Any], list[bytes], set[str]]:
    id = f"audio_{rng.getrandbits(64):x}"
    said = [{"audio": {"transcript": text}} for text in some_text(rng)]
    said.insert(rng.randint(0, len(said)), {"audio": {"id": id}})
    frames = [*map(chat_delta, said), chat_delta({}, finish="stop"), DONE]
    return {"model": "gpt-4o", "messages": []}, frames, {id}


def a_message(rng: random.Random) -> tuple[dict[str, Any], list[bytes], set[str]]:
    asked = {"model": "claude-sonnet-4-5", "max_tokens": 9, "messages": [], "diagnostics": {}}
    return asked, message_stream(*some_text(rng)), {"msg_1"}


KINDS = {
    "openai.responses": a_response,
    "openai.chat": a_chat,
    "anthropic.messages": a_message,
}


def cut(rng: random.Random, stream: bytes) -> list[bytes]:
    pieces, at = [], 0
    longest = rng.choice([1, 9, 100, 5000])
    while at < len(stream):
        size = rng.randint(1, longest)
        pieces.append(stream[at : at + size])
        at += size
    return pieces


@dataclass
class Watching:
    """A worker and a caller who looks at each part of a reply: which ids of it are noted."""

    plane: DataPlane
    ids: set[str]
    reply: bytes = b""

    def __post_init__(self) -> None:
        self.services = self.plane.services()
        self.rows = SealedRows(self.plane.replies, self.plane.clock, STORED_IDS)

    async def ask(self, kind: str, asked: dict[str, Any]) -> None:
        caller = Caller(json.dumps({**asked, "stream": True}).encode())
        path = Path(PROTOCOLS[kind])
        await serve_call(self.services, path, caller.scope, caller.receive, self.take)

    async def take(self, message: Any) -> None:
        self.reply += message.get("body", b"")
        (scope,) = set(self.plane.loader.asked)
        session = (await self.services.sessions.get(scope)).held_for(ASSIST)
        for id in self.told:
            assert (scope.tenant, self.rows.find_lookup(session, id)) in self.plane.replies.rows

    @property
    def told(self) -> set[str]:
        return {id for id in self.ids if f'"{id}'.encode() in self.reply}


@pytest.mark.parametrize("kind", KINDS)
async def test_however_a_stream_is_cut_the_note_comes_before_the_id(kind: str) -> None:
    rng = random.Random(kind)
    for _ in range(CASES):
        asked, frames, ids = KINDS[kind](rng)
        pieces = cut(rng, b"".join(frames))
        watching = Watching(answering(*pieces, headers=STREAM), ids)
        await watching.ask(kind, asked)
        assert watching.told == ids
        assert watching.plane.recorder.kinds == ["exchange.intended", "exchange.completed"]
