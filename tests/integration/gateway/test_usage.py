"""What was used, counted from the ledger: by the service, by the command, and again."""

import json
import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from curtilage.core.db.engine import open_database
from curtilage.core.money import format_money
from tests.fakes.provider import Hold, chat_reply, whole
from tests.integration.processes import Service, eventually, release, running_provider, served

CHAT: dict[str, Any] = {
    "model": "gpt-4.1-mini", "max_tokens": 100,
    "messages": [{"role": "user", "content": "Hello"}],
}  # fmt: skip
PRICES = """
[[prices]]
model = "gpt-*"
since = 2026-01-01
currency = "EUR"
input = "2"
output = "8"
"""
USED = {"prompt_tokens": 1000, "completion_tokens": 500, "total_tokens": 1500}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running_provider() as provider:
        provider.script = whole({**chat_reply("Hi"), "usage": USED})
        folder = tmp_path_factory.mktemp("usage")
        with served(folder, provider=provider, workers=2, more=PRICES) as service:
            yield service


def usage(service: Service, *options: str) -> list[dict[str, Any]]:
    done = service.run("usage", *options, "--json")
    assert done.returncode == 0, done.stderr
    rows: list[dict[str, Any]] = json.loads(done.stdout)
    return rows


@pytest.mark.slow
@pytest.mark.timeout(120)
async def test_calls_are_counted_with_their_cost_and_the_ledger_bears_them_out(
    house: Service,
) -> None:
    assert house.run("groups", "create", "team").returncode == 0
    with house.client(house.key("--group", "team", "--budget", "5/day")) as client:
        for _ in range(3):
            assert client.post("/v1/chat/completions", json=CHAT).status_code == 200
        assert client.post("/v1/chat/completions", json={**CHAT, "model": "no"}).is_error
    (row,) = [
        row for row in usage(house, "--by", "group") if row["group"] == "team" and row["calls"]
    ]
    assert (row["calls"], row["tokens_in"], row["tokens_out"]) == (3, 3000, 1500)
    assert (row["cost"], row["currency"]) == ("0.018", "EUR")
    assert usage(house, "--by", "key")[0]["key"] == "test"
    refused = sum(row["refused"] for row in usage(house, "--by", "group"))
    assert refused == 1
    assert usage(house, "--until", "2020-01-01") == []
    assert house.run("usage", "reconcile").returncode == 0
    assert "0.018 EUR" in house.run("usage").stdout
    assert house.run("usage", "--since", "yesterday").returncode == 2

    database = open_database("sqlite", house.data_dir)
    async with database.begin() as connection:
        await connection.execute(
            text("UPDATE usage_sum SET cost = cost + 1 WHERE currency = 'EUR'")
        )
    await database.close()
    again = house.run("usage", "reconcile")
    assert again.returncode == 1
    assert "cost 18001 ≠ 18000" in again.stdout


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_a_worker_that_is_killed_leaves_its_call_at_the_reservation(tmp_path: Path) -> None:
    """What was reserved stays taken, and is what the ledger and the sums say."""
    with (
        running_provider() as provider,
        served(tmp_path, provider=provider, workers=1, more=PRICES) as service,
    ):
        provider.script = [Hold()]
        key = service.key("--budget", "5/day")
        with ThreadPoolExecutor(1) as pool, service.client(key) as client:
            call = pool.submit(client.post, "/v1/chat/completions", json=CHAT)
            eventually(lambda: provider.received)
            os.kill(service.children()["gateway-0"], signal.SIGKILL)
            assert isinstance(call.exception(), httpx.TransportError)
        service.wait_ready()
        eventually(lambda: "exchange.unknown" in [event.kind for event in service.events()])
        (row,) = usage(service, "--by", "model")
        assert (row["calls"], row["estimated"], row["tokens_out"]) == (1, 1, 100)
        (intent,) = [event for event in service.events() if "reserved" in event.facts]
        reserved: Any = intent.facts["reserved"]
        assert row["cost"] == format_money(reserved["cost"])
        release(provider)
        (listed,) = json.loads(service.run("apikeys", "list", "--json").stdout)
        assert Decimal(listed["budgets"][0]["used"]) >= Decimal(row["cost"])
        assert service.run("usage", "reconcile").returncode == 0
