"""One call through an exchange, without a server: asked, answered, and what became of it."""

import json
import threading
from typing import Any

from curtilage.gateway.engine import Engine
from curtilage.gateway.exchange.call import Path
from curtilage.gateway.exchange.serve import serve_call
from curtilage.gateway.request import Inbound
from curtilage.gateway.wire.protocols import PROTOCOLS
from tests.fakes.dataplane import CATEGORIES, Caller, DataPlane, FakeReply, find_planted

ADA = "‹EMAIL_ADDRESS:ada›"
DOCUMENT: dict[str, Any] = {"model": "gpt-4o", "messages": [{"role": "user", "content": ADA}]}


def a_caller(**more: Any) -> Caller:
    return Caller(json.dumps({**DOCUMENT, **more}).encode())


async def run(plane: DataPlane, caller: Caller, kind: str = "openai.chat") -> Caller:
    services = plane.services()
    await serve_call(services, Path(PROTOCOLS[kind]), caller.scope, caller.receive, caller.send)
    return caller


class WatchedEngine(Engine):
    """An engine that notes whether it read a body beside the loop, in a thread."""

    read_beside: bool

    def read(self, *given: Any, **named: Any) -> Inbound:
        self.read_beside = threading.current_thread() is not threading.main_thread()
        return super().read(*given, **named)


def a_watched_engine() -> WatchedEngine:
    return WatchedEngine(scan=find_planted, rules="1", categories=CATEGORIES, cache_key=b"c" * 32)


def answering(*pieces: bytes, **reply: Any) -> DataPlane:
    plane = DataPlane()
    plane.upstream.answer = lambda _: FakeReply(pieces, **reply)
    return plane


def ending(plane: DataPlane) -> tuple[list[str], Any]:
    return plane.recorder.kinds, plane.recorder.events[-1].facts.get("reason", "")
