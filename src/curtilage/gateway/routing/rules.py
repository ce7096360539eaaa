"""Sums up what workers report, and asks the route table where a model would go. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from curtilage.gateway.breaker import State
from curtilage.gateway.errors import UnknownModel, WrongProtocol
from curtilage.gateway.health import BOUNDS_MS
from curtilage.gateway.routes import RouteTable, Target
from curtilage.gateway.routing.models import (
    Answer,
    Condition,
    Report,
    Reports,
    RouteRow,
    Routing,
    Stop,
    UpstreamRow,
)
from curtilage.gateway.settings import BUILT_IN_ROUTES, PROTOCOLS, RouteSettings, UpstreamSettings

SPOKEN = tuple(name for name in PROTOCOLS if name != "mirror")  # what callers speak
NONE: Mapping[str, int] = {}


def sum_up(name: str, settings: UpstreamSettings, host: str, reports: Reports) -> UpstreamRow:
    """One upstream as all workers see it together: the worst that any of them says."""
    views, calls = reports.views.get(name, ()), reports.calls.get(name, NONE)
    condition, affected = judge(views, calls)
    failed = max((view for view in views if view.failed_at), key=_failed_at, default=None)
    waits = [sum(column) for column in zip(*(view.waits for view in views), strict=True)]
    return UpstreamRow(
        name=name,
        protocol=settings.protocol,
        destination=settings.destination,
        host=host,
        condition=condition,
        affected=affected,
        workers=len(views),
        answered=calls.get("answered", 0),
        failed=calls.get("failed", 0),
        not_made=calls.get("resting", 0) + calls.get("busy", 0),
        under_way=sum(view.under_way for view in views),
        limit=settings.max_concurrent * len(views),
        probed=bool(settings.health_path),
        failure=failed.failure if failed else "",
        failed_at=failed.failed_at if failed else None,
        answered_at=_newest(view.answered_at for view in views),
        rests_until=_newest(view.rests_until for view in views),
        half_ms=find_bound(waits, 50),
        most_ms=find_bound(waits, 95),
    )


def judge(views: Sequence[Report], calls: Mapping[str, int]) -> tuple[Condition, int]:
    """The worst condition, and how many workers see it."""
    for state, condition in (
        (State.OPEN, Condition.RESTING),
        (State.HALF_OPEN, Condition.TRYING),
    ):
        affected = sum(view.state == state.value for view in views)
        if affected:
            return condition, affected
    return (Condition.WELL if any(calls.values()) else Condition.UNASKED), len(views)


def find_bound(waits: Sequence[int], percent: int) -> int | None:
    """The bound within which so many of 100 lie; a histogram knows no more than that."""
    wanted, seen = sum(waits) * percent, 0
    for bound, count in zip(BOUNDS_MS, waits, strict=False):
        seen += count
        if wanted and 100 * seen >= wanted:
            return bound
    return None


def describe(route: RouteSettings, routing: Routing) -> RouteRow:
    """A route in the order in which it is tried."""
    first = routing.upstreams[route.names[0]]
    whole = sum(route.weights)
    shares = [round(100 * weight / whole) for weight in route.weights] if whole else []
    stops = [
        Stop(
            upstream=name,
            renamed=_renamed(route, name),
            percent=shares[place] if shares else None,
        )
        for place, name in enumerate(route.names)
    ]
    is_built_in = route in BUILT_IN_ROUTES
    return RouteRow(route.model, stops, first.protocol, first.destination, is_built_in)


def find_way(model: str, routing: Routing) -> Answer:
    """What the route table itself says of a model, for callers of each protocol."""
    table = RouteTable(routing.routes, routing.upstreams, keeper=routing.keeper)
    found: dict[str, Target] = {}
    try:
        for protocol in SPOKEN:
            try:
                found[protocol] = table.resolve(model, protocol)
            except WrongProtocol:
                continue
    except UnknownModel:
        return Answer(model)
    target = next(iter(found.values()))
    route = next(route for route in routing.routes if route.model == target.pattern)
    return Answer(model, describe(route, routing), tuple(found))


def _renamed(route: RouteSettings, upstream: str) -> str:
    """The other name that a model has there; "" where it keeps the one it came with."""
    return route.renamed("", upstream)


def _failed_at(view: Report) -> str:
    return view.failed_at.isoformat() if view.failed_at else ""


def _newest(instants: Iterable[datetime | None]) -> datetime | None:
    return max((at for at in instants if at is not None), default=None)
