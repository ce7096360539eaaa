"""Names for what records call by a pseudonym or an id, as far as they are still known."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from curtilage.app.foundation import Foundation
from curtilage.core.models import PrincipalId
from curtilage.gateway.views import AppName, Caller


async def group_names(foundation: Foundation) -> Mapping[str, str]:
    """The name of each group of keys by its id."""
    groups = await foundation.identity.budgets.list_groups(foundation.operator())
    return {group.id: group.name for group in groups}


async def caller_names(foundation: Foundation) -> Mapping[str, str]:
    """The name of each key's holder by its pseudonym in the ledger."""
    return {caller.pseudonym: caller.name for caller in await list_callers(foundation)}


async def list_callers(foundation: Foundation) -> Sequence[Caller]:
    """Every holder of a key: the newest one, a name that nobody else has, the pseudonym."""
    table = await foundation.identity.keys.load_table(foundation.tenant)
    return tell_apart(
        [
            Caller(
                key.id,
                key.name,
                await foundation.vault.actor_pseudonym(foundation.tenant, key.principal),
            )
            for key in table
        ]
    )


@dataclass(frozen=True, slots=True)
class KnownByToken:
    """Implements the gateway's `TokenCallers` by what identity notes of people and apps."""

    foundation: Foundation

    async def find_people(self, actors: Collection[str]) -> Mapping[str, str]:
        return await self.foundation.identity.oauth.callers.find_people(actors)

    async def name_people(self, ids: Collection[str]) -> Mapping[str, str]:
        register = self.foundation.identity.people.register
        people = [PrincipalId(each) for each in ids]
        names = await register.find_names(self.foundation.tenant, people)
        return {str(id): name for id, name in names.items()}

    async def name_apps(self, ids: Collection[str]) -> Mapping[str, AppName]:
        apps = await self.foundation.identity.oauth.callers.find_apps(ids)
        return {id: AppName(app.id, app.name) for id, app in apps.items()}


def tell_apart(callers: Sequence[Caller]) -> list[Caller]:
    """The same; holders who share a name get the end of a key's id behind it.

    A holder may have several keys, while one replaces another: the newest names them."""
    newest = {caller.pseudonym: caller for caller in sorted(callers, key=lambda one: one.key_id)}
    times = Counter(caller.name for caller in newest.values())
    return [
        replace(caller, name=f"{caller.name} (…{caller.key_id[-6:]})")
        if times[caller.name] > 1
        else caller
        for caller in newest.values()
    ]
