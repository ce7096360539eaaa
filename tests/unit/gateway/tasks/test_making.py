"""Calls that make something of files: how their bodies are read."""

import gzip
import json
import threading
from dataclasses import replace
from typing import Any

import pytest

from curtilage.gateway.engine import Engine
from curtilage.gateway.exchange.call import Path
from curtilage.gateway.exchange.serve import serve_call
from curtilage.gateway.request import Inbound
from curtilage.gateway.tasks.making import MakeTask
from curtilage.gateway.wire.file_protocols import FILE_PROTOCOLS
from curtilage.gateway.wire.protocols import RouteProtocol
from tests.fakes.dataplane import CATEGORIES, Caller, DataPlane, find_planted

GZIP = ((b"content-encoding", b"gzip"),)
REQUEST: dict[str, Any] = {
    "custom_id": "one",
    "params": {"model": "claude-next", "max_tokens": 9, "messages": []},
}


class Watched(Engine):
    """An engine that notes where it reads a body."""

    def read(self, *given: Any, **named: Any) -> Inbound:
        self.thread = threading.get_ident()
        return super().read(*given, **named)


async def make(plane: DataPlane, protocol: RouteProtocol, document: Any, *, packed: bool) -> Caller:
    body = json.dumps(document).encode()
    caller = Caller(gzip.compress(body), headers=GZIP) if packed else Caller(body)
    given = plane.services(), Path(protocol), caller.scope, caller.receive, caller.send
    await serve_call(*given, MakeTask)
    return caller


@pytest.mark.parametrize("packed", [False, True])
async def test_a_batch_of_messages_that_is_packed_is_read_beside_the_loop(packed: bool) -> None:
    engine = Watched(scan=find_planted, rules="1", categories=CATEGORIES, cache_key=b"c" * 32)
    plane = DataPlane(engine=engine)
    protocol = FILE_PROTOCOLS["anthropic.batches"]
    caller = await make(plane, protocol, {"requests": [REQUEST]}, packed=packed)
    assert caller.status == 200
    assert (engine.thread != threading.get_ident()) is packed, "what it holds is not known before"


@pytest.mark.parametrize("packed", [False, True])
async def test_the_names_of_files_in_what_is_packed_are_read_beside_the_loop(packed: bool) -> None:
    threads: list[int] = []

    def refers(document: Any) -> tuple[str, ...]:
        threads.append(threading.get_ident())
        return (document["input_file_id"],)

    protocol = replace(FILE_PROTOCOLS["openai.batches"], refers=refers)
    caller = await make(DataPlane(), protocol, {"input_file_id": "file-1"}, packed=packed)
    assert caller.status == 404
    assert (threads != [threading.get_ident()]) is packed
