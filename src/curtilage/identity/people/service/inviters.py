"""Who invited somebody, and whether they could do it still.

An invitation holds no longer than the power of whoever gave it: else they keep a way in for
themselves, for after they are disabled or deleted.
"""

from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.authority import ADMINISTRATOR, Authority
from curtilage.core.models import PrincipalId, TenantId
from curtilage.identity.errors import CeremonyOver
from curtilage.identity.models import MANAGE_PEOPLE
from curtilage.identity.people.models import Inviter, InviterKind
from curtilage.identity.people.service.ceremonies import Carried
from curtilage.identity.people.service.register import Register
from curtilage.identity.ports import Machines


@dataclass(frozen=True, slots=True)
class Inviters:
    """Looks at what an invitation carries. It asks for no right: use cases do."""

    register: Register
    authority: Authority
    machines: Machines

    async def find(self, tenant: TenantId, carried: Carried) -> Inviter:
        """Who it was, as they are now."""
        id = PrincipalId(carried["by"])
        async with self.register.database.read() as connection:
            person = await self.register.people.find(connection, tenant, id)
        if person is not None:
            held = self.authority.rights_of(() if person.disabled_at else person.roles)
            return Inviter(id, InviterKind.PERSON, held)
        rights = await self.machines.find_rights(tenant, id)
        if rights is not None:
            return Inviter(id, InviterKind.PROGRAM, rights)
        if carried.get("operator"):  # who is nobody here
            return Inviter(id, InviterKind.OPERATOR, self.authority.rights_of((ADMINISTRATOR,)))
        return Inviter(id, InviterKind.GONE)

    def may_still(self, inviter: Inviter, carried: Carried) -> bool:
        """Whether they could invite today as they did then."""
        given = self.authority.rights_of(carried["roles"].split())
        return (given | {MANAGE_PEOPLE}) <= inviter.held

    async def require(self, tenant: TenantId, carried: Carried) -> Inviter:
        """Who it was. Raises `CeremonyOver` where they could not: as if the link were over."""
        inviter = await self.find(tenant, carried)
        if not self.may_still(inviter, carried):
            raise CeremonyOver
        return inviter

    async def hold(
        self, connection: AsyncConnection, tenant: TenantId, inviter: Inviter, carried: Carried
    ) -> None:
        """Raises as `require` where a person was kept from it since; else they stay who they
        are until the transaction ends, which holds nothing else yet."""
        if inviter.kind is not InviterKind.PERSON:
            return
        people = self.register.people
        is_active = await people.hold_active(connection, tenant, inviter.id)
        person = await people.find(connection, tenant, inviter.id) if is_active else None
        held = self.authority.rights_of(person.roles if person else ())
        if not self.may_still(replace(inviter, held=held), carried):
            raise CeremonyOver
