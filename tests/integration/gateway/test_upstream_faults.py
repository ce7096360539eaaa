"""Providers that fail before, during and after the first byte: clear, recorded, never garbled."""

import gzip
import json
import socket
from collections.abc import Sequence
from contextlib import ExitStack

import httpx
import pytest

from curtilage.gateway.adapters.provider import Provider
from curtilage.gateway.errors import UpstreamFailed
from curtilage.gateway.ports import UpstreamRequest
from tests.fakes.provider import (
    DONE,
    Break,
    Hold,
    Received,
    Step,
    chat_delta,
    chat_reply,
    chunk,
    message_event,
    message_reply,
    message_stream,
    stream,
    whole,
)
from tests.integration.gateway.leaving import leave_once_sent
from tests.integration.processes import eventually
from tests.integration.service import RunningService

CHAT = {
    "model": "gpt-4.1-mini",
    "messages": [{"role": "user", "content": "Mail ada@orchard.example."}],
}
MESSAGE = {"model": "claude-sonnet-4-5", "max_tokens": 9, "messages": CHAT["messages"]}


def outcome(service: RunningService, reply: httpx.Response) -> tuple[str, str]:
    """The kind and the reason of how the ledger says it ended."""
    events = service.events(reply.headers["x-curtilage-request-id"])
    assert len(events) == 2
    assert events[0].kind == "exchange.intended"
    return events[1].kind, str(events[1].facts.get("reason", ""))


def post(client: httpx.Client, path: str, body: object) -> httpx.Response:
    return client.post(path, json=body)


def test_an_error_of_the_provider_passes_with_its_status_and_body(
    service: RunningService, client: httpx.Client
) -> None:
    body = {"error": {"message": "slow down", "type": "rate_limit", "code": None, "param": None}}
    service.provider.script = whole(body, "429 Too Many Requests", retry_after="7")
    reply = post(client, "/v1/chat/completions", CHAT)
    assert (reply.status_code, reply.json(), reply.headers["retry-after"]) == (429, body, "7")
    assert outcome(service, reply) == ("exchange.failed", "provider-error")


def test_a_provider_that_breaks_before_the_first_byte_is_a_502_in_shape(
    service: RunningService, client: httpx.Client
) -> None:
    service.provider.script = [Break()]
    reply = post(client, "/v1/chat/completions", CHAT)
    assert reply.status_code == 502
    assert reply.json()["error"]["code"] == "gateway.upstream-failed"
    assert outcome(service, reply) == ("exchange.failed", "gateway.upstream-failed")
    assert len(service.provider.received) == 1, "what may have arrived is not sent twice"


def test_a_reply_that_is_cut_short_is_a_502(service: RunningService, client: httpx.Client) -> None:
    head, *_ = whole(chat_reply("x" * 500))
    assert isinstance(head, bytes)
    service.provider.script = [head[:300], Break()]
    reply = post(client, "/v1/chat/completions", CHAT)
    assert reply.status_code == 502


CUT: list[tuple[str, list[bytes | Step]]] = [
    (
        "in the middle of a frame",
        [chat_delta({"content": "Hel"}), b'data: {"choices":[{"ind', Break()],
    ),
    ("between frames", [chat_delta({"content": "Hel"}), Break()]),
]


@pytest.mark.parametrize(("place", "pieces"), CUT)
def test_a_stream_that_is_cut_short_ends_with_an_error_event(
    service: RunningService, client: httpx.Client, place: str, pieces: list[bytes | Step]
) -> None:
    service.provider.script = stream(*pieces, end=False)
    reply = post(client, "/v1/chat/completions", {**CHAT, "stream": True})
    assert reply.status_code == 200
    last = [line for line in reply.text.splitlines() if line.startswith("data: ")][-1]
    assert json.loads(last[6:])["error"]["code"] == "gateway.upstream-failed", place
    assert "Hel" in reply.text
    assert outcome(service, reply)[0] == "exchange.failed"


def test_a_stream_without_its_end_is_told_apart_from_a_whole_one(
    service: RunningService, client: httpx.Client
) -> None:
    service.provider.script = stream(*message_stream("Hello")[:-2])
    reply = post(client, "/v1/messages", {**MESSAGE, "stream": True})
    assert reply.text.rstrip().rpartition("event: ")[2].startswith("error")
    assert outcome(service, reply)[0] == "exchange.failed"


def test_an_error_event_after_200_is_passed_on_and_recorded(
    service: RunningService, client: httpx.Client
) -> None:
    error = message_event("error", error={"type": "overloaded_error", "message": "Overloaded"})
    service.provider.script = stream(message_stream("x")[0], error)
    reply = post(client, "/v1/messages", {**MESSAGE, "stream": True})
    assert "overloaded_error" in reply.text
    assert outcome(service, reply) == ("exchange.failed", "provider-error")


def test_garbage_between_frames_is_passed_on_untouched(
    service: RunningService, client: httpx.Client
) -> None:
    garbage = b": OPENROUTER PROCESSING\n\nevent: odd\n\ndata: not json {{{\n\n"
    service.provider.script = stream(
        garbage, chat_delta({"content": "Hi"}), chat_delta({}, finish="stop"), DONE
    )
    reply = post(client, "/v1/chat/completions", {**CHAT, "stream": True})
    assert garbage.decode() in reply.text
    assert outcome(service, reply) == ("exchange.completed", "")


