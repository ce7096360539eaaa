"""Makes people of the administrators that versions before people enrolled.

A migration cannot seal a name: that takes the keys. So the next start does it, once for
each, in one transaction with the row that goes.
"""

from dataclasses import dataclass

from curtilage.core.authority import ADMINISTRATOR
from curtilage.core.db.engine import Database
from curtilage.core.models import TenantId
from curtilage.identity.people.models import Administrator, AuthenticatorKind, Profile
from curtilage.identity.people.service.register import Register
from curtilage.identity.people.store_ports import SetupLinkStore


@dataclass(frozen=True, slots=True)
class Adoption:
    """Done at every start; nearly always there is nothing to do."""

    database: Database
    links: SetupLinkStore
    register: Register

    async def adopt(self, tenant: TenantId) -> int:
        """How many became people. Of nodes that start together, one makes each."""
        async with self.database.read() as connection:
            waiting = await self.links.load_administrators(connection, tenant)
        return sum([await self._adopt(each) for each in waiting])

    async def _adopt(self, old: Administrator) -> bool:
        profile = Profile(old.name)
        roles = frozenset({ADMINISTRATOR})
        person = await self.register.prepare(old.tenant, profile, roles=roles, id=old.id)
        hashed = old.passphrase_hash.encode("ascii")
        kept = self.register.new_authenticator(person.id, AuthenticatorKind.PASSPHRASE, hashed)
        async with self.database.begin() as connection:
            if not await self.links.delete_administrator(connection, old.tenant, old.id):
                return False
            await self.register.insert(connection, person, profile)
            await self.register.authenticators.insert(connection, old.tenant, kept)
        return True
