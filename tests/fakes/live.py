"""Requests as the live page and the page of one request show them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from fnmatch import fnmatchcase

from curtilage.core.errors import NotFoundError
from curtilage.core.models import Principal
from curtilage.core.words import say
from curtilage.gateway.search import Search
from curtilage.gateway.views import (
    Asker,
    Counted,
    Exchange,
    LiveChoices,
    LivePage,
    LiveRow,
    RecordPlace,
    Step,
    TokenCounts,
)
from tests.fakes.clock import START
from tests.fakes.ids import fixed_id
from tests.fakes.keys import KEYS

REFUSED = fixed_id(63)  # a request that was refused unread
EMAIL = Counted("EMAIL_ADDRESS", "e-mail address", "token", 2)
CARD = Counted("CREDIT_CARD", "payment card", "token", 1)
SECRET = Counted("AWS_ACCESS_KEY", "AWS access key", "block", 1)
OBSERVED = Counted("PHONE_NUMBER", "phone number", "allow", 3)
MODELS = ("gpt-4.1-mini", "claude-sonnet-4-5", "mirror")


def a_row(
    number: int, *, outcome: str = "completed", counts: Sequence[Counted] = (EMAIL,)
) -> LiveRow:
    """The request of that number; a higher number is newer."""
    return LiveRow(
        id=fixed_id(number),
        at=START + timedelta(seconds=17 * number),
        who=KEYS[number % len(KEYS)],
        purpose="assist" if number % 3 else "support",
        model=MODELS[number % len(MODELS)],
        protocol="openai" if number % 2 else "anthropic",
        streamed=bool(number % 2),
        counts=counts,
        outcome=outcome,
        overhead_ms=None if outcome == "pending" else 0.31 + number % 7 / 10,
    )


def an_unread_row(number: int) -> LiveRow:
    """A request that was turned away before it was scanned."""
    row = a_row(number, outcome="refused", counts=())
    return replace(row, purpose="", model="", streamed=False, scanned=False)


def a_row_by_token(number: int, *, is_person: bool = True) -> LiveRow:
    """A request with an app's access token, of a person or of the app itself."""
    app, path = "Orchard notes", "/console/apps/app-1"
    asker = Asker(app, app=app, app_path=path)
    if is_person:
        who = say("{person} by {app}", person=say("a person"), app=app)
        asker = Asker(who, app, path, is_person=True, person_path="/console/people/p-7")
    return replace(a_row(number), who=asker.who, asker=asker)


def many_rows(count: int) -> list[LiveRow]:
    """Rows of every kind, newest first."""
    kinds: Sequence[tuple[str, Sequence[Counted]]] = (
        ("completed", (EMAIL, CARD)),
        ("completed", ()),
        ("refused", (SECRET, EMAIL)),
        ("completed", (EMAIL,)),
        ("aborted", (EMAIL,)),
        ("completed", (OBSERVED,)),
        ("failed", ()),
        ("unread", ()),
    )
    rows = []
    for number in range(count, 0, -1):
        outcome, counts = kinds[number % len(kinds)]
        is_unread = outcome == "unread"
        rows.append(
            an_unread_row(number) if is_unread else a_row(number, outcome=outcome, counts=counts)
        )
    return rows


def is_like(row: LiveRow, search: Search) -> bool:
    """Whether a row is what is looked for."""
    return (
        row.id.startswith(search.id)
        and (not search.key or row.who == KEYS[int(search.key[-12:], 16) % len(KEYS)])
        and (not search.kind or any(each.type == search.kind for each in row.counts))
        and fnmatchcase(row.model, search.model or "*")
        and search.outcome in ("", row.outcome)
        and (search.since is None or row.at >= search.since)
        and (search.until is None or row.at < search.until)
    )


@dataclass
class FakeLive:
    """Requests in a list, newest first."""

    rows: list[LiveRow] = field(default_factory=list)
    looks_at: int = 100_000

    async def choices(self, actor: Principal) -> LiveChoices:
        kinds = [(each.type, each.title) for each in (SECRET, EMAIL, CARD, OBSERVED)]
        return LiveChoices([(fixed_id(number), name) for number, name in enumerate(KEYS)], kinds)

    async def page(
        self, actor: Principal, search: Search, *, after: str | None, limit: int
    ) -> LivePage:
        """Looks at `looks_at` rows at most, as the real one does at more."""
        behind = [row for row in self.rows if after is None or row.id < after]
        found = [row for row in behind[: self.looks_at] if is_like(row, search)]
        if len(found) > limit:
            return LivePage(found[:limit], found[limit - 1].id)
        if search and len(behind) > self.looks_at:
            last = behind[self.looks_at]
            return LivePage(found, last.id, last.at)
        return LivePage(found)

    async def newer(self, actor: Principal, *, since: str, limit: int) -> Sequence[LiveRow]:
        return [row for row in self.rows if row.id > since][:limit]

    async def tokens(self, actor: Principal, *, recent: int) -> Sequence[TokenCounts]:
        models = sorted({row.model for row in self.rows[:recent]})
        return [
            TokenCounts(model, 1200 - number, 3410, number, 2 * number, 7)
            for number, model in enumerate(models)
        ]

    async def get(self, actor: Principal, request_id: str) -> Exchange:
        for row in self.rows:
            if row.id == request_id:
                return a_refused_exchange(row) if row.outcome == "refused" else an_exchange(row)
        raise NotFoundError


def an_exchange(row: LiveRow) -> Exchange:
    """The page of one request."""
    first = RecordPlace(row.id, "gateway-0", 4021, is_covered=True)
    second = RecordPlace(fixed_id(999_999), "gateway-0", 4022, is_covered=False)
    what = "Three findings became tokens."
    steps = [Step(row.at, "exchange.intended", "Allowed to leave", what, first)]
    if row.outcome != "pending":
        end = row.at + timedelta(seconds=2)
        kind = f"exchange.{row.outcome}"
        steps.append(Step(end, kind, "Reply given back", "Two values restored.", second))
    return Exchange(
        row=row,
        upstream="mirror",
        policy="balanced",
        reason="The policy permits this purpose at this destination.",
        code="permitted",
        steps=steps,
        status=200,
        duration_ms=1834.2,
        first_byte_ms=312.4,
        restored=2,
        hostile=[("Instructions to a model from where none should come", 1)]
        if row.streamed
        else (),
        hostile_done="It was let through and recorded, as the policy says." if row.streamed else "",
    )


def a_refused_exchange(row: LiveRow) -> Exchange:
    """The page of one request that was refused, scanned or not."""
    place = RecordPlace(row.id, "gateway-0", 4021, is_covered=True)
    first = (
        "Asked, scanned, decided"
        if row.scanned
        else "Asked; turned away before anything was scanned"
    )
    blocked, missing = (
        "The policy blocks what was found: AWS access key.",
        "The key does not hold this purpose.",
    )
    reason = blocked if row.scanned else missing
    return Exchange(
        row=row,
        upstream="openai" if row.scanned else "",
        policy="strict@4be2b8e1",
        reason=reason,
        code="gateway.content-blocked" if row.scanned else "gateway.purpose-not-held",
        steps=[
            Step(row.at, "exchange.intended", first, "", place),
            Step(row.at, "exchange.refused", "Refused; nothing left", reason),
        ],
        status=400 if row.scanned else 403,
        duration_ms=1.2,
    )
