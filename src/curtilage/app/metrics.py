"""`/metrics` in the Prometheus text format: sums over the workers of this node."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)

from curtilage.app.serving import ASGIApp
from curtilage.core.clock import parse_instant
from curtilage.gateway.asgi import ASGIScope, Receive, Send, send_whole
from curtilage.gateway.breaker import State
from curtilage.gateway.meters import BOUNDS_US, Meters
from curtilage.gateway.routing.models import Report, Reports

STATES = tuple(state.value for state in State)
LABELS: Mapping[str, tuple[str, ...]] = {
    "cached": ("outcome",),
    "exchanges": ("route", "outcome"),
    "findings": ("type",),
    "rejected": ("reason",),
    "unrecorded": (),
    "upstream_calls": ("upstream", "outcome"),
}
HELP: Mapping[str, str] = {
    "cached": "Model calls that the cache was asked for, by what it had: hit or miss.",
    "exchanges": "Model calls that ended, by route and outcome.",
    "findings": "Findings in requests, by type.",
    "rejected": "Callers turned away before they were known, by reason.",
    "unrecorded": "Refusals whose record could not be written.",
    "upstream_calls": "Calls to upstreams: answered, failed, and not made (resting, busy).",
}


@dataclass(eq=False)  # a collector is told apart by which it is
class WorkerMeters:
    """The latest counters of each worker. A worker that restarts begins at zero again."""

    _latest: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    _retired: Meters = field(default_factory=Meters)

    def report(self, worker: str, meters: Mapping[str, Any]) -> None:
        known = self._latest.get(worker)
        if known is not None and sum(known["overhead"]) > sum(meters["overhead"]):
            self._retire(known)
        self._latest[worker] = meters

    def _retire(self, meters: Mapping[str, Any]) -> None:
        """Keep what a worker counted before it began anew, so that no sum goes back."""
        for name, count in meters["counts"].items():
            self._retired.count(name, count)
        self._retired.overhead = _added(self._retired.overhead, meters["overhead"])
        self._retired.overhead_sum += meters["overhead_sum"]

    def render(self) -> bytes:
        """The text that a scraper reads."""
        registry = CollectorRegistry()
        registry.register(self)
        return generate_latest(registry)

    def collect(self) -> Iterable[Metric]:
        """All families; called by the registry."""
        totals = self._totals()
        for family, labels in LABELS.items():
            yield _counter(family, labels, totals)
        active = GaugeMetricFamily("curtilage_active_exchanges", "Model calls under way.")
        active.add_metric([], sum(meters["active"] for meters in self._latest.values()))
        yield active
        yield self._upstreams()
        yield self._overhead()

    def _totals(self) -> dict[str, int]:
        totals = dict(self._retired.counts)
        for meters in self._latest.values():
            for name, count in meters["counts"].items():
                totals[name] = totals.get(name, 0) + count
        return totals

    def reports(self) -> Reports:
        """How the workers see each upstream, and its calls since the start, for the console."""
        views: dict[str, list[Report]] = {}
        for meters in self._latest.values():
            for name, told in meters.get("health", {}).items():
                views.setdefault(name, []).append(parse_report(told))
        calls: dict[str, dict[str, int]] = {}
        for counter, count in self._totals().items():
            family, _, rest = counter.partition(":")
            if family == "upstream_calls":
                name, _, outcome = rest.rpartition(":")
                calls.setdefault(name, {})[outcome] = count
        return Reports(views, calls)

    def upstreams(self) -> dict[str, dict[str, int]]:
        """How many workers see each upstream so: closed (it is well), open or half-open."""
        seen: dict[str, dict[str, int]] = {}
        for meters in self._latest.values():
            for name, state in meters.get("upstreams", {}).items():
                states = seen.setdefault(name, dict.fromkeys(STATES, 0))
                states[state] += 1
        return seen

    def _upstreams(self) -> Metric:
        family = GaugeMetricFamily(
            "curtilage_upstream_workers",
            "Workers by how they see an upstream: closed is well, open is left alone.",
            labels=("upstream", "state"),
        )
        for name, states in sorted(self.upstreams().items()):
            for state, workers in states.items():
                family.add_metric([name, state], workers)
        return family

    def _overhead(self) -> Metric:
        sums, total = self._retired.overhead, self._retired.overhead_sum
        for meters in self._latest.values():
            sums = _added(sums, meters["overhead"])
            total += meters["overhead_sum"]
        buckets, running = [], 0
        for bound, count in zip((*BOUNDS_US, float("inf")), sums, strict=True):
            running += count
            name = "+Inf" if bound == float("inf") else str(bound / 1e6)
            buckets.append((name, running))
        family = HistogramMetricFamily(
            "curtilage_overhead_seconds", "What the gateway adds to one call."
        )
        family.add_metric([], buckets, total / 1e6)
        return family


def parse_report(told: Mapping[str, Any]) -> Report:
    """What one worker says of one upstream, see `health.Health.tell`."""
    return Report(
        state=told["state"],
        under_way=told["under_way"],
        waits=told["waits"],
        failure=told["failure"],
        rests_until=_instant(told["rests_until"]),
        failed_at=_instant(told["failed_at"]),
        answered_at=_instant(told["answered_at"]),
    )


def _instant(raw: str) -> datetime | None:
    return parse_instant(raw) if raw else None


def _added(sums: Sequence[int], more: Sequence[int]) -> list[int]:
    return [one + other for one, other in zip(sums, more, strict=True)]


def _counter(family: str, labels: tuple[str, ...], totals: Mapping[str, int]) -> Metric:
    metric = CounterMetricFamily(f"curtilage_{family}", HELP[family], labels=labels)
    for name, count in sorted(totals.items()):
        head, *values = name.split(":")
        if head == family and len(values) == len(labels):
            metric.add_metric(values, count)
    return metric


def with_metrics(app: ASGIApp, meters: WorkerMeters) -> ASGIApp:
    """`/metrics` beside the pages. The worker in front decides who may reach it."""

    async def serve(scope: ASGIScope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == "/metrics":
            headers = [(b"content-type", b"text/plain; version=0.0.4; charset=utf-8")]
            await send_whole(send, 200, headers, meters.render())
        else:
            await app(scope, receive, send)

    return serve
