"""`/metrics`: sums over workers, which never go back when one of them restarts."""

import re
from typing import Any

import httpx

from curtilage.app.metrics import WorkerMeters, with_metrics
from curtilage.app.worker_jobs import encode_meters
from curtilage.gateway.meters import BOUNDS_US, Meters


def meters_of(calls: int, *, active: int = 0, overhead: int = 300) -> dict[str, Any]:
    meters = Meters()
    for _ in range(calls):
        meters.count("exchanges:chat:completed")
        meters.observe_overhead(overhead)
    meters.active = active
    return encode_meters(meters)


def scraped(meters: WorkerMeters) -> dict[str, float]:
    lines = meters.render().decode().splitlines()
    found = [line.rpartition(" ") for line in lines if not line.startswith("#")]
    return {name: float(value) for name, _, value in found if "_created" not in name}


EXCHANGES = 'curtilage_exchanges_total{outcome="completed",route="chat"}'


def test_workers_are_added_up() -> None:
    meters = WorkerMeters()
    meters.report("gateway-0", meters_of(2, active=1))
    meters.report("gateway-1", meters_of(3, active=4))
    found = scraped(meters)
    assert found[EXCHANGES] == 5
    assert found["curtilage_active_exchanges"] == 5
    assert found["curtilage_overhead_seconds_count"] == 5


def test_a_later_report_replaces_the_one_before() -> None:
    meters = WorkerMeters()
    meters.report("gateway-0", meters_of(2))
    meters.report("gateway-0", meters_of(3))
    assert scraped(meters)[EXCHANGES] == 3


def test_a_worker_that_began_anew_takes_nothing_back() -> None:
    meters = WorkerMeters()
    meters.report("gateway-0", meters_of(5))
    before = scraped(meters)
    meters.report("gateway-0", meters_of(1))
    after = scraped(meters)
    assert after[EXCHANGES] == 6
    assert after["curtilage_overhead_seconds_count"] == 6
    assert after["curtilage_overhead_seconds_sum"] > before["curtilage_overhead_seconds_sum"]
    falling = {name for name in before if after[name] < before[name]}
    assert falling == set()


def test_the_histogram_is_cumulative_and_ends_with_everything() -> None:
    meters = WorkerMeters()
    meters.report("gateway-0", meters_of(1, overhead=90))
    meters.report("gateway-1", meters_of(2, overhead=10**9))
    found = scraped(meters)
    buckets = [value for name, value in found.items() if "_bucket" in name]
    assert buckets == sorted(buckets)
    assert len(buckets) == len(BOUNDS_US) + 1
    assert (buckets[0], buckets[-1]) == (1, 3)


def test_a_count_without_a_family_or_with_other_labels_is_not_shown() -> None:
    meters, own = WorkerMeters(), Meters()
    own.count("exchanges:chat")
    own.count("prompts:hello ada")
    own.count("unrecorded")
    meters.report("gateway-0", encode_meters(own))
    text = meters.render().decode()
    assert "ada" not in text
    assert re.search(r"^curtilage_exchanges_total\{", text, re.MULTILINE) is None
    assert scraped(meters)["curtilage_unrecorded_total"] == 1


def test_before_any_report_there_is_nothing_but_zero() -> None:
    assert set(scraped(WorkerMeters()).values()) == {0.0}


def test_how_workers_see_an_upstream_and_what_became_of_its_calls() -> None:
    meters = WorkerMeters()
    counted = Meters()
    counted.count("upstream_calls:lake:failed", 4)
    meters.report("gateway-0", {**encode_meters(counted), "upstreams": {"lake": "open"}})
    meters.report("gateway-1", {**meters_of(1), "upstreams": {"lake": "closed"}})
    found = scraped(meters)
    assert found['curtilage_upstream_calls_total{outcome="failed",upstream="lake"}'] == 4
    assert found['curtilage_upstream_workers{state="open",upstream="lake"}'] == 1
    assert found['curtilage_upstream_workers{state="half-open",upstream="lake"}'] == 0
    assert meters.upstreams() == {"lake": {"closed": 1, "open": 1, "half-open": 0}}


def test_what_workers_tell_of_upstreams_is_kept_for_the_console() -> None:
    told = {
        "state": "open", "rests_until": "2026-03-02T09:30:05.000000Z", "under_way": 3,
        "failure": "connect", "failed_at": "2026-03-02T09:30:00.000000Z", "answered_at": "",
        "waits": [1, 0],
    }  # fmt: skip
    one, other = Meters(), Meters()
    one.count("upstream_calls:openai:failed", 2)
    other.count("upstream_calls:openai:failed")
    other.count("exchanges:chat:completed")
    meters = WorkerMeters()
    meters.report("gateway-0", {**encode_meters(one), "health": {"openai": told}})
    meters.report("gateway-1", encode_meters(other))
    reports = meters.reports()
    (view,) = reports.views["openai"]
    assert (view.state, view.under_way, view.failure, view.answered_at) == (
        "open", 3, "connect", None,
    )  # fmt: skip
    assert view.rests_until is not None and view.rests_until.second == 5
    assert reports.calls == {"openai": {"failed": 3}}


async def test_counters_stand_beside_the_pages() -> None:
    async def pages(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 418, "headers": []})
        await send({"type": "http.response.body", "body": b"a page"})

    app = with_metrics(pages, WorkerMeters())
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://console.example") as client:
        scraped = await client.get("/metrics")
        assert scraped.status_code == 200
        assert "curtilage_active_exchanges 0.0" in scraped.text
        assert (await client.get("/console/live")).text == "a page"
