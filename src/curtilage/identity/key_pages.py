"""API keys in the console: list, make, revoke. Each calls one service method."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from curtilage.core.clock import Clock
from curtilage.core.errors import DeniedError, InputError
from curtilage.core.models import Principal, PurposeKey
from curtilage.core.page import Flash, Page, SeeOther, Visit
from curtilage.core.refusal import Refusal
from curtilage.core.slice import NavItem, Route
from curtilage.core.words import say
from curtilage.identity.budgets import Budget, Measure, Tally, Window
from curtilage.identity.models import KEY_RIGHTS, MANAGE_KEYS, ApiKey
from curtilage.identity.ports import KnownPurposes
from curtilage.identity.rules import state_of
from curtilage.identity.service.keys import OVERLAP, CreatedKey, KeyRequest

ROWS = 25
LONGEST_NAME = 64
LIVES: Mapping[str, tuple[str, timedelta | None]] = {
    "90": (say("In 90 days"), timedelta(days=90)),
    "365": (say("In a year"), timedelta(days=365)),
    "never": (say("Never; somebody has to revoke it"), None),
}


OVERLAPS: Mapping[str, tuple[str, timedelta]] = {
    "0": (say("At once"), timedelta(0)),
    "24": (say("In a day"), OVERLAP),
    "168": (say("In a week"), timedelta(days=7)),
    "720": (say("In 30 days"), timedelta(days=30)),
}
ONE = "/console/keys/{id}"
NEARLY = 80  # percent from which a budget is shown as nearly used up


class BudgetDesk(Protocol):
    """Says what is taken of budgets."""

    async def standings(
        self, actor: Principal, holders: Sequence[tuple[str, Budget]]
    ) -> Sequence[Tally]: ...


class KeyDesk(Protocol):
    """The use cases that these pages call."""

    async def page(
        self, actor: Principal, *, before: str = "", limit: int = 50
    ) -> Sequence[ApiKey]: ...

    async def rotate(
        self, actor: Principal, key_id: str, *, overlap: timedelta = OVERLAP
    ) -> CreatedKey: ...

    async def create(self, actor: Principal, request: KeyRequest) -> CreatedKey: ...

    async def revoke(self, actor: Principal, key_id: str) -> ApiKey: ...


@dataclass(frozen=True, slots=True)
class KeyPages:
    """Doors to the keys of the tenant."""

    keys: KeyDesk
    budgets: BudgetDesk
    known_purposes: KnownPurposes
    clock: Clock
    usual_purpose: Callable[[], str]

    def routes(self) -> Sequence[Route]:
        """The routes that these pages answer."""
        return (
            Route("GET", "/console/keys", self.show, MANAGE_KEYS, "identity.keys"),
            Route("POST", "/console/keys", self.create, MANAGE_KEYS, "identity.keys-create"),
            Route("POST", f"{ONE}/rotate", self.rotate, MANAGE_KEYS, "identity.keys-rotate"),
            Route("POST", f"{ONE}/revoke", self.revoke, MANAGE_KEYS, "identity.keys-revoke"),
        )

    def nav(self) -> Sequence[NavItem]:
        """Where the console names them."""
        return (NavItem(say("Keys"), "/console/keys", "key-round", "k", 40),)

    async def show(self, visit: Visit) -> Page:
        """Keys, newest first, and the form that makes one."""
        return await self._page(visit, after=visit.query.get("after", ""))

    async def create(self, visit: Visit) -> Page:
        """Make a key and show it, this once. A refresh asks before it makes another."""
        name = visit.form.get("name", "").strip()
        lives = LIVES.get(visit.form.get("expires", ""))
        purpose = visit.form.get("purpose", "")
        if not name or len(name) > LONGEST_NAME or lives is None:
            problem = say("Enter a name of at most {most} characters", most=LONGEST_NAME)
            return await self._page(visit, problems={"name": problem}, name=name[:LONGEST_NAME])
        request = KeyRequest(name, frozenset({PurposeKey(purpose)}), expires_in=lives[1])
        try:
            created = await self.keys.create(visit.actor, request)
        except InputError as refusal:
            return await self._page(visit, problems={"name": refusal.detail}, name=name)
        return _made_page(created, "")

    async def rotate(self, visit: Visit) -> Page | SeeOther:
        """Put a new key in place of one, and show it, this once."""
        ends, overlap = OVERLAPS.get(visit.form.get("overlap", ""), OVERLAPS["24"])
        try:
            created = await self.keys.rotate(visit.actor, visit.params["id"], overlap=overlap)
        except (InputError, DeniedError) as refusal:
            return SeeOther(
                "/console/keys",
                flash=Flash(refusal.told, "attention"),
                refused=Refusal(refusal.code),
            )
        return _made_page(created, say("When the key that it replaces ends: {when}", when=ends))

    async def revoke(self, visit: Visit) -> SeeOther:
        """Make a key worthless and say so."""
        key = await self.keys.revoke(visit.actor, visit.params["id"])
        said = say(
            "The key {name} is revoked. Requests with it are refused from now on.", name=key.name
        )
        return SeeOther("/console/keys", flash=Flash(said))

    async def _page(
        self,
        visit: Visit,
        *,
        after: str = "",
        problems: Mapping[str, str] | None = None,
        name: str = "",
    ) -> Page:
        rest = await self.keys.page(visit.actor, before=after, limit=ROWS + 1)
        context: dict[str, Any] = {
            "rows": await self._rows(visit.actor, rest[:ROWS]),
            "older": rest[ROWS - 1].id if len(rest) > ROWS else "",
            "after": after,
            "overlaps": [(key, words) for key, (words, _) in OVERLAPS.items()],
            "rights": KEY_RIGHTS,
            "purposes": [(purpose, purpose) for purpose in sorted(self.known_purposes())],
            "usual_purpose": self.usual_purpose(),
            "lives": [(key, words) for key, (words, _) in LIVES.items()],
            "problems": problems or {},
            "name": name,
        }
        return Page("identity/keys.html", context, status=422 if problems else 200)

    async def _rows(self, actor: Principal, keys: Sequence[ApiKey]) -> list[dict[str, Any]]:
        """What the table shows of keys: each with its state and its budgets."""
        holders = [holder for key in keys for holder in key.every_budget]
        known = {
            (each.holder, each.budget): each
            for each in await self.budgets.standings(actor, holders)
        }
        at = self.clock.now()
        return [
            {
                "key": key,
                "state": state_of(key, at=at),
                "budgets": [bar_of(known[holder], key) for holder in key.every_budget],
            }
            for key in keys
        ]


def _made_page(created: CreatedKey, before: str) -> Page:
    context = {"name": created.key.name, "text": created.text, "before": before}
    return Page("identity/key_made.html", context)


@dataclass(frozen=True, slots=True)
class Bar:
    """A budget as it is drawn, `percent` of it taken; `group` is "" for the key's own."""

    used: int
    limit: int
    what: str  # "" for money
    when: str
    percent: int
    tone: str
    group: str = ""


def bar_of(tally: Tally, key: ApiKey) -> Bar:
    """What is taken of a budget. What a portion holds in advance counts as taken."""
    measure, limit = tally.budget.measure, tally.budget.limit
    percent = min(100, tally.used * 100 // limit)
    what, when = _MEASURES.get(measure, ""), _WINDOWS[tally.budget.window]
    tone = "danger" if percent == 100 else "attention" if percent >= NEARLY else "neutral"
    is_shared = key.group is not None and tally.holder == key.group.id
    group = key.group.name if key.group and is_shared else ""
    return Bar(tally.used, limit, what, when, percent, tone, group)


_MEASURES: Mapping[Measure, str] = {
    Measure.REQUESTS: say("requests", context="so many"),
    Measure.TOKENS: say("tokens", context="so many"),
}
_WINDOWS: Mapping[Window, str] = {
    Window.MINUTE: say("this minute"),
    Window.DAY: say("today"),
    Window.MONTH: say("this month"),
    Window.TOTAL: say("in total"),
}
