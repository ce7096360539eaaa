"""Azure's paths, key and version, with its own client of the `openai` package."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import openai
import pytest

from tests.fakes.provider import Received, Step, chat_reply, whole
from tests.integration.gateway.echoes import chat_echo
from tests.integration.service import CREDENTIAL, RunningService

ADA = "ada.quill@orchard.example"
TEXT = f"Refund {ADA}."
SAID: Any = [{"role": "user", "content": TEXT}]
VERSION = "2024-10-21"
DEPLOYED = "/openai/deployments/azure-gpt"
EMBEDDED = {
    "object": "list",
    "model": "text-embedding-3-small",
    "data": [{"object": "embedding", "index": 0, "embedding": [0.5]}],
    "usage": {"prompt_tokens": 3, "total_tokens": 3},
}


@pytest.fixture
def azure(service: RunningService) -> Iterator[openai.AzureOpenAI]:
    with openai.AzureOpenAI(
        azure_endpoint=service.url, api_key=service.key(), api_version=VERSION
    ) as client:
        yield client


def last(service: RunningService) -> Received:
    return service.provider.received[-1]


def test_azures_client_gets_its_text_back(
    service: RunningService, azure: openai.AzureOpenAI
) -> None:
    service.provider.script = chat_echo
    made = azure.chat.completions.create(model="azure-gpt", messages=SAID)
    assert made.choices[0].message.content == TEXT
    received = last(service)
    assert received.target == f"{DEPLOYED}/chat/completions?api-version={VERSION}"
    assert received.headers["api-key"] == CREDENTIAL
    assert "authorization" not in received.headers
    assert ADA not in received.body.decode()
    assert "model" not in received.document, "the path says it"


def test_a_stream_of_azures_client_is_restored(
    service: RunningService, azure: openai.AzureOpenAI
) -> None:
    service.provider.script = chat_echo
    pieces = azure.chat.completions.create(model="azure-gpt", messages=SAID, stream=True)
    text = "".join(chunk.choices[0].delta.content or "" for chunk in pieces if chunk.choices)
    assert text == TEXT


def test_completions_and_embeddings_go_by_deployment_too(
    service: RunningService, azure: openai.AzureOpenAI
) -> None:
    def says(received: Received) -> list[Step]:
        choice = {"index": 0, "text": received.document["prompt"], "finish_reason": "stop"}
        return whole({"id": "c", "object": "text_completion", "choices": [choice]})

    service.provider.script = says
    assert azure.completions.create(model="azure-gpt", prompt=TEXT).choices[0].text == TEXT
    assert last(service).target == f"{DEPLOYED}/completions?api-version={VERSION}"
    assert ADA not in last(service).body.decode()
    service.provider.script = whole(EMBEDDED)
    azure.embeddings.create(model="azure-gpt", input=[TEXT], encoding_format="float")
    first = last(service)
    assert first.target == f"{DEPLOYED}/embeddings?api-version={VERSION}"
    assert re.fullmatch(r"Refund QX1-EMAIL-\S+\.", first.document["input"][0])


def test_a_route_renames_a_deployment(service: RunningService, azure: openai.AzureOpenAI) -> None:
    service.provider.script = chat_echo
    azure.chat.completions.create(model="azure-renamed", messages=SAID)
    assert last(service).target.startswith("/openai/deployments/azure-other/chat/completions?")


@pytest.mark.parametrize("query", ["", "?api-version=preview"])
def test_azures_newer_paths_name_the_model_in_the_body(service: RunningService, query: str) -> None:
    service.provider.script = chat_echo
    with service.client("", **{"api-key": service.key()}) as client:
        client.headers.pop("authorization")
        body = {"model": "azure-renamed", "messages": SAID}
        reply = client.post(f"/openai/v1/chat/completions{query}", json=body)
    assert reply.json()["choices"][0]["message"]["content"] == TEXT
    assert last(service).target == f"/openai/v1/chat/completions{query}"
    assert last(service).document["model"] == "azure-other"


def test_a_callers_own_key_of_azure_goes_on(service: RunningService) -> None:
    service.provider.script = whole(chat_reply("Done."))
    with openai.AzureOpenAI(
        azure_endpoint=service.url,
        api_key="own-key-of-azure",
        api_version=VERSION,
        default_headers={"x-curtilage-key": service.key()},
    ) as client:
        client.chat.completions.create(model="azure-gpt", messages=SAID)
    assert last(service).headers["api-key"] == "own-key-of-azure"


@pytest.mark.parametrize(
    "query", [f"api-version={ADA}", f"api-version={VERSION}&x=1", f"user={ADA}", "beta=true"]
)
def test_a_query_that_is_no_version_does_not_travel(
    service: RunningService, client: httpx.Client, query: str
) -> None:
    reply = client.post(f"{DEPLOYED}/chat/completions?{query}", json={"messages": SAID})
    assert (reply.status_code, reply.json()["error"]["code"]) == (400, "gateway.malformed-header")
    assert not service.provider.received


def test_errors_have_azures_shape_and_its_client_reads_them(
    service: RunningService, azure: openai.AzureOpenAI
) -> None:
    with pytest.raises(openai.NotFoundError) as unknown:
        azure.chat.completions.create(model="no-such-model", messages=SAID)
    assert unknown.value.code == "gateway.unknown-model"
    with pytest.raises(openai.BadRequestError) as other:
        azure.chat.completions.create(model="gpt-4o", messages=SAID)
    assert other.value.code == "gateway.wrong-protocol"
    body: Any = other.value.body
    assert body["status"] == 400
    assert not service.provider.received


def test_searches_of_the_providers_own_need_the_policys_word(
    service: RunningService, client: httpx.Client
) -> None:
    source = {"type": "azure_search", "parameters": {"endpoint": "https://search.example"}}
    body = {"messages": SAID, "data_sources": [source]}
    reply = client.post(f"{DEPLOYED}/chat/completions?api-version={VERSION}", json=body)
    assert reply.status_code == 403
    assert "remote_urls" in reply.json()["error"]["message"]
    assert not service.provider.received


def test_the_mirror_answers_azures_client(
    service: RunningService, azure: openai.AzureOpenAI
) -> None:
    made = azure.chat.completions.create(model="mirror", messages=SAID)
    assert made.choices[0].message.content == TEXT
    assert made.model.startswith("mirror")
