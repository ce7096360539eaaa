"""Gives people and apps budgets, and says what is taken of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from curtilage.core.acts import Pseudonyms, describe_act
from curtilage.core.authority import Authority
from curtilage.core.canonical import Json
from curtilage.core.clock import Clock
from curtilage.core.db import broadcast, outbox
from curtilage.core.db.engine import Database
from curtilage.core.ids import Ids
from curtilage.core.models import Event, Principal, PrincipalId, TenantId
from curtilage.identity.budgets import Budget, Tally, Whose, verify_budgets
from curtilage.identity.caller_budgets import EVERYBODY, CallerBudgets, holder_of
from curtilage.identity.key_facts import describe_budgets
from curtilage.identity.models import MANAGE_KEYS
from curtilage.identity.ports import CallerBudgetStore
from curtilage.identity.principal_ids import principal_id
from curtilage.identity.service.budgets import BudgetService
from curtilage.identity.service.keys import TOPIC

_KINDS: Mapping[Whose, str] = {Whose.PERSON: "person.limited", Whose.APP: "oauth_client.limited"}


@dataclass(frozen=True, slots=True)
class CallerBudgetService:
    """The use cases, for who may give keys budgets: what a call costs is one matter."""

    database: Database
    store: CallerBudgetStore
    budgets: BudgetService
    authority: Authority
    pseudonyms: Pseudonyms
    clock: Clock
    ids: Ids

    async def limit(
        self, actor: Principal, whose: Whose, id: str, budgets: Sequence[Budget]
    ) -> tuple[Budget, ...]:
        """Put these in place of what a person or an app has, or of what `EVERYBODY` has.

        None: from then on those of everybody hold. What was taken of a budget that stays
        counts on; every worker knows within a second. Raises `UnacceptableBudget`."""
        self.authority.require(actor, MANAGE_KEYS, tenant=actor.tenant)
        wanted = verify_budgets(budgets)
        event = await self._describe(actor, whose, id, wanted)
        async with self.database.begin() as connection:
            await self.store.put(connection, actor.tenant, whose, principal_id(id), wanted)
            await outbox.record(connection, event)
            await broadcast.bump(connection, TOPIC)
        return wanted

    async def standings(self, actor: Principal, whose: Whose, id: str) -> Sequence[Tally]:
        """What is taken now of each budget that holds for a person or an app."""
        found = (await self.load(actor.tenant)).find(whose, principal_id(id))
        if id == EVERYBODY:
            self.authority.require(actor, MANAGE_KEYS, tenant=actor.tenant)
            return [Tally(EVERYBODY, budget) for budget in found]
        holder = holder_of(whose, principal_id(id))
        return await self.budgets.standings(actor, [(holder, budget) for budget in found])

    async def load(self, tenant: TenantId) -> CallerBudgets:
        """What calls are held to. Asks for no right: it is the product itself."""
        async with self.database.read() as connection:
            return await self.store.load(connection, tenant)

    async def _describe(
        self, actor: Principal, whose: Whose, id: str, budgets: Sequence[Budget]
    ) -> Event:
        facts: dict[str, Json] = {"budgets": describe_budgets(budgets)}
        if id == EVERYBODY:
            facts["everybody"] = True
        elif whose is Whose.PERSON:
            facts["person"] = await self.pseudonyms.pseudonym(actor.tenant, PrincipalId(id))
        else:
            facts["client"] = id[:255]
        return await describe_act(
            actor,
            _KINDS[whose],
            facts,
            ids=self.ids,
            clock=self.clock,
            pseudonyms=self.pseudonyms,
        )
