"""Groups of keys, what is taken of budgets, and portions for workers.

What is taken is in the database, one row for each budget, and changes in one
transaction: so budgets hold across workers, processes and restarts.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from curtilage.core.acts import Pseudonyms, describe_act
from curtilage.core.authority import Authority
from curtilage.core.canonical import Json
from curtilage.core.clock import Clock
from curtilage.core.db import broadcast, outbox
from curtilage.core.db.engine import Database
from curtilage.core.db.turns import read_time
from curtilage.core.ids import Ids
from curtilage.core.models import Event, Principal
from curtilage.identity.budgets import (
    Budget,
    BudgetAsk,
    BudgetPortion,
    Payer,
    Tally,
    lease,
    minute_of,
    period_of,
    verify_budgets,
)
from curtilage.identity.errors import UnacceptableGroup, UnknownGroup
from curtilage.identity.key_facts import describe_budgets
from curtilage.identity.models import MANAGE_KEYS, KeyGroup
from curtilage.identity.ports import BudgetStore
from curtilage.identity.service.keys import TOPIC

LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class BudgetService:
    """The use cases of budgets."""

    database: Database
    store: BudgetStore
    authority: Authority
    pseudonyms: Pseudonyms
    clock: Clock
    ids: Ids

    async def lease(self, payer: Payer, ask: BudgetAsk) -> BudgetPortion:
        """A portion of every budget of a payer, or why there is none.

        Asks for no right: it is the product itself. What is answered is durable. Nodes share
        the calendar of their database: one whose clock is ahead would begin periods for all."""
        async with self.database.begin() as connection:
            before = await self.store.hold_tallies(connection, payer.tenant, payer.budgets)
            at = await read_time(connection, self.clock)
            after, portion = lease(before, ask, at, whose=payer.whose)
            changed = [new for old, new in zip(before, after, strict=True) if new != old]
            await self.store.put_tallies(connection, payer.tenant, changed)
        return portion

    async def create_group(
        self, actor: Principal, name: str, budgets: Sequence[Budget]
    ) -> KeyGroup:
        """Make a group. Raises `UnacceptableGroup` or `UnacceptableBudget`."""
        self.authority.require(actor, MANAGE_KEYS, tenant=actor.tenant)
        if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable() or not name.strip():
            raise UnacceptableGroup("The name of a group has 1 to 100 printable characters.")
        wanted = verify_budgets(budgets)
        group = KeyGroup(self.ids.new(), actor.tenant, name, self.clock.now(), wanted)
        event = await self._event(actor, "key_group.created", group)
        async with self.database.begin() as connection:
            known = await self.store.load_groups(connection, actor.tenant)
            if any(other.name == name for other in known):
                raise UnacceptableGroup("There is a group with this name already.")
            await self.store.insert_group(connection, actor.tenant, group)
            await outbox.record(connection, event)
            await broadcast.bump(connection, TOPIC)
        return group

    async def limit_group(
        self, actor: Principal, name: str = "", budgets: Sequence[Budget] = (), *, id: str = ""
    ) -> KeyGroup:
        """Put other budgets in place of a group's, named by its name or its id; what was taken
        of those that stay counts on."""
        self.authority.require(actor, MANAGE_KEYS, tenant=actor.tenant)
        wanted = verify_budgets(budgets)
        async with self.database.begin() as connection:
            known = await self.store.load_groups(connection, actor.tenant)
            group = next(
                (each for each in known if (each.id == id if id else each.name == name)), None
            )
            if group is None:
                raise UnknownGroup
            group = replace(group, budgets=wanted)
            await self.store.limit_group(connection, actor.tenant, group)
            await outbox.record(connection, await self._event(actor, "key_group.limited", group))
            await broadcast.bump(connection, TOPIC)
        return group

    async def list_groups(self, actor: Principal) -> Sequence[KeyGroup]:
        """All groups of the tenant, the oldest first."""
        self.authority.require(actor, MANAGE_KEYS, tenant=actor.tenant)
        async with self.database.read() as connection:
            return await self.store.load_groups(connection, actor.tenant)

    async def standings(
        self, actor: Principal, holders: Sequence[tuple[str, Budget]]
    ) -> Sequence[Tally]:
        """What is taken now of each of these budgets, in their order."""
        self.authority.require(actor, MANAGE_KEYS, tenant=actor.tenant)
        if not holders:
            return []
        async with self.database.read() as connection:
            tallies = await self.store.load_tallies(connection, actor.tenant, holders)
        minute = minute_of(self.clock.now())
        return [
            each if each.period >= period_of(each.budget.window, minute) else replace(each, used=0)
            for each in tallies
        ]

    async def _event(self, actor: Principal, kind: str, group: KeyGroup) -> Event:
        facts: dict[str, Json] = {"group": group.id, "budgets": describe_budgets(group.budgets)}
        return await describe_act(
            actor, kind, facts, ids=self.ids, clock=self.clock, pseudonyms=self.pseudonyms
        )
