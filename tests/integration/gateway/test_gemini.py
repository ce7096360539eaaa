"""Gemini's paths, key and shapes, with requests as its reference has them."""

import json
from collections.abc import Sequence
from typing import Any

import httpx
import pytest

from tests.fakes.provider import Break, Received, Step, stream, whole
from tests.integration.gateway.echoes import cut
from tests.integration.service import CREDENTIAL, RunningService

ADA = "ada.quill@orchard.example"
TEXT = f"Refund {ADA}."
GENERATE = "/v1beta/models/gemini-2.5-pro:generateContent"
STREAM = "/v1beta/models/gemini-2.5-pro:streamGenerateContent"
ASKED: Any = {"contents": [{"role": "user", "parts": [{"text": TEXT}]}]}
USAGE = {"promptTokenCount": 9, "candidatesTokenCount": 3, "totalTokenCount": 12}


def said(received: Received) -> str:
    text: str = received.document["contents"][-1]["parts"][-1]["text"]
    return text


def answer(parts: list[Any], reason: str | None = None, **more: Any) -> dict[str, Any]:
    candidate = {"index": 0, "content": {"role": "model", "parts": parts}}
    if reason:
        candidate["finishReason"] = reason
    return {"candidates": [{**candidate, **more}], "modelVersion": "gemini-2.5-pro"}


def echo(received: Received) -> Sequence[Step]:
    return whole({**answer([{"text": said(received)}], "STOP"), "usageMetadata": USAGE})


def event(document: Any) -> bytes:
    return b"data: " + json.dumps(document).encode() + b"\r\n\r\n"


def streamed(received: Received) -> Sequence[Step]:
    pieces = [event(answer([{"text": piece}])) for piece in cut(said(received))]
    last = event({**answer([{"text": ""}], "STOP"), "usageMetadata": USAGE})
    return stream(*pieces, last)


def test_a_reply_is_restored_and_the_key_is_googles(service: RunningService) -> None:
    service.provider.script = echo
    headers = {"x-goog-api-key": service.key()}
    with httpx.Client(base_url=service.url, headers=headers, verify=False) as client:
        reply = client.post(GENERATE, json=ASKED)
    assert reply.status_code == 200, reply.text
    assert reply.json()["candidates"][0]["content"]["parts"] == [{"text": TEXT}]
    received = service.provider.received[-1]
    assert received.target == GENERATE
    assert received.headers["x-goog-api-key"] == CREDENTIAL
    assert ADA not in received.body.decode()
    assert "model" not in received.document
    outcome = service.events(reply.headers["x-curtilage-request-id"])[-1]
    assert (outcome.facts["tokens_in"], outcome.facts["finish"]) == (9, ["STOP"])


def test_a_stream_is_restored(service: RunningService, client: httpx.Client) -> None:
    service.provider.script = streamed
    reply = client.post(f"{STREAM}?alt=sse", json=ASKED)
    chunks = [json.loads(line[6:]) for line in reply.text.splitlines() if line.startswith("data: ")]
    parts = [part for chunk in chunks for part in chunk["candidates"][0]["content"]["parts"]]
    assert "".join(part["text"] for part in parts) == TEXT
    assert chunks[-1]["usageMetadata"] == USAGE
    assert service.events(reply.headers["x-curtilage-request-id"])[-1].kind == "exchange.completed"


def test_a_stream_that_breaks_ends_with_an_error_in_its_shape(
    service: RunningService, client: httpx.Client
) -> None:
    service.provider.script = stream(event(answer([{"text": "Hi"}])), Break(), end=False)
    reply = client.post(f"{STREAM}?alt=sse", json=ASKED)
    last = json.loads(reply.text.strip().splitlines()[-1].removeprefix("data: "))
    assert last["error"]["status"] in ("INTERNAL", "UNAVAILABLE")


def test_arguments_of_the_callers_functions_are_restored(
    service: RunningService, client: httpx.Client
) -> None:
    def calls(received: Received) -> Sequence[Step]:
        call = {"name": "refund", "args": {"to": said(received)}}
        return whole(answer([{"functionCall": call, "thoughtSignature": "QUJD"}], "STOP"))

    service.provider.script = calls
    (part,) = client.post(GENERATE, json=ASKED).json()["candidates"][0]["content"]["parts"]
    assert part["functionCall"]["args"] == {"to": TEXT}
    assert part["thoughtSignature"] == "QUJD"


@pytest.mark.parametrize(
    ("path", "status", "state"),
    [
        (f"{STREAM}", 400, "INVALID_ARGUMENT"),
        (f"{GENERATE}?key={ADA}", 400, "INVALID_ARGUMENT"),
        ("/v1beta/models/unknown:generateContent", 404, "NOT_FOUND"),
        ("/v1beta/models/gpt-4o:generateContent", 400, "INVALID_ARGUMENT"),
        ("/v1beta/models/gemini-2.5-pro:embedContent", 404, "NOT_FOUND"),
        ("/v1beta/cachedContents", 404, "NOT_FOUND"),
    ],
)
def test_what_is_not_served_is_refused_in_googles_shape(
    service: RunningService, client: httpx.Client, path: str, status: int, state: str
) -> None:
    reply = client.post(path, json=ASKED)
    assert (reply.status_code, reply.json()["error"]["status"]) == (status, state)
    assert reply.json()["error"]["details"][0]["reason"].startswith("gateway.")
    assert ADA not in reply.text
    assert not service.provider.received
