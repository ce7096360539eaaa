"""Files and batches on Azure's paths, with its own client and with OpenAI's on the newer ones."""

import json
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from typing import Any

import openai
import pytest

from tests.fakes.filestore import FileStore
from tests.fakes.provider import Received, Step
from tests.integration.service import CREDENTIAL, RunningService

ADA = "ada.quill@orchard.example"
VERSION = "2024-10-21"
QUERY = f"?api-version={VERSION}"


@pytest.fixture
def store(service: RunningService) -> FileStore:
    store = FileStore()
    service.provider.script = store
    return store


def dated(service: RunningService, key: str) -> openai.OpenAI:
    return openai.AzureOpenAI(
        azure_endpoint=service.url, api_key=key, api_version=VERSION, max_retries=0
    )


def newer(service: RunningService, key: str) -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{service.url}/openai/v1", api_key=key, max_retries=0)


CLIENTS = pytest.mark.parametrize(
    ("make", "base", "query"),
    [(dated, "/openai", QUERY), (newer, "/openai/v1", "")],
)


@pytest.fixture
def azure(service: RunningService, store: FileStore) -> Iterator[openai.OpenAI]:
    with dated(service, service.key()) as client:
        yield client


def request(text: str, custom_id: str, url: str = "/chat/completions") -> dict[str, Any]:
    body = {"model": "azure-renamed", "messages": [{"role": "user", "content": text}]}
    return {"custom_id": custom_id, "method": "POST", "url": url, "body": body}


def jsonl(*documents: Any) -> bytes:
    return b"".join(json.dumps(one).encode() + b"\n" for one in documents)


def upload(client: openai.OpenAI, *lines: Any, purpose: Any = "batch") -> str:
    return client.files.create(file=(f"for {ADA}.jsonl", jsonl(*lines)), purpose=purpose).id


def nothing_left(service: RunningService, store: FileStore) -> None:
    sent = b"".join(one.body + one.target.encode() for one in service.provider.received)
    assert ADA.encode() not in sent + store.stored


@CLIENTS
def test_a_batch_goes_out_in_tokens_and_comes_back_in_values(
    service: RunningService, store: FileStore, make: Any, base: str, query: str
) -> None:
    with closing(make(service, service.key())) as client:
        file = upload(client, request(f"Write to {ADA}", ADA), request("Hello", "two"))
        batch = client.batches.create(
            input_file_id=file, endpoint="/chat/completions", completion_window="24h"
        )
        batch = client.batches.retrieve(batch.id)
        told = [json.loads(one) for one in client.files.content(batch.output_file_id).iter_lines()]
    assert told[0]["custom_id"] == ADA
    said = [one["response"]["body"]["choices"][0]["message"]["content"] for one in told]
    assert said == [f"Write to {ADA}", "Hello"]
    nothing_left(service, store)
    targets = [one.target for one in service.provider.received]
    assert targets[:2] == [f"{base}/files{query}", f"{base}/batches{query}"]
    assert targets[-1] == f"{base}/files/{batch.output_file_id}/content{query}"
    assert {one.headers["api-key"] for one in service.provider.received} == {CREDENTIAL}
    first = json.loads(store.files[file][1].splitlines()[0])
    assert first["body"]["model"] == "azure-other", "a line is routed and renamed as a live call"


@CLIENTS
def test_a_file_is_read_listed_and_deleted_by_its_own_key_alone(
    service: RunningService, store: FileStore, make: Any, base: str, query: str
) -> None:
    with (
        closing(make(service, service.key())) as client,
        closing(make(service, service.key(name="other"))) as other,
    ):
        file = upload(client, request("Good morning", "one"))
        batch = client.batches.create(
            input_file_id=file, endpoint="/v1/chat/completions", completion_window="24h"
        )
        asked = len(service.provider.received)
        assert list(other.files.list()) == list(other.batches.list()) == []
        for act in (other.files.retrieve, other.files.content, other.files.delete):
            with pytest.raises(openai.NotFoundError) as unknown:
                act(file)
            assert unknown.value.code == "gateway.unknown-holding"
            told: Any = unknown.value.body
            assert told["status"] == 404, "in Azure's shape"
        with pytest.raises(openai.NotFoundError):
            other.batches.cancel(batch.id)
        assert len(service.provider.received) == asked
        assert [one.filename for one in client.files.list(limit=5)] == [f"for {ADA}.jsonl"]
        assert service.provider.received[-1].target == f"{base}/files/{file}{query}"
        assert [one.id for one in client.batches.list()] == [batch.id]
        assert client.batches.cancel(batch.id).status == "cancelled"
        assert client.files.delete(file).deleted
        assert list(client.files.list()) == []
    nothing_left(service, store)