def test_a_reply_that_is_no_json_comes_through_as_it_is(
    service: RunningService, client: httpx.Client
) -> None:
    service.provider.script = whole(b"<html>bad gateway</html>", "502 Bad Gateway")
    reply = post(client, "/v1/chat/completions", CHAT)
    assert (reply.status_code, reply.content) == (502, b"<html>bad gateway</html>")
    assert outcome(service, reply)[0] == "exchange.failed"


def test_nobody_listening_is_a_502_after_tries_that_sent_nothing(
    service: RunningService, client: httpx.Client
) -> None:
    reply = post(client, "/v1/chat/completions", {**CHAT, "model": "nowhere"})
    assert reply.status_code == 502
    assert "could not be reached" in reply.json()["error"]["message"]
    assert outcome(service, reply) == ("exchange.failed", "gateway.upstream-failed")


async def test_who_does_not_even_take_the_connection_is_given_up_with_nothing_sent() -> None:
    """A machine that is there and drowns: its queue of connections is full, no answer comes."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        address = listener.getsockname()
        for _ in range(8):  # the queue holds one or two; the rest wait like us
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(address)
        provider = Provider(f"http://127.0.0.1:{address[1]}", connect_timeout=0.3)
        request = UpstreamRequest("POST", "/v1/chat/completions", "", (), b"{}")
        with pytest.raises(UpstreamFailed) as failed:
            await provider.send(request)
        await provider.close()
    assert (failed.value.reason, failed.value.sent) == ("connect", False)


def _in_bytes(steps: Sequence[Step]) -> list[Step]:
    return [bytes((byte,)) for step in steps for byte in (step if isinstance(step, bytes) else b"")]


def _said(received: Received) -> str:
    said: str = received.document["messages"][0]["content"]
    return said


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/messages"])
def test_a_reply_that_comes_byte_by_byte_is_the_same_reply(
    service: RunningService, client: httpx.Client, path: str, streamed: bool
) -> None:
    def answer(received: Received) -> Sequence[Step]:
        said = _said(received)
        if path == "/v1/messages":
            return stream(*message_stream(said)) if streamed else whole(message_reply(said))
        events = [chat_delta({"content": said}), chat_delta({}, finish="stop"), DONE]
        return stream(*events) if streamed else whole(chat_reply(said))

    body = {**(MESSAGE if path == "/v1/messages" else CHAT), "stream": streamed}
    texts = []
    for cut in (list, _in_bytes):
        service.provider.script = lambda received, cut=cut: cut(answer(received))  # type: ignore[misc]
        reply = post(client, path, body)
        assert outcome(service, reply) == ("exchange.completed", "")
        texts.append(reply.text)
    assert texts[0] == texts[1]
    assert texts[0].count("Mail ada@orchard.example.") == 1


def test_a_caller_who_leaves_ends_the_call_at_the_provider(service: RunningService) -> None:
    service.provider.script = stream(chat_delta({"content": "Hel"}), Hold())
    with (
        service.client(service.key()) as client,
        client.stream("POST", "/v1/chat/completions", json={**CHAT, "stream": True}) as reply,
    ):
        request_id = reply.headers["x-curtilage-request-id"]
        next(reply.iter_bytes())
    eventually(lambda: service.provider.left == 1)
    eventually(lambda: len(service.events(request_id)) == 2)
    assert service.events(request_id)[1].kind == "exchange.aborted"


def test_a_caller_who_leaves_before_the_first_byte_ends_the_call_too(
    service: RunningService,
) -> None:
    service.provider.script = [Hold()]
    leave_once_sent(service, service.key(), "/v1/chat/completions", CHAT)
    eventually(lambda: service.provider.left == 1)
    eventually(lambda: service.events()[-1].kind == "exchange.aborted")


def test_a_reply_beyond_the_limit_is_refused_without_filling_the_memory(
    service: RunningService, client: httpx.Client
) -> None:
    limit = service.settings.gateway.max_reply_bytes
    head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {limit * 2}\r\n\r\n".encode()
    block = b"x" * (1 << 20)
    service.provider.script = [head, *[block] * (2 * limit // len(block))]
    reply = client.post("/v1/chat/completions", json=CHAT, timeout=60)
    assert reply.status_code == 502
    assert outcome(service, reply)[0] == "exchange.failed"


def test_frames_of_a_stream_keep_their_bytes_where_nothing_was_a_token(
    service: RunningService, client: httpx.Client
) -> None:
    odd = b'data:{"choices":[ {"index":0,"delta":{"content":"a\\u0062c \\ud83d"},"finish_reason":null}],"x":1.50}\r\n\r\n'
    service.provider.script = stream(
        odd[:11], odd[11:40], odd[40:], chat_delta({}, finish="stop"), DONE
    )
    reply = post(client, "/v1/chat/completions", {**CHAT, "stream": True})
    assert reply.content.startswith(odd)


def test_a_chunk_is_what_the_provider_sent() -> None:
    assert chunk(b"abc") == b"3\r\nabc\r\n"


def test_a_reply_that_comes_compressed_though_it_was_not_asked_so_is_a_502(
    service: RunningService, client: httpx.Client
) -> None:
    packed = gzip.compress(json.dumps(chat_reply("Hi")).encode())
    service.provider.script = whole(packed, content_encoding="gzip")
    reply = post(client, "/v1/chat/completions", CHAT)
    assert service.provider.received[-1].headers["accept-encoding"] == "identity"
    assert reply.status_code == 502 and "compressed" in reply.json()["error"]["message"]
    assert outcome(service, reply) == ("exchange.failed", "gateway.upstream-failed")
