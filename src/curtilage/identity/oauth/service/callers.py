"""Who is behind what records of calls say: the people and the apps of access tokens.

The gateway knows what a token says, and records the pseudonym of that. A pseudonym cannot be
undone: whose it is, is noted when somebody lets an app call for them, and deleted with them.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.models import PrincipalId
from curtilage.identity.oauth.models.clients import Client
from curtilage.identity.oauth.service.ground import Ground
from curtilage.identity.oauth.store_ports import CallerStore, ClientStore
from curtilage.identity.principal_ids import SAVED, principal_id
from curtilage.identity.token_callers import CALL


@dataclass(frozen=True, slots=True)
class Called:
    """The pseudonym in records, and the id that stands in tokens: keys are made under that."""

    actor: str
    principal: PrincipalId


@dataclass(frozen=True, slots=True)
class CallerBook:
    """Notes who will come with tokens, and finds them again.

    An app that calls people by names of its own makes several pseudonyms of one person."""

    ground: Ground
    callers: CallerStore
    clients: ClientStore

    async def name(
        self, client: Client, person: PrincipalId, scopes: Collection[str]
    ) -> Called | None:
        """What records will call this person with this app; None where it may call no model.

        Asked before the transaction that notes it: a first pseudonym makes a key."""
        if CALL not in scopes:
            return None
        subject = principal_id(self.ground.subject_of(client, person))
        return Called(await self.ground.pseudonyms.pseudonym(self.ground.tenant, subject), subject)

    async def note(
        self, connection: AsyncConnection, called: Called | None, person: PrincipalId
    ) -> None:
        """Keep whose name this is, in the caller's transaction."""
        if called is not None:
            await self.callers.keep(
                connection, self.ground.tenant, called.actor, person, principal=called.principal
            )

    async def find_people(self, actors: Collection[str]) -> Mapping[str, PrincipalId]:
        """The people behind these, as far as they are known. Asks for no right: an id alone
        says nothing, and their pages ask for one."""
        async with self.ground.database.read() as connection:
            return await self.callers.find_people(connection, self.ground.tenant, actors)

    async def find_apps(self, ids: Collection[str]) -> Mapping[str, Client]:
        """The apps that records call so, revoked ones too."""
        async with self.ground.database.read() as connection:
            tenant = self.ground.tenant
            found = {id: await self.clients.find(connection, tenant, id) for id in set(ids)}
            if any(id.startswith(SAVED) for id, client in found.items() if client is None):
                every = await self.clients.load(connection, tenant)
                found |= {id: each for each in every if (id := principal_id(each.id)) in found}
        return {id: client for id, client in found.items() if client is not None}
