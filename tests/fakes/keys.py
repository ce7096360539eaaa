"""Keys, their groups and budgets behind the page of keys."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from curtilage.core.errors import NotFoundError
from curtilage.core.models import Principal, PrincipalId
from curtilage.identity.budgets import Budget, Measure, Tally, Window
from curtilage.identity.errors import UnacceptableKey, UnknownKeyId
from curtilage.identity.models import ApiKey, KeyGroup
from curtilage.identity.service.keys import CreatedKey, KeyRequest
from tests.builders import ASSIST, SERVICE, TENANT
from tests.fakes.clock import START
from tests.fakes.ids import fixed_id

KEYS = ("Helpdesk", "Letters to patients", "Ada's laptop", "Nightly summaries")
MONEY = Budget(Measure.MONEY, Window.MONTH, 20_000_000)
CALLS = Budget(Measure.REQUESTS, Window.DAY, 5000)
TOKENS = Budget(Measure.TOKENS, Window.MONTH, 40_000_000)
TEAM = KeyGroup(fixed_id(77), TENANT, "Patient services", START, (TOKENS,))


@dataclass
class FakeKeys:
    """Keys in a list; the text of a new one is the same each time."""

    kept: list[ApiKey] = field(default_factory=list)

    async def page(
        self, actor: Principal, *, before: str = "", limit: int = 50
    ) -> Sequence[ApiKey]:
        newest = sorted(self.kept, key=lambda key: key.id, reverse=True)
        return [key for key in newest if not before or key.id < before][:limit]

    async def rotate(
        self, actor: Principal, key_id: str, *, overlap: timedelta = timedelta(hours=24)
    ) -> CreatedKey:
        old = next((key for key in self.kept if key.id == key_id), None)
        if old is None:
            raise UnknownKeyId
        if old.revoked_at is not None:
            raise UnacceptableKey("The key has ended; make a new one instead.")
        self.kept[self.kept.index(old)] = replace(old, expires_at=START + overlap)
        key = replace(old, id=fixed_id(900 + len(self.kept)), created_at=START)
        self.kept.append(key)
        return CreatedKey(key, "cur_" + "Rotated" * 7)

    async def create(self, actor: Principal, request: KeyRequest) -> CreatedKey:
        key = a_key(len(self.kept) + 1, name=request.name, purposes=request.purposes)
        self.kept.append(key)
        return CreatedKey(key, "cur_" + "Example" * 7)

    async def standings(
        self, actor: Principal, holders: Sequence[tuple[str, Budget]]
    ) -> Sequence[Tally]:
        """A third of each is taken, all of what counts requests, and most of what is shared."""
        shares = {Measure.REQUESTS: 100, Measure.TOKENS: 33, Measure.MONEY: 62}
        return [
            Tally(
                holder,
                budget,
                used=budget.limit * (90 if holder == TEAM.id else shares[budget.measure]) // 100,
            )
            for holder, budget in holders
        ]

    async def revoke(self, actor: Principal, key_id: str) -> ApiKey:
        for place, key in enumerate(self.kept):
            if key.id == key_id:
                self.kept[place] = replace(key, revoked_at=START)
                return self.kept[place]
        raise NotFoundError


def a_key(number: int, **given: Any) -> ApiKey:
    """The key of that number, of the helpdesk unless told otherwise."""
    defaults: dict[str, Any] = {
        "id": fixed_id(number),
        "tenant": TENANT,
        "principal": SERVICE,
        "name": KEYS[number % len(KEYS)],
        "digest": bytes(32),
        "created_at": START + timedelta(days=number),
        "purposes": frozenset({ASSIST}),
        "expires_at": START + timedelta(days=90 * number),
    }
    return ApiKey(**(defaults | given))


def some_keys() -> list[ApiKey]:
    """One of each state."""
    expired = a_key(1, expires_at=START - timedelta(days=1))
    limited = a_key(
        3,
        budgets=(CALLS, MONEY),
        group=TEAM,
        models=frozenset({"gpt-4o", "claude-sonnet-4-5"}),
        rights=frozenset({"restore"}),
        owner=PrincipalId(fixed_id(5)),
        last_used_at=START - timedelta(minutes=7),
    )
    manages = frozenset({"people:manage", "sessions:manage"})
    deploys = a_key(4, expires_at=None, purposes=frozenset(), rights=manages)
    return [expired, a_key(2, revoked_at=START), limited, deploys]
