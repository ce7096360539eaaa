"""The page of routes and upstreams."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from curtilage.core.models import Principal
from curtilage.core.page import Page, Visit
from curtilage.core.slice import NavItem, Route
from curtilage.core.words import say
from curtilage.gateway.routes import LONGEST_NAME
from curtilage.gateway.routing.models import Answer, Condition, Overview

READ = "settings:read"
LOOKS: Mapping[Condition, tuple[str, str, str]] = {
    Condition.WELL: (say("Well"), "good", "circle-check"),
    Condition.TRYING: (say("Trying again"), "information", "hourglass"),
    Condition.RESTING: (say("Left alone"), "attention", "pause"),
    Condition.UNASKED: (say("Not asked yet"), "neutral", "circle-dashed"),
}
FAILURES: Mapping[str, str] = {
    "connect": say("could not be reached"),
    "timeout": say("did not answer in time"),
    "idle": say("fell silent"),
    "broken": say("broke off, or did not speak HTTP"),
    "encoded": say("answered compressed, unasked"),
    "oversize": say("answered more than is taken"),
}


class RoutingDesk(Protocol):
    """The use cases that this page calls."""

    async def overview(self, actor: Principal) -> Overview: ...

    async def find_way(self, actor: Principal, model: str) -> Answer: ...


@dataclass(frozen=True, slots=True)
class RoutingPages:
    """Doors to routes and upstreams."""

    desk: RoutingDesk

    def routes(self) -> Sequence[Route]:
        """The routes that these pages answer."""
        return (
            Route("GET", "/console/upstreams", self.show, READ, "routing.show"),
            Route("GET", "/console/upstreams/now", self.show_now, READ, "routing.now"),
        )

    def nav(self) -> Sequence[NavItem]:
        """Where the console names them."""
        return (NavItem(say("Upstreams"), "/console/upstreams", "server", "s", 25),)

    async def show(self, visit: Visit) -> Page:
        """How upstreams fare, and where models go; one model too, if the reader asks for it."""
        overview = await self.desk.overview(visit.actor)
        model = visit.query.get("model", "").strip()
        is_asked, problems = bool(model), {}
        if len(model) > LONGEST_NAME:
            problems = {
                "model": say(
                    "No model has a name of more than {most} characters", most=LONGEST_NAME
                )
            }
        answer = await self.desk.find_way(visit.actor, model) if is_asked and not problems else None
        context = {
            **_context(overview, paused="paused" in visit.query),
            "routes": overview.routes,
            "keeper": overview.keeper,
            "model": model[:LONGEST_NAME],
            "answer": answer,
            "problems": problems,
        }
        return Page("routing/upstreams.html", context, status=422 if problems else 200)

    async def show_now(self, visit: Visit) -> Page:
        """The upstreams again, as a fragment."""
        overview = await self.desk.overview(visit.actor)
        return Page("routing/_upstreams.html", _context(overview, paused=False))


def _context(overview: Overview, *, paused: bool) -> dict[str, object]:
    rows = [
        {
            "row": row,
            "look": LOOKS[row.condition],
            "failure": tell_failure(row.failure),
            "half": tell_bound(row.half_ms),
            "most": tell_bound(row.most_ms),
        }
        for row in overview.upstreams
    ]
    return {"upstreams": rows, "paused": paused}


def tell_bound(milliseconds: int | None) -> str:
    """A round duration in the unit that one would say it in."""
    if milliseconds is None:
        return ""
    return f"{milliseconds} ms" if milliseconds < 1000 else f"{milliseconds / 1000:g} s"


def tell_failure(failure: str) -> str:
    """A failure in words; a status as it came."""
    if failure.startswith("status "):
        return say("answered with {status}", status=failure)
    return FAILURES.get(failure, say("failed")) if failure else ""
