"""Upstreams in every condition, and routes of every shape."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit

from curtilage.core.models import Principal
from curtilage.gateway.routing.models import Answer, Overview, Report, Reports, Routing
from curtilage.gateway.routing.rules import describe, find_way, sum_up
from curtilage.gateway.settings import (
    BUILT_IN_ROUTES,
    BUILT_IN_UPSTREAMS,
    RouteSettings,
    UpstreamSettings,
)
from tests.fakes.clock import START

LOCAL = UpstreamSettings(
    "openai", "http://models.orchard.example:8000/v1", destination="local", max_concurrent=8,
    health_path="/models",
)  # fmt: skip
UPSTREAMS = {
    **BUILT_IN_UPSTREAMS,
    "local-a": LOCAL,
    "local-b": LOCAL,
    "azure-sweden": UpstreamSettings(
        "azure", "https://patient-letters-sweden.openai.azure.example/openai", destination="eu"
    ),
}
ROUTES = (
    RouteSettings("llama-*", upstreams=("local-a", "local-b"), weights=(3, 1)),
    RouteSettings(
        "letters", upstreams=("local-a", "local-b"), rename={"local-b": "qwen3-30b-a3b-instruct"}
    ),
    RouteSettings("gpt-4.1-mini", "azure-sweden", rename="letters-deployment"),
    *BUILT_IN_ROUTES,
)


def a_report(state: str = "closed", **given: object) -> Report:
    """One worker's view, well unless told otherwise."""
    waits = [0, 4, 30, 12, 6, 3, 1, 0, 0, 0, 0, 0]
    defaults: dict[str, object] = {
        "under_way": 2, "waits": waits, "answered_at": START, "rests_until": None,
    }  # fmt: skip
    return Report(state, **(defaults | given))  # type: ignore[arg-type]


def some_reports() -> Reports:
    """Two workers: one upstream is left alone, one tried again, two were never asked."""
    ago = timedelta(seconds=40)
    resting = a_report(
        "open", failure="connect", failed_at=START - ago, rests_until=START + ago, under_way=0
    )
    trying = a_report("half-open", failure="status 503", failed_at=START - 2 * ago)
    views: dict[str, Sequence[Report]] = {
        "openai": (a_report(), a_report(failure="timeout", failed_at=START - 90 * ago)),
        "anthropic": (trying, trying),
        "local-a": (resting, a_report()),
        "local-b": (a_report(), a_report()),
        "mirror": (Report("closed", 0, [0] * 12), Report("closed", 0, [0] * 12)),
    }
    calls = {
        "openai": {"answered": 18_204, "failed": 3},
        "anthropic": {"answered": 2410, "failed": 12, "resting": 4},
        "local-a": {"answered": 640, "failed": 11, "resting": 96, "busy": 2},
        "local-b": {"answered": 811},
    }
    return Reports(views, calls)


@dataclass
class FakeRouting:
    """Sums up reports that a test may replace, over routes that it may replace too."""

    routing: Routing = field(default_factory=lambda: Routing(UPSTREAMS, ROUTES, "openai"))
    reports: Reports = field(default_factory=some_reports)

    async def overview(self, actor: Principal) -> Overview:
        upstreams = [
            sum_up(name, settings, urlsplit(settings.base_url).netloc, self.reports)
            for name, settings in self.routing.upstreams.items()
        ]
        routes = [describe(route, self.routing) for route in self.routing.routes]
        return Overview(upstreams, routes, self.routing.keeper)

    async def find_way(self, actor: Principal, model: str) -> Answer:
        return find_way(model, self.routing)
