"""What is made of files and of many messages: their bodies stop no other call."""

import gzip
import json
import threading
from dataclasses import replace
from typing import Any

import pytest

from curtilage.gateway.exchange.call import Path
from curtilage.gateway.exchange.serve import serve_call
from curtilage.gateway.tasks.making import MakeTask
from curtilage.gateway.wire.file_protocols import FILE_PROTOCOLS
from tests.fakes.calls import ADA, a_watched_engine
from tests.fakes.dataplane import Caller, DataPlane, FakeReply

PROTOCOL = FILE_PROTOCOLS["anthropic.batches"]
MADE = b'{"id": "msgbatch_01", "type": "message_batch", "processing_status": "in_progress"}'


def a_batch(words: int) -> bytes:
    message = {"role": "user", "content": f"{ADA} {'word ' * words}"}
    params = {"model": "claude-sonnet-4-5", "max_tokens": 9, "messages": [message]}
    return json.dumps({"requests": [{"custom_id": "one", "params": params}]}).encode()


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("words", [1, 100_000])
async def test_a_large_batch_is_read_beside_the_loop(words: int, packed: bool) -> None:
    plane = DataPlane(engine=(engine := a_watched_engine()))
    plane.upstream.answer = lambda _: FakeReply((MADE,))
    caller = Caller(a_batch(words), PROTOCOL.path)
    if packed:
        caller.body = gzip.compress(caller.body)
        caller.headers = ((b"content-encoding", b"gzip"),)
    services, path = plane.services(), Path(PROTOCOL)
    await serve_call(services, path, caller.scope, caller.receive, caller.send, MakeTask)
    assert caller.status == 200 and b"ada" not in plane.upstream.received[0].body
    assert engine.read_beside is (packed or words > 1), (
        "what a packed body holds is not known before"
    )


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("words", [1, 100_000])
async def test_what_a_large_body_names_is_looked_up_beside_the_loop(
    words: int, packed: bool
) -> None:
    read_beside = []

    def refers(document: Any) -> list[str]:
        read_beside.append(threading.current_thread() is not threading.main_thread())
        return [document["input_file_id"]]

    body = json.dumps({"input_file_id": "file-1", "metadata": {"a": "word " * words}}).encode()
    caller = Caller(body, "/v1/batches")
    if packed:
        caller.body = gzip.compress(caller.body)
        caller.headers = ((b"content-encoding", b"gzip"),)
    path = Path(replace(FILE_PROTOCOLS["openai.batches"], refers=refers))
    services = DataPlane().services()
    await serve_call(services, path, caller.scope, caller.receive, caller.send, MakeTask)
    assert caller.status == 404, "nobody here holds that file"
    assert read_beside == [packed or words > 1]
