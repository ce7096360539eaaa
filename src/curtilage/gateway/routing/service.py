"""Tells those who may know where models go and how upstreams fare."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from curtilage.core.authority import Authority
from curtilage.core.models import Principal
from curtilage.gateway.routing.models import Answer, Overview, Reports, Routing
from curtilage.gateway.routing.rules import describe, find_way, sum_up
from curtilage.gateway.settings import UpstreamSettings

READ = "settings:read"


@dataclass(frozen=True, slots=True)
class RoutingService:
    """Implements the `RoutingDesk` of the page, over what is in force and what was reported."""

    routing: Callable[[], Routing]
    reports: Callable[[], Reports]
    authority: Authority

    async def overview(self, actor: Principal) -> Overview:
        """Every upstream and every route, as they are in force now."""
        self.authority.require(actor, READ, tenant=actor.tenant)
        routing, reports = self.routing(), self.reports()
        upstreams = [
            sum_up(name, settings, _host(settings), reports)
            for name, settings in routing.upstreams.items()
        ]
        routes = [describe(route, routing) for route in routing.routes]
        return Overview(upstreams, routes, routing.keeper)

    async def find_way(self, actor: Principal, model: str) -> Answer:
        """Where a model of this name would go."""
        self.authority.require(actor, READ, tenant=actor.tenant)
        return find_way(model, self.routing())


def _host(settings: UpstreamSettings) -> str:
    """Where it is, without what an address may hold besides."""
    return urlsplit(settings.base_url).netloc.rpartition("@")[2]