@CLIENTS
def test_a_job_learns_from_tokens(
    service: RunningService, store: FileStore, make: Any, base: str, query: str
) -> None:
    with closing(make(service, service.key())) as client:
        said = [{"role": "user", "content": f"I am {ADA}"}, {"role": "assistant", "content": "Hi"}]
        file = upload(client, {"messages": said}, purpose="fine-tune")
        job = client.fine_tuning.jobs.create(model="azure-gpt", training_file=file)
        assert [one.id for one in client.fine_tuning.jobs.list()] == [job.id]
        assert list(client.fine_tuning.jobs.list_events(job.id, limit=2)) == []
        done = client.fine_tuning.jobs.retrieve(job.id)
        assert client.files.content(done.result_files[0]).read().startswith(b"step")
        assert client.fine_tuning.jobs.cancel(job.id).status == "cancelled"
    assert service.provider.received[-1].target == f"{base}/fine_tuning/jobs/{job.id}/cancel{query}"
    nothing_left(service, store)


def test_what_was_deleted_without_a_word_is_forgotten(
    service: RunningService, store: FileStore, azure: openai.OpenAI
) -> None:
    """Azure's dated versions answer a deletion with a status and no body."""
    file = upload(azure, request("Good morning", "one"))

    def deletes(received: Received) -> list[Step]:
        assert received.method == "DELETE"
        return [b"HTTP/1.1 204 No Content\r\n\r\n"]

    service.provider.script = deletes
    azure.files.delete(file)
    with pytest.raises(openai.NotFoundError):
        azure.files.retrieve(file)


def test_a_file_of_one_provider_is_not_asked_for_at_another(
    service: RunningService, store: FileStore
) -> None:
    key = service.key()
    with (
        dated(service, key) as azure,
        openai.OpenAI(base_url=f"{service.url}/v1", api_key=key, max_retries=0) as gpt,
    ):
        file = upload(azure, request("Good morning", "one"))
        asked = len(service.provider.received)
        for act in (gpt.files.retrieve, gpt.files.delete, partial(gpt.files.content)):
            with pytest.raises(openai.APIStatusError) as refused:
                act(file)
            assert 400 <= refused.value.status_code < 500
        assert len(service.provider.received) == asked
        own = gpt.files.create(file=("a.jsonl", b'{"messages": []}'), purpose="fine-tune").id
        assert [one.id for one in gpt.files.list()] == [own], "each list has what lies there"
        assert [one.id for one in azure.files.list()] == [file]


@pytest.mark.parametrize(
    "query", [f"api-version={ADA}", f"{QUERY[1:]}&q={ADA}", f"{QUERY[1:]}&after={ADA}"]
)
def test_a_query_that_could_hold_anything_does_not_travel(
    service: RunningService, store: FileStore, azure: openai.OpenAI, query: str
) -> None:
    file = upload(azure, request("Good morning", "one"))
    asked = len(service.provider.received)
    with service.client("", **{"api-key": azure.api_key}) as plain:
        plain.headers.pop("authorization")
        for path in ("/openai/files", f"/openai/files/{file}", f"/openai/files/{file}/content"):
            assert plain.get(f"{path}?{query}").status_code == 400, path
    assert len(service.provider.received) == asked


def test_a_batch_over_a_store_of_blobs_is_refused(
    service: RunningService, store: FileStore, azure: openai.OpenAI
) -> None:
    file = upload(azure, request("Good morning", "one"))
    with pytest.raises(openai.BadRequestError):
        azure.batches.create(
            input_file_id=file,
            endpoint="/v1/chat/completions",
            completion_window="24h",
            extra_body={"input_blob": "https://blobs.example/in.jsonl"},
        )
    assert store.batches == {}
