"""Budgets of people and apps that come with access tokens. Pure.

A call with a token needs room in the person's budgets and in the app's, as one with a key
does in the key's and its group's. Who has none of their own is held to those of everybody:
so no app is exempt that nobody thought of.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from curtilage.core.models import TenantId
from curtilage.identity.budgets import Budget, Payer, Whose
from curtilage.identity.principal_ids import principal_id

EVERYBODY = ""  # stands where an id would: holds for each who has none of their own
OF_TOKEN = "token"  # begins the id of a payer that is no key
CALLERS = (Whose.PERSON, Whose.APP)
Held = Mapping[tuple[Whose, str], tuple[Budget, ...]]
"""Budgets by whose they are, and the id of the person or the app."""


@dataclass(frozen=True, slots=True)
class CallerBudgets:
    """All of one instant. Never changes; a newer one replaces it."""

    held: Held = field(default_factory=dict)

    def find(self, whose: Whose, id: str) -> tuple[Budget, ...]:
        """Somebody's own budgets, or those of everybody."""
        return self.held.get((whose, id)) or self.held.get((whose, EVERYBODY), ())

    def make_payer(self, tenant: TenantId, *, person: str, app: str) -> Payer:
        """Who pays for a call of this person with this app; "" for an app by itself."""
        callers = [(Whose.PERSON, person), (Whose.APP, app)] if person else [(Whose.APP, app)]
        budgets = tuple(
            (holder_of(whose, id), budget)
            for whose, id in callers
            for budget in self.find(whose, id)
        )
        whose_they_are = {holder_of(whose, id): whose for whose, id in callers}
        return Payer(tenant, f"{OF_TOKEN}\n{person}\n{app}", budgets, whose_they_are)

    def find_payer(self, tenant: TenantId, id: str) -> Payer | None:
        """The payer with an id that `make_payer` gave, by the budgets here; None for a key's."""
        kind, is_token, callers = id.partition("\n")
        if kind != OF_TOKEN or not is_token:
            return None
        person, _, app = callers.partition("\n")  # a person's id is ours and holds no line end
        return self.make_payer(tenant, person=person, app=app)


def holder_of(whose: Whose, id: str) -> str:
    """Under which what is taken is kept: never that of a key, whatever an app is called."""
    return principal_id(f"{whose.value}:{id}")
