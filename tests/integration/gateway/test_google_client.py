"""Google's own client against the service, unchanged but for its address and its key."""

import json
import warnings
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from tests.fakes.provider import Received, Step, whole
from tests.integration.gateway.test_gemini import ADA, TEXT, answer, echo, said, streamed
from tests.integration.service import CREDENTIAL, RunningService

MODEL = "gemini-2.5-pro"


@pytest.fixture
def google(service: RunningService) -> Iterator[Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its own, of what it deprecates
        from google import genai  # noqa: PLC0415  # takes a second
    client = genai.Client(api_key=service.key(), http_options={"base_url": service.url})
    yield client
    client.close()


def test_a_reply_is_restored(service: RunningService, google: Any) -> None:
    service.provider.script = echo
    config = {"system_instruction": "Be kind.", "temperature": 0.5, "max_output_tokens": 50}
    reply = google.models.generate_content(model=MODEL, contents=TEXT, config=config)
    assert reply.text == TEXT
    received = service.provider.received[-1]
    assert received.headers["x-goog-api-key"] == CREDENTIAL
    assert ADA not in received.body.decode()


def test_a_stream_is_restored(service: RunningService, google: Any) -> None:
    service.provider.script = streamed
    chunks = list(google.models.generate_content_stream(model=MODEL, contents=TEXT))
    assert "".join(chunk.text or "" for chunk in chunks) == TEXT
    assert chunks[-1].usage_metadata.prompt_token_count == 9


def test_a_function_of_the_caller_is_run_with_what_it_was_told(
    service: RunningService, google: Any
) -> None:
    """The client's own loop: it calls the function and sends what it answers."""
    refunded = []

    def refund(to: str) -> dict[str, str]:
        """Refund somebody."""
        refunded.append(to)
        return {"done": f"refunded {to}"}

    def model(received: Received) -> Sequence[Step]:
        parts = received.document["contents"][-1]["parts"]
        if "functionResponse" in parts[-1]:
            return whole(
                answer(
                    [{"text": parts[-1]["functionResponse"]["response"]["result"]["done"]}], "STOP"
                )
            )
        call = {"name": "refund", "args": {"to": said(received)}}
        return whole(answer([{"functionCall": call, "thoughtSignature": "QUJD"}], "STOP"))

    service.provider.script = model
    reply = google.models.generate_content(model=MODEL, contents=TEXT, config={"tools": [refund]})
    assert (refunded, reply.text) == ([TEXT], f"refunded {TEXT}")
    assert all(ADA not in received.body.decode() for received in service.provider.received)


def test_a_chat_keeps_its_turns(service: RunningService, google: Any) -> None:
    service.provider.script = echo
    chat = google.chats.create(model=MODEL)
    assert chat.send_message(TEXT).text == TEXT
    assert chat.send_message(f"Again: {TEXT}").text == f"Again: {TEXT}"
    assert len(service.provider.received[-1].document["contents"]) == 3
    assert ADA not in service.provider.received[-1].body.decode()


def test_tokens_are_counted_of_what_would_leave(service: RunningService, google: Any) -> None:
    service.provider.script = whole({"totalTokens": 11})
    assert google.models.count_tokens(model=MODEL, contents=TEXT).total_tokens == 11
    assert ADA not in service.provider.received[-1].body.decode()


def test_what_is_not_served_is_the_clients_own_error(service: RunningService, google: Any) -> None:
    from google.genai import errors  # noqa: PLC0415  # takes a second

    with pytest.raises(errors.ClientError) as refused:
        google.models.embed_content(model="gemini-embedding-001", contents=TEXT)
    assert (refused.value.code, refused.value.status) == (404, "NOT_FOUND")
    with pytest.raises(errors.ClientError) as kept:
        google.models.generate_content(
            model=MODEL, contents=TEXT, config={"cached_content": "cachedContents/a"}
        )
    assert kept.value.code == 400
    assert not service.provider.received
    assert ADA not in json.dumps(refused.value.details)
