"""What access tokens stand on, for whoever judges them elsewhere: keys, and what ended.

A worker of the gateway has no database. It verifies by what is told here, and asks one
thing while it does: whether a proof of possession came before.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.clock import Clock
from curtilage.core.models import PrincipalId, TenantId
from curtilage.identity.oauth.models.standing import ChangedKind, Standing
from curtilage.identity.oauth.ports import ChangedStore, People
from curtilage.identity.oauth.rules.addresses import is_same_resource
from curtilage.identity.oauth.service.ground import OUTLIVES, Ground
from curtilage.identity.oauth.service.issuing import RIGHTS
from curtilage.identity.oauth.service.keys import KeyService
from curtilage.identity.oauth.store_ports import ClientStore, GrantStore, OnceStore
from curtilage.identity.token_callers import audience_of


@dataclass(frozen=True, slots=True)
class StandingService:
    """Tells workers. Asks for no right: it is the product itself."""

    ground: Ground
    keys: KeyService
    grants: GrantStore
    clients: ClientStore
    once: OnceStore
    changed: ChangedStore
    people: People

    async def load(self) -> Standing:
        """As it is now, read anew. What ended before any token that still holds is left out."""
        tenant, at = self.ground.tenant, self.ground.now()
        since = at - OUTLIVES
        async with self.ground.database.read() as connection:
            grants = await self.grants.load_ended(connection, tenant, since)
            clients = await self.clients.load_ended(connection, tenant, since)
            tokens = await self.once.load_ended(connection, tenant, at)
            scopes = await self._load_scopes(connection, at)
            people = await self.changed.load(connection, tenant, ChangedKind.PERSON, at)
            owners = await self.changed.load_grants(connection, tenant, people)
        return Standing(
            issuer=self.ground.settings.issuer,
            base=self.ground.settings.base,
            jwks=await self.keys.read_jwks(),
            grants=grants,
            clients=clients,
            tokens=tokens,
            rights=await self._list_rights(owners),
            scopes=scopes,
            payer_key=self.ground.secrets.payer,
            nonce_key=self.ground.secrets.gateway_nonce if self.ground.settings.dpop_nonce else b"",
        )

    async def _load_scopes(
        self, connection: AsyncConnection, at: datetime
    ) -> Mapping[str, frozenset[str] | None]:
        """What clients may have of the gateway, of those that were changed."""
        found: dict[str, frozenset[str] | None] = {}
        tenant, resource = self.ground.tenant, audience_of(self.ground.settings.base)
        for id in await self.changed.load(connection, tenant, ChangedKind.CLIENT, at):
            client = await self.clients.find(connection, tenant, id)
            may_come = client is not None and any(
                is_same_resource(each, resource) for each in client.resources
            )
            found[id] = client.scopes if client is not None and may_come else None
        return found

    async def _list_rights(self, owners: Mapping[str, PrincipalId]) -> Mapping[str, frozenset[str]]:
        """What people may do now, by their grants."""
        rights = {
            person: RIGHTS & await self.people.list_rights(person)
            for person in set(owners.values())
        }
        return {grant: rights[person] for grant, person in owners.items()}

    async def use_proof(self, digest: bytes, until: datetime) -> bool:
        """Whether this proof comes for the first time: true for exactly one caller, anywhere."""
        async with self.ground.database.begin() as connection:
            return await self.once.see(connection, self.ground.tenant, digest, until)


@dataclass(frozen=True, slots=True)
class GrantHolder:
    """Implements `people.ports.Holder`: what apps were granted by somebody ends with them,
    and what they lose, their tokens lose."""

    clock: Clock
    grants: GrantStore
    changed: ChangedStore

    async def end_all(
        self, connection: AsyncConnection, tenant: TenantId, person: PrincipalId
    ) -> int:
        return await self.grants.revoke(connection, tenant, self.clock.now(), person=person)

    async def judge_anew(
        self, connection: AsyncConnection, tenant: TenantId, person: PrincipalId
    ) -> None:
        until = self.clock.now() + OUTLIVES
        await self.changed.note(connection, tenant, ChangedKind.PERSON, person, until)
