"""Limits per key: exact, and refused in the shape that SDKs wait for."""

from concurrent.futures import ThreadPoolExecutor

import httpx

from tests.fakes.provider import chat_reply, whole
from tests.integration.service import RunningService

CHAT = {"model": "gpt-4.1-mini", "messages": [{"role": "user", "content": "Hello"}]}
MESSAGE = {"model": "claude-sonnet-4-5", "max_tokens": 9, "messages": CHAT["messages"]}


def test_a_key_gets_its_requests_per_minute_and_not_one_more(service: RunningService) -> None:
    service.provider.script = whole(chat_reply("Hi"))
    with (
        service.client(service.key(requests_per_minute=5)) as client,
        ThreadPoolExecutor(12) as pool,
    ):
        replies = list(
            pool.map(lambda _: client.post("/v1/chat/completions", json=CHAT), range(12))
        )
    assert sorted(reply.status_code for reply in replies) == [200] * 5 + [429] * 7
    assert len(service.provider.received) == 5


def test_a_429_says_when_to_come_back_in_openais_shape(service: RunningService) -> None:
    service.provider.script = whole(chat_reply("Hi"))
    with service.client(service.key(requests_per_minute=1)) as client:
        client.post("/v1/chat/completions", json=CHAT)
        reply = client.post("/v1/chat/completions", json=CHAT)
    assert reply.status_code == 429
    assert 1 <= int(reply.headers["retry-after"]) <= 62
    assert reply.json()["error"]["type"] == "rate_limit_error"
    kinds = [event.kind for event in service.events(reply.headers["x-curtilage-request-id"])]
    assert kinds == ["exchange.intended", "exchange.refused"]


def test_a_429_in_anthropics_shape(service: RunningService) -> None:
    service.provider.script = whole(chat_reply("Hi"))
    with service.client(service.key(requests_per_minute=1)) as client:
        client.post("/v1/messages", json=MESSAGE)
        body = client.post("/v1/messages", json=MESSAGE).json()
    assert (body["type"], body["error"]["type"]) == ("error", "rate_limit_error")


def test_tokens_are_counted_as_the_provider_counted_them(service: RunningService) -> None:
    reply = chat_reply("Hi")
    reply["usage"] = {"prompt_tokens": 600, "completion_tokens": 500, "total_tokens": 1100}
    service.provider.script = whole(reply)
    with service.client(service.key(tokens_per_minute=1000)) as client:
        first = client.post("/v1/chat/completions", json=CHAT)
        second = client.post("/v1/chat/completions", json=CHAT)
    assert (first.status_code, second.status_code) == (200, 429)


def test_a_key_without_limits_has_none(service: RunningService, client: httpx.Client) -> None:
    service.provider.script = whole(chat_reply("Hi"))
    assert {client.post("/v1/chat/completions", json=CHAT).status_code for _ in range(20)} == {200}
