"""The page of usage: who used how much of what, by day, and what it cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Protocol

from curtilage.core.clock import Clock
from curtilage.core.models import Principal
from curtilage.core.page import Download, Page, Visit
from curtilage.core.slice import NavItem, Route
from curtilage.core.words import say
from curtilage.gateway.usage.export import encode_csv
from curtilage.gateway.usage.models import By, Period, UsageRow, UsageView

READ = "usage:read"
MOST_ROWS = 200
BARS = 31  # days in the chart, at most
SPANS: Mapping[str, tuple[str, int]] = {
    "7": (say("7 days"), 7),
    "31": (say("31 days"), 31),
    "365": (say("A year"), 365),
}
USUAL_SPAN = "31"
TITLES: Mapping[By, str] = {
    By.KEY: say("Key"),
    By.GROUP: say("Group"),
    By.PERSON: say("Person"),
    By.APP: say("App"),
    By.MODEL: say("Model"),
    By.PURPOSE: say("Purpose"),
    By.UPSTREAM: say("Upstream"),
    By.DAY: say("Day"),
}
HEADINGS: Mapping[By, str] = {
    By.KEY: say("By key"),
    By.GROUP: say("By group"),
    By.PERSON: say("By person"),
    By.APP: say("By app"),
    By.MODEL: say("By model"),
    By.PURPOSE: say("By purpose"),
    By.UPSTREAM: say("By upstream"),
    By.DAY: say("By day"),
}


class UsageDesk(Protocol):
    """The use cases that this page calls."""

    async def sheet(self, actor: Principal, by: By, period: Period) -> Sequence[UsageRow]: ...

    async def overview(
        self, actor: Principal, by: By, period: Period, *, limit: int
    ) -> UsageView: ...


@dataclass(frozen=True, slots=True)
class UsagePages:
    """Doors to what was used."""

    usage: UsageDesk
    clock: Clock

    def routes(self) -> Sequence[Route]:
        """The routes that these pages answer."""
        return (
            Route("GET", "/console/usage", self.show, READ, "usage.show"),
            Route("GET", "/console/usage.csv", self.hand_over, READ, "usage.csv", "text/csv"),
        )

    def nav(self) -> Sequence[NavItem]:
        """Where the console names them."""
        return (NavItem(say("Usage"), "/console/usage", "chart-column", "u", 35),)

    async def show(self, visit: Visit) -> Page:
        """Sums of the last days, by what the reader chose, with a chart of the days."""
        by, span = _by(visit), _span(visit)
        period = self._period(span)
        view = await self.usage.overview(visit.actor, by, period, limit=MOST_ROWS)
        context = {
            "by": by.value,
            "span": span,
            "choices": [(each.value, title) for each, title in TITLES.items()],
            "spans": [(key, words) for key, (words, _) in SPANS.items()],
            "title": TITLES[by],
            "heading": HEADINGS[by],
            "rows": view.rows,
            "more": view.more,
            "chart": chart_of(view.days, period),
        }
        return Page("usage/usage.html", context)

    async def hand_over(self, visit: Visit) -> Download:
        """The same sums as CSV, all of them, with the same names."""
        by = _by(visit)
        rows = await self.usage.sheet(visit.actor, by, self._period(_span(visit)))
        return Download(encode_csv(by, rows).encode(), "text/csv; charset=utf-8", "usage.csv")

    def _period(self, span: str) -> Period:
        today = self.clock.now().date()
        first = today - timedelta(days=SPANS[span][1] - 1)
        return Period(first.isoformat(), today.isoformat())


def chart_of(days: Sequence[UsageRow], period: Period) -> dict[str, Any] | None:
    """What a chart of the days shows: their costs, or their tokens where nothing has a price.

    Days without calls are in it, with nothing; costs are those of the currency that was
    used most. None where there is nothing to show."""
    currencies = {row.currency for row in days if row.currency}
    currency = max(currencies, key=lambda name: _cost_in(days, name), default="")
    values: dict[str, int] = {}
    for row in days:
        counts = row.counts
        if currency and row.currency != currency:
            continue
        amount = counts.cost if currency else counts.tokens_in + counts.tokens_out
        values[row.label] = values.get(row.label, 0) + amount
    if not any(values.values()):
        return None
    bars = [(day, values.get(day, 0)) for day in _days_of(period)]
    return {"values": bars, "currency": currency, "days": len(bars)}


def _cost_in(days: Sequence[UsageRow], currency: str) -> int:
    return sum(row.counts.cost for row in days if row.currency == currency)


def _days_of(period: Period) -> list[str]:
    """The last days of a period, the oldest first."""
    last, first = date.fromisoformat(period.until), date.fromisoformat(period.since)
    days = [last - timedelta(days=ago) for ago in range(min(BARS, (last - first).days + 1))]
    return [day.isoformat() for day in reversed(days)]


def _by(visit: Visit) -> By:
    asked = visit.query.get("by", "")
    return By(asked) if asked in list(By) else By.KEY


def _span(visit: Visit) -> str:
    asked = visit.query.get("span", "")
    return asked if asked in SPANS else USUAL_SPAN
