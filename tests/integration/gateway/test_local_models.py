"""Model servers next door (Ollama, vLLM, llama.cpp): no credential, and shapes of their own."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

import httpx
import pytest

from tests.fakes.provider import DONE, Received, Step, stream, whole
from tests.integration.service import RunningService, running_service

TOKEN = re.compile(r"QX1-EMAIL-[0-9a-z]+-[0-9a-z]+")
ADA = "ada@orchard.example"
BODY = {"model": "local", "messages": [{"role": "user", "content": f"Mail {ADA} today."}]}


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    with running_service(
        tmp_path_factory.mktemp("service"),
        addresses={"local": ("openai", "/v1")},
        routes=[{"model": "local", "upstream": "local", "rename": "llama3.2"}],
        **{"upstreams.local.api_key_env": "", "upstreams.local.destination": "local"},
    ) as service:
        yield service


@pytest.fixture
def client(local: RunningService) -> Iterator[httpx.Client]:
    local.provider.reset()
    with local.client(local.key()) as client:
        yield client


def event(delta: dict[str, Any], finish: str | None = None, **more: Any) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    document = {"id": "c", "object": "chat.completion.chunk", "choices": [choice], **more}
    return b"data: " + json.dumps(document).encode() + b"\n\n"


def pieces(text: str, field: str = "content", **more: Any) -> list[bytes]:
    return [event({field: text[at : at + 3]}, **more) for at in range(0, len(text), 3)]


def ollama(text: str) -> list[bytes]:
    """Thinks in `reasoning` beside an empty `content`."""
    more = {"model": "llama3.2", "system_fingerprint": "fp_ollama", "created": 1}
    thought = [event({"role": "assistant", "content": "", "reasoning": text}, **more)]
    return [*thought, *pieces(text, **more), event({"content": ""}, "stop", **more), DONE]


def vllm(text: str) -> list[bytes]:
    """Gives `usage: null` with each event, and fields of its own."""
    odd = {"usage": None, "prompt_token_ids": None, "kv_transfer_params": None}
    usage = {"prompt_tokens": 9, "total_tokens": 12, "completion_tokens": 3}
    last = {"id": "c", "object": "chat.completion.chunk", "choices": [], "usage": usage}
    end = event({"content": "", "reasoning_content": None}, "stop", stop_reason=None, **odd)
    return [*pieces(text, **odd), end, b"data: " + json.dumps(last).encode() + b"\n\n", DONE]


def llama_cpp(text: str) -> list[bytes]:
    """Begins with `content: null`, ends with an empty delta and `timings`, without [DONE]."""
    timings = {"prompt_n": 9, "prompt_ms": 1.5, "predicted_n": 3, "predicted_ms": 2.25}
    usage = {"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12}
    first = event({"role": "assistant", "content": None})
    return [
        first,
        *pieces(text, "reasoning_content"),
        *pieces(text),
        event({}, "stop", usage=usage, timings=timings),
    ]


def said(received: Received) -> str:
    text: str = received.document["messages"][0]["content"]
    return text


@pytest.mark.parametrize("shape", [ollama, vllm, llama_cpp])
def test_streams_of_model_servers_come_back_restored_and_whole(
    local: RunningService, client: httpx.Client, shape: Any
) -> None:
    def answer(received: Received) -> Sequence[Step]:
        return stream(*shape(said(received)))

    local.provider.script = answer
    reply = client.post("/v1/chat/completions", json={**BODY, "stream": True})
    (received,) = local.provider.received
    assert ADA not in received.body.decode() and TOKEN.search(said(received))
    assert received.document["model"] == "llama3.2"
    assert not {"authorization", "x-api-key", "api-key"} & set(received.headers)
    deltas = [
        choice["delta"]
        for line in reply.text.splitlines()
        if line.startswith("data: {")
        for choice in json.loads(line[6:])["choices"]
    ]
    for field in (
        "content",
        *(name for name in ("reasoning", "reasoning_content") if name in reply.text),
    ):
        text = "".join(delta.get(field) or "" for delta in deltas)
        assert text in ("", f"Mail {ADA} today."), field
    assert f"Mail {ADA} today." == "".join(delta.get("content") or "" for delta in deltas)
    _, outcome = local.events(reply.headers["x-curtilage-request-id"])
    assert (outcome.kind, outcome.facts["finish"]) == ("exchange.completed", ["stop"])


@pytest.mark.parametrize("usage", [None, {"prompt_tokens": 9, "total_tokens": 9}, "absent"])
def test_whole_replies_with_fields_of_their_own(
    local: RunningService, client: httpx.Client, usage: Any
) -> None:
    def answer(received: Received) -> Sequence[Step]:
        message = {"role": "assistant", "content": said(received), "reasoning": said(received)}
        choice = {"index": 0, "message": message, "finish_reason": "stop", "stop_reason": None}
        document = {
            "id": "c",
            "object": "chat.completion",
            "choices": [choice],
            "timings": {"n": 1.5},
        }
        return whole(document if usage == "absent" else {**document, "usage": usage})

    local.provider.script = answer
    reply = client.post("/v1/chat/completions", json=BODY)
    message = reply.json()["choices"][0]["message"]
    assert message["content"] == message["reasoning"] == f"Mail {ADA} today."
    assert reply.json()["timings"] == {"n": 1.5}


def test_an_error_in_their_shape_comes_through(local: RunningService, client: httpx.Client) -> None:
    error = {"object": "error", "message": "model not found", "code": 404}
    local.provider.script = whole(error, "404 Not Found")
    reply = client.post("/v1/chat/completions", json=BODY)
    assert (reply.status_code, reply.json()) == (404, error)


def test_one_that_wants_a_key_after_all_is_told_to_the_operator(
    local: RunningService, client: httpx.Client
) -> None:
    local.provider.script = whole({"error": "unauthorized"}, "401 Unauthorized")
    reply = client.post("/v1/chat/completions", json=BODY)
    assert reply.json()["error"]["code"] == "gateway.credential-refused"
