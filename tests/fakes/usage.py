"""What was used, behind its page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from curtilage.core.models import Principal
from curtilage.gateway.usage.models import By, Counts, Period, UsageRow, UsageView
from tests.fakes.keys import KEYS, TEAM
from tests.fakes.live import MODELS

CALLERS: Mapping[By, Sequence[tuple[str, str]]] = {
    By.PERSON: [
        ("Ada Quill", "/console/people/p-1"),
        ("a person (…4f2c1a)", ""),
        ("a person no longer known", ""),
    ],
    By.APP: [("Notes", "/console/apps/notes"), ("an app no longer known", "")],
}


@dataclass
class FakeUsage:
    """Thirty days of usage, or none; in money, unless told that no price is known."""

    days: int = 31
    currency: str = "EUR"

    async def sheet(self, actor: Principal, by: By, period: Period) -> Sequence[UsageRow]:
        return (await self.overview(actor, by, period, limit=200)).rows

    async def overview(self, actor: Principal, by: By, period: Period, *, limit: int) -> UsageView:
        last = date.fromisoformat(period.until)
        days = [
            UsageRow(
                (last - timedelta(days=ago)).isoformat(),
                self.currency,
                self._counts(40 + (ago * 37 + ago // 7 * 11) % 90),
            )
            for ago in range(self.days)
        ]
        if by is By.DAY or not days:
            return UsageView(days, days)  # nothing at all where there is no day
        labels = {By.KEY: KEYS, By.GROUP: (TEAM.name, "–"), By.MODEL: MODELS}.get(by, ("assist",))
        if by in CALLERS:
            callers = CALLERS[by]
        else:
            callers = [(label, "") for label in labels]
        rows = [
            UsageRow(label, self.currency, self._counts(4000 // (place + 1)), path)
            for place, (label, path) in enumerate(callers)
        ]
        return UsageView(rows[:limit], days)

    def _counts(self, calls: int) -> Counts:
        return Counts(
            calls=calls, refused=calls // 40, estimated=calls // 90,
            unpriced=0 if self.currency else calls, tokens_in=calls * 1830,
            tokens_cached=calls * 412, tokens_out=calls * 290,
            cost=calls * 5_480 if self.currency else 0,
        )  # fmt: skip
