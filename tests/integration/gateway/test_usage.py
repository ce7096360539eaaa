"""What was used, counted from the ledger: by the service, by the command, and again."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text

from curtilage.core.db.engine import open_database
from tests.fakes.provider import chat_reply, whole
from tests.integration.processes import Service, running_provider, served

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
