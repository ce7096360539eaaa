"""Puts the management API together, over use cases that are there."""

from dataclasses import dataclass

from curtilage.core.slice import Slice
from curtilage.identity.ground import Ground
from curtilage.identity.management.client_api import ClientApi
from curtilage.identity.management.doors import Doors
from curtilage.identity.management.key_api import KeyApi
from curtilage.identity.management.people_api import PeopleApi
from curtilage.identity.management.resource import audience_of
from curtilage.identity.management.service.callers import Callers
from curtilage.identity.management.service.machines import KeysAndApps
from curtilage.identity.oauth.build import OAuth
from curtilage.identity.oauth.store.clients import SqlClientStore
from curtilage.identity.people.build import People
from curtilage.identity.people.store.people import SqlPersonStore
from curtilage.identity.providers.build import Providers
from curtilage.identity.service.budgets import BudgetService
from curtilage.identity.service.keys import KeyService
from curtilage.identity.store.keys import SqlKeyStore


@dataclass(frozen=True, slots=True)
class Management:
    """The room, built."""

    people: PeopleApi
    clients: ClientApi
    keys: KeyApi

    def as_slice(self) -> Slice:
        """What it offers to the control process: endpoints alone."""
        doors = (self.people, self.clients, self.keys)
        return Slice(
            name="management",
            endpoints=[endpoint for each in doors for endpoint in each.endpoints()],
        )


@dataclass(frozen=True, slots=True)
class UseCases:
    """Whom the doors lead to."""

    keys: KeyService
    budgets: BudgetService
    people: People
    oauth: OAuth
    providers: Providers


def build_machines(ground: Ground) -> KeysAndApps:
    """What knows how far keys and apps reach."""
    return KeysAndApps(
        ground.database,
        SqlKeyStore(),
        SqlClientStore(),
        SqlPersonStore(),
        ground.authority,
        ground.clock,
    )


def build_management(ground: Ground, over: UseCases) -> Management:
    """The API of the tenant whose people these are."""
    people, oauth = over.people, over.oauth
    base = oauth.ground.settings.base
    callers = Callers(
        tenant=people.tenant,
        database=ground.database,
        keys=SqlKeyStore(),
        machines=build_machines(ground),
        explaining=oauth.explaining,
        base=base,
        audience=audience_of(base),
        clock=ground.clock,
        demands=people.demands,
    )
    doors = Doors(callers, ground.authority, ground.ids)
    return Management(
        PeopleApi(
            doors,
            people.people,
            people.invitations,
            people.leaving,
            oauth.consents,
            over.providers.overseeing,
        ),
        ClientApi(doors, oauth.clients),
        KeyApi(doors, over.keys, over.budgets, ground.clock),
    )
