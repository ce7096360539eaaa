"""What keys and apps may manage at this moment."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.authority import Authority
from curtilage.core.clock import Clock
from curtilage.core.db.engine import Database
from curtilage.core.models import PrincipalId, TenantId
from curtilage.identity.errors import KeyRefused
from curtilage.identity.models import MANAGEMENT_RIGHTS, ApiKey
from curtilage.identity.oauth.store_ports import ClientStore
from curtilage.identity.people.store_ports import PersonStore
from curtilage.identity.ports import KeyStore
from curtilage.identity.rules import verify_api_key


@dataclass(frozen=True, slots=True)
class KeysAndApps:
    """Implements `ports.Machines`, by the rows as they are."""

    database: Database
    keys: KeyStore
    clients: ClientStore
    people: PersonStore
    authority: Authority
    clock: Clock

    async def find_rights(self, tenant: TenantId, principal: PrincipalId) -> frozenset[str] | None:
        async with self.database.read() as connection:
            keys = await self.keys.load_of(connection, tenant, principal)
            if keys:
                reaches = [await self.reach_of(connection, each) for each in keys]
                return frozenset[str]().union(*reaches)
            client = await self.clients.find(connection, tenant, principal)
        if client is None:
            return None
        return frozenset() if client.revoked_at else managing(client.scopes)

    async def reach_of(self, connection: AsyncConnection, key: ApiKey) -> frozenset[str]:
        """What a key may manage: nothing once it ended, and no more than its owner may now."""
        try:
            rights = managing(verify_api_key(key, at=self.clock.now()).rights)
        except KeyRefused:
            return frozenset()
        if key.owner is None:
            return rights
        return rights & await self.reach_of_person(connection, key.tenant, key.owner)

    async def reach_of_person(
        self, connection: AsyncConnection, tenant: TenantId, id: PrincipalId
    ) -> frozenset[str]:
        """What somebody may manage: nothing while they are disabled."""
        person = await self.people.find(connection, tenant, id)
        if person is None or person.disabled_at is not None:
            return frozenset()
        return managing(self.authority.rights_of(person.roles))


def managing(rights: Iterable[str]) -> frozenset[str]:
    """Those of them that open the management API."""
    return frozenset(rights) & MANAGEMENT_RIGHTS.keys()
