"""Puts the page of routes and upstreams together."""

from collections.abc import Callable
from pathlib import Path

from curtilage.core.authority import Authority
from curtilage.core.slice import Slice
from curtilage.gateway.routing.models import Reports, Routing
from curtilage.gateway.routing.pages import RoutingPages
from curtilage.gateway.routing.service import RoutingService


def build_routing(
    routing: Callable[[], Routing], reports: Callable[[], Reports], authority: Authority
) -> Slice:
    """What this part offers to the control process."""
    pages = RoutingPages(RoutingService(routing, reports, authority))
    return Slice(
        name="routing",
        routes=pages.routes(),
        nav=pages.nav(),
        templates=str(Path(__file__).parent / "templates"),
    )
