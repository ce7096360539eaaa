"""Embeddings: one value has one token in a collection, whoever of a purpose sends it."""

import re
from typing import Any

import httpx
import pytest

from curtilage.core.models import PurposeKey
from tests.fakes.provider import whole
from tests.integration.service import RunningService

ADA = "ada.quill@orchard.example"
REPLY = {
    "object": "list",
    "model": "text-embedding-3-small",
    "data": [{"object": "embedding", "index": 0, "embedding": [0.5]}],
    "usage": {"prompt_tokens": 3, "total_tokens": 3},
}


def embed(service: RunningService, key: str, **headers: str) -> tuple[str, httpx.Response]:
    """What the provider was given to embed, and the reply."""
    service.provider.script = whole(REPLY)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    body: Any = {"model": "text-embedding-3-small", "input": f"Mail of {ADA}"}
    with service.client(key, **named) as client:
        reply = client.post("/v1/embeddings", json=body)
    assert reply.status_code == 200, reply.text
    sent = service.provider.received[-1].document["input"]
    assert re.fullmatch(r"Mail of QX1-EMAIL-\S+", sent)
    return sent, reply


def test_who_indexes_and_who_asks_send_the_same_token(service: RunningService) -> None:
    indexing, asking = service.key(name="indexer"), service.key(name="helpdesk")
    first, of_indexer = embed(service, indexing)
    second, of_asker = embed(service, asking, x_curtilage_session="chat-9")
    assert first == second
    ids = [reply.headers["x-curtilage-request-id"] for reply in (of_indexer, of_asker)]
    actors = {service.events(id)[0].actor for id in ids}
    assert len(actors) == 2, "each record names who asked"


def test_another_collection_and_another_purpose_have_other_tokens(service: RunningService) -> None:
    support = service.key(purposes=frozenset((PurposeKey("support"),)))
    assist = service.key()
    sent = {
        embed(service, assist)[0],
        embed(service, assist, x_curtilage_collection="handbook")[0],
        embed(service, support)[0],
        embed(service, support, x_curtilage_collection="handbook")[0],
    }
    assert len(sent) == 4


def test_a_collection_left_out_is_the_one_called_default(service: RunningService) -> None:
    key = service.key()
    assert embed(service, key)[0] == embed(service, key, x_curtilage_collection="default")[0]


@pytest.mark.parametrize("name", ["a b", "-a", "a;b"])
def test_a_collections_name_has_a_shape(client: httpx.Client, name: str) -> None:
    body = {"model": "text-embedding-3-small", "input": "Hi"}
    reply = client.post("/v1/embeddings", json=body, headers={"x-curtilage-collection": name})
    assert (reply.status_code, reply.json()["error"]["code"]) == (400, "gateway.malformed-header")


def test_a_collection_changes_no_chat(service: RunningService, client: httpx.Client) -> None:
    """A conversation's tokens are those of its session, whatever collection is named."""
    sent = set()
    for name in ("one", "two"):
        service.provider.script = whole({"choices": []})
        body = {"model": "gpt-4o", "messages": [{"role": "user", "content": ADA}]}
        client.post("/v1/chat/completions", json=body, headers={"x-curtilage-collection": name})
        sent.add(service.provider.received[-1].document["messages"][0]["content"])
    assert len(sent) == 1
