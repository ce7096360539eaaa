"""Files and batches through the real SDKs: tokens at the provider, values with the caller."""

import json
from collections.abc import Iterator
from typing import Any

import anthropic
import httpx
import openai
import pytest

from tests.fakes.filestore import FileStore
from tests.integration.service import RunningService

ADA, BOB = "ada.quill@orchard.example", "bob.reed@orchard.example"
GPT, CLAUDE = "gpt-4.1-mini", "claude-sonnet-4-5"


@pytest.fixture
def store(service: RunningService) -> FileStore:
    store = FileStore()
    service.provider.script = store
    return store


@pytest.fixture
def gpt(service: RunningService, store: FileStore) -> Iterator[openai.OpenAI]:
    with client_of(service) as client:
        yield client


def client_of(service: RunningService, **given: Any) -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{service.url}/v1", api_key=service.key(**given), max_retries=0)


def request(text: str, custom_id: str = "one", **body: Any) -> dict[str, Any]:
    return {
        "custom_id": custom_id,
        "method": "POST",
        "url": "/v1/chat/completions",
        "body": {"model": GPT, "messages": [{"role": "user", "content": text}], **body},
    }


def jsonl(*documents: Any) -> bytes:
    return b"".join(json.dumps(one).encode() + b"\n" for one in documents)


def upload(client: openai.OpenAI, content: bytes, purpose: Any = "batch", name: str = "in.jsonl"):  # type: ignore[no-untyped-def]
    return client.files.create(file=(name, content), purpose=purpose)


def nothing_left(service: RunningService, store: FileStore) -> None:
    sent = b"".join(one.body + one.target.encode() for one in service.provider.received)
    for value in (ADA, BOB):
        assert value.encode() not in sent
        assert value.encode() not in store.stored


def test_a_batch_goes_out_in_tokens_and_comes_back_in_values(
    service: RunningService, store: FileStore, gpt: openai.OpenAI
) -> None:
    file = upload(gpt, jsonl(request(f"Write to {ADA}", "one"), request(f"Ask {BOB}", BOB)))
    batch = gpt.batches.create(
        input_file_id=file.id,
        endpoint="/v1/chat/completions",
        completion_window="24h",
        metadata={"for": ADA},
    )
    assert batch.metadata == {"for": ADA}
    done = gpt.batches.retrieve(batch.id)
    assert (done.status, done.metadata) == ("completed", {"for": ADA})
    assert done.output_file_id is not None
    lines = [json.loads(line) for line in gpt.files.content(done.output_file_id).iter_lines()]
    said = [line["response"]["body"]["choices"][0]["message"]["content"] for line in lines]
    assert said == [f"Write to {ADA}", f"Ask {BOB}"]
    assert [line["custom_id"] for line in lines] == ["one", BOB]
    nothing_left(service, store)
