"""Budgets end to end: exact across workers, refused in the protocol's own shape."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import httpx
import pytest

from curtilage.identity.budgets import Budget, Measure, Window
from tests.fakes.provider import chat_reply, whole
from tests.integration.processes import Service, eventually, running_provider, served
from tests.integration.service import RunningService

CHAT: dict[str, Any] = {
    "model": "gpt-4.1-mini", "max_tokens": 100,
    "messages": [{"role": "user", "content": "Hello"}],
}  # fmt: skip
MESSAGE = {**CHAT, "model": "claude-sonnet-4-5"}
CALLS = Budget(Measure.REQUESTS, Window.MONTH, 3)
TOKENS = Budget(Measure.TOKENS, Window.DAY, 2000)
MONEY = Budget(Measure.MONEY, Window.TOTAL, 1_000_000)
PRICES = """
[[prices]]
model = "gpt-*"
since = 2026-01-01
currency = "EUR"
input = "1000"
output = "10000"
"""


def counted(prompt: int, completion: int) -> Any:
    usage = {
        "prompt_tokens": prompt, "completion_tokens": completion,
        "total_tokens": prompt + completion,
    }  # fmt: skip
    return whole({**chat_reply("Hi"), "usage": usage})


@pytest.mark.requirement(59)
@pytest.mark.complaint(24)
def test_a_budget_of_requests_lets_so_many_pass_and_not_one_more(service: RunningService) -> None:
    service.provider.script = whole(chat_reply("Hi"))
    before = len(service.provider.received)
    with service.client(service.key(budgets=(CALLS,))) as client, ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda _: client.post("/v1/chat/completions", json=CHAT), range(8)))
    assert sorted(reply.status_code for reply in replies) == [200] * 3 + [429] * 5
    assert len(service.provider.received) - before == 3


@pytest.mark.requirement(59)
@pytest.mark.complaint(24)
def test_a_hundred_calls_with_room_for_one_and_two_keys_of_a_line(service: RunningService) -> None:
    """A key that was rotated and its successor spend from one budget, at once too."""
    service.provider.script = whole(chat_reply("Hi"))
    before = len(service.provider.received)
    old = service.key(name="rotated", budgets=(Budget(Measure.REQUESTS, Window.TOTAL, 1),))
    keys, operator = service.control.keys, service.control.operator
    (known,) = [each for each in service.ask(keys.list(operator)) if each.name == "rotated"]
    new = service.ask(keys.rotate(operator, known.id)).text
    service.key()  # and with it the worker knows both
    with service.client(old) as one, service.client(new) as other, ThreadPoolExecutor(16) as pool:

        def call(number: int) -> int:
            client = (one, other)[number % 2]
            return client.post("/v1/chat/completions", json=CHAT).status_code

        statuses = list(pool.map(call, range(100)))
    assert sorted(statuses) == [200] + [429] * 99
    assert len(service.provider.received) - before == 1


def test_a_used_up_budget_is_told_in_the_shape_of_each_sdk(service: RunningService) -> None:
    service.provider.script = counted(1500, 100)
    with service.client(service.key(budgets=(TOKENS,))) as client:
        assert client.post("/v1/chat/completions", json={**CHAT, "max_tokens": 1900}).is_success
        refused = client.post("/v1/chat/completions", json={**CHAT, "max_tokens": 500})
        fits = client.post("/v1/chat/completions", json=CHAT)
        anthropic = client.post("/v1/messages", json={**MESSAGE, "max_tokens": 1999})
    assert refused.status_code == 429
    assert refused.json()["error"]["code"] == "insufficient_quota"
    assert "budget of tokens a day" in refused.json()["error"]["message"]
    assert 1 <= int(refused.headers["retry-after"]) <= 86_401
    assert fits.status_code == 200
    assert anthropic.status_code == 429
    assert anthropic.json()["error"]["type"] == "rate_limit_error"


def test_a_model_without_a_price_is_refused_where_money_is_counted(
    service: RunningService,
) -> None:
    with service.client(service.key(budgets=(MONEY,))) as client:
        reply = client.post("/v1/chat/completions", json=CHAT)
    assert (reply.status_code, reply.json()["error"]["code"]) == (403, "gateway.no-price")


def test_a_group_is_shared_by_its_keys(service: RunningService) -> None:
    service.provider.script = whole(chat_reply("Hi"))
    control = service.control
    service.ask(control.budgets.create_group(control.operator, "team", [CALLS]))
    statuses = []
    for _ in range(2):
        with service.client(service.key(group="team")) as client:
            statuses += [client.post("/v1/chat/completions", json=CHAT).status_code for _ in "12"]
    assert statuses == [200, 200, 200, 429]


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """An installation with three workers and prices; a call costs 0.10 and 0.20."""
    with running_provider() as provider:
        provider.script = counted(100, 20)
        folder = tmp_path_factory.mktemp("crowd")
        with served(folder, provider=provider, workers=3, more=PRICES) as service:
            yield service


def post(service: Service, key: str) -> int:
    """A call on a connection of its own, so that the kernel spreads them over the workers."""
    headers = {"authorization": f"Bearer {key}"}
    url = f"{service.url}/v1/chat/completions"
    return httpx.post(url, json=CHAT, headers=headers, timeout=30).status_code


def used_of(service: Service, key_id: str) -> str:
    keys = json.loads(service.run("apikeys", "list", "--json").stdout)
    (taken,) = [each["budgets"][0]["used"] for each in keys if each["id"] == key_id]
    return str(taken)


def is_used(service: Service, key_id: str, expected: str) -> bool:
    return used_of(service, key_id) == expected


@pytest.mark.slow
@pytest.mark.timeout(120)
@pytest.mark.requirement(59)
@pytest.mark.complaint(24)
def test_money_is_exact_across_workers_under_load(crowd: Service) -> None:
    """Each call reserves 1.05 and uses 0.30: of 5.00, fourteen pass, however they come."""
    made = json.loads(crowd.run("apikeys", "create", "c", "--budget", "5/total", "--json").stdout)
    key, key_id = made["key"], made["id"]
    crowd.wait_until_known(key)
    with ThreadPoolExecutor(12) as pool:
        statuses = list(pool.map(lambda _: post(crowd, key), range(48)))
    assert set(statuses) == {200, 429}
    used = ""
    while statuses[-1] == 200 or used < "3.96":
        used = f"{statuses.count(200) * 0.3:.2f}"
        eventually(partial(is_used, crowd, key_id, used))
        statuses.append(post(crowd, key))
    assert statuses.count(200) == 14
