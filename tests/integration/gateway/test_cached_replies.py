"""Replies from the cache through the whole service, with a client that knows nothing of it."""

from collections.abc import Iterator

import httpx
import openai
import pytest

from curtilage.core.models import PrincipalId
from tests.fakes.provider import chat_reply, whole
from tests.integration.gateway.echoes import chat_echo
from tests.integration.service import CREDENTIAL, RunningService, running_service

ADA = "ada@orchard.example"
BODY = {"model": "gpt-4o", "messages": [{"role": "user", "content": f"Mail {ADA}."}]}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    routes = [{"model": "gpt-4o", "upstream": "openai", "cache": 600}]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENAI_API_KEY", CREDENTIAL)
        folder = tmp_path_factory.mktemp("service")
        with running_service(
            folder, addresses={"openai": ("openai", "/v1")}, routes=routes
        ) as running:
            yield running


@pytest.fixture
def client(service: RunningService) -> Iterator[httpx.Client]:
    service.provider.reset()
    with service.client(service.key()) as client:
        yield client


def ask(client: httpx.Client, **headers: str) -> httpx.Response:
    return client.post("/v1/chat/completions", json=BODY, headers=headers)


def test_the_second_answer_comes_from_here_and_the_record_says_so(
    service: RunningService, client: httpx.Client
) -> None:
    service.provider.script = chat_echo
    first, second = ask(client), ask(client)
    assert [reply.headers["x-curtilage-cache"] for reply in (first, second)] == ["miss", "hit"]
    assert first.content == second.content and ADA in second.text
    assert second.headers["cache-control"] == "no-store"
    assert (
        len(service.provider.received) == 1
        and ADA.encode() not in service.provider.received[0].body
    )
    intent, outcome = service.events(second.headers["x-curtilage-request-id"])
    assert (intent.kind, outcome.kind) == ("exchange.intended", "exchange.completed")
    assert intent.facts["cache"] == outcome.facts["cache"] == "hit"
    assert outcome.facts["bill"] == {"free": True}


def test_openais_client_reads_a_stream_from_the_cache(service: RunningService) -> None:
    service.provider.reset()
    service.provider.script = chat_echo
    sdk = openai.OpenAI(base_url=f"{service.url}/v1", api_key=service.key(), max_retries=0)
    told = []
    with sdk:
        for _ in range(2):
            stream = sdk.chat.completions.create(
                model="gpt-4o", messages=[{"role": "user", "content": f"Mail {ADA}."}], stream=True
            )
            chunks = [chunk for chunk in stream if chunk.choices]
            told.append("".join(chunk.choices[0].delta.content or "" for chunk in chunks))
    assert told[0] == told[1] and ADA in told[1]
    assert len(service.provider.received) == 1


def test_who_says_no_store_leaves_nothing(service: RunningService, client: httpx.Client) -> None:
    service.provider.script = chat_echo
    assert "x-curtilage-cache" not in ask(client, **{"cache-control": "no-store"}).headers
    assert ask(client).headers["x-curtilage-cache"] == "miss"


def test_errors_are_asked_again(service: RunningService, client: httpx.Client) -> None:
    service.provider.script = whole({"error": {"message": "no"}}, "400 Bad Request")
    assert ask(client).status_code == 400
    service.provider.script = whole(chat_reply("Yes."))
    assert ask(client).headers["x-curtilage-cache"] == "miss"
    assert ask(client).headers["x-curtilage-cache"] == "hit"


def test_destroying_anybodys_key_empties_the_cache(
    service: RunningService, client: httpx.Client
) -> None:
    service.provider.script = chat_echo
    assert ask(client).headers["x-curtilage-cache"] == "miss"
    cache = service.worker.gateway.services.cache
    assert cache._entries  # what lies in memory is the point
    vault = service.control.vault
    service.ask(vault.destroy_principal(vault.tenant(), PrincipalId("somebody")))
    service.ask(service.control.poll())
    service.ask(service.worker.keeper.refresh())
    assert not cache._entries
