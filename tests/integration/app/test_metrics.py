"""`/metrics`: sums over all workers, for this machine alone, without any caller's word in it.

A worker tells what it counted a moment later. So these tests count in series of
their own, to which no call of another test on this service is added meanwhile.
"""

import re
from pathlib import Path

import httpx
import pytest

from tests.fakes.provider import chat_reply, whole
from tests.integration.processes import CHAT, House, Service, eventually

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
CANARY = "zq-canary-7731"


def scrape(house: Service) -> dict[str, float]:
    """Value by series, as a scraper reads it."""
    text = httpx.get(f"{house.url}/metrics").text
    pairs = re.findall(r"^([a-z_]+(?:\{[^}]*\})?) (\S+)$", text, re.MULTILINE)
    return {name: float(value) for name, value in pairs}


COMPLETED = 'curtilage_exchanges_total{outcome="completed",route="openai.embeddings"}'
EMBED = {"model": "text-embedding-3-small", "input": "Good morning."}
EMBEDDED = {"object": "list", "data": [], "model": "x", "usage": {"prompt_tokens": 1}}


def test_calls_of_both_workers_are_counted_once_each(house: House) -> None:
    house.provider.script = whole(EMBEDDED)
    before = scrape(house).get(COMPLETED, 0)
    for _ in range(24):  # on connections of their own: both workers take some
        with house.client(house.one_key) as client:
            assert client.post("/v1/embeddings", json=EMBED).status_code == 200
    eventually(lambda: scrape(house).get(COMPLETED, 0) >= before + 24)
    assert scrape(house)[COMPLETED] == before + 24


def test_findings_are_counted_by_type(house: House) -> None:
    house.provider.script = whole(chat_reply("Hello."))
    series = 'curtilage_findings_total{type="IBAN_CODE"}'
    before = scrape(house).get(series, 0)
    body = {**CHAT, "messages": [{"role": "user", "content": "Pay DE89 3704 0044 0532 0130 00."}]}
    with house.client(house.one_key) as client:
        client.post("/v1/chat/completions", json=body)
    eventually(lambda: scrape(house).get(series, 0) == before + 1)


def test_callers_who_were_turned_away_are_counted_by_reason(house: House) -> None:
    series = 'curtilage_rejected_total{reason="gateway.ambiguous-key"}'
    before = scrape(house).get(series, 0)
    two = {"authorization": f"Bearer {house.one_key}", "x-api-key": "another"}
    reply = httpx.post(f"{house.url}/v1/chat/completions", json=CHAT, headers=two)
    assert reply.status_code == 401
    eventually(lambda: scrape(house).get(series, 0) == before + 1)


def test_no_word_of_a_caller_becomes_a_label(house: House) -> None:
    house.provider.script = whole(EMBEDDED)
    before = scrape(house).get(COMPLETED, 0)
    headers = {"x-curtilage-session": CANARY, "user-agent": CANARY, "x-curtilage-purpose": CANARY}
    with house.client(house.one_key) as client:
        client.post("/v1/chat/completions", json={**CHAT, "model": CANARY, "user": CANARY})
        client.post("/v1/chat/completions", json=CHAT, headers=headers)
        client.get(f"/v1/{CANARY}")
        client.get(f"/{CANARY}?{CANARY}={CANARY}")
        client.post(f"/v1/chat/completions?{CANARY}", json=CHAT)
        client.post("/v1/embeddings", json=EMBED)  # the same worker tells it with all the others
    eventually(lambda: scrape(house).get(COMPLETED, 0) > before)
    assert CANARY not in httpx.get(f"{house.url}/metrics").text


@pytest.mark.parametrize("header", ["x-forwarded-for", "forwarded", "x-real-ip", "via"])
def test_a_proxy_that_nobody_named_does_not_make_the_world_local(house: House, header: str) -> None:
    assert house.status("/metrics", **{header: "127.0.0.1"}) == 403
    assert house.status("/metrics") == 200


def test_other_machines_are_refused_until_the_setting_opens_it(tmp_path: Path) -> None:
    named = {"trusted_proxies": ["127.0.0.9"], "metrics_public": True}
    service = Service(tmp_path, workers=1, server=named)
    try:
        service.start()
        assert service.status("/metrics", **{"x-forwarded-for": "203.0.113.7"}) == 200
    finally:
        service.destroy()
