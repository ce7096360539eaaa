"""Who asks and approves, and whether they proved it: from the accounts of people."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.authority import Authority
from curtilage.core.models import PrincipalId, Sealed, TenantId
from curtilage.identity.errors import ProveAgain
from curtilage.identity.people.models import Assurance
from curtilage.identity.people.ports import Boxes
from curtilage.identity.people.service.guard import AccountGuard
from curtilage.identity.people.service.register import Register
from curtilage.identity.people.service.sessions import SessionService
from curtilage.identity.reveal.models import Standing
from curtilage.identity.reveal.rules import find_standing

LEVEL = Assurance.TWO
USE = "reveal"
RecordSealer = Callable[[PrincipalId, bytes, str], Awaitable[Sealed]]
"""Seals a part of an Event under a person's key: whose, what, of which Event."""


@dataclass(frozen=True, slots=True)
class SessionProofs:
    """Implements `ports.Proofs`."""

    tenant: TenantId
    sessions: SessionService
    guard: AccountGuard

    async def require(self, session: str) -> PrincipalId:
        found = await self.sessions.find(self.tenant, session)
        if found is None or not self.guard.has_level(found, LEVEL):
            raise ProveAgain
        return found.person

    async def is_fresh(self, session: str) -> bool:
        found = await self.sessions.find(self.tenant, session)
        return found is not None and self.guard.has_level(found, LEVEL)


@dataclass(frozen=True, slots=True)
class RegisteredColleagues:
    """Implements `ports.Colleagues`."""

    register: Register
    authority: Authority

    async def find_standing(
        self, connection: AsyncConnection, tenant: TenantId, person: PrincipalId, right: str
    ) -> Standing | None:
        if not await self.register.people.hold_active(connection, tenant, person):
            return None
        found = await self.register.people.find(connection, tenant, person)
        if found is None:
            return None
        grants = await self.register.grants.load(connection, tenant, person)
        given = [
            (grants[role].at, grants[role].by) if role in grants else (found.created_at, None)
            for role in found.roles
            if right in self.authority.rights_of([role])
        ]
        return find_standing(person, given)

    async def find_names(
        self, tenant: TenantId, people: Collection[PrincipalId]
    ) -> Mapping[PrincipalId, str]:
        return await self.register.find_names(tenant, people)


@dataclass(frozen=True, slots=True)
class PersonReasons:
    """Implements `ports.Reasons`."""

    boxes: Boxes
    for_record: RecordSealer

    async def seal(self, person: PrincipalId, plain: bytes) -> bytes:
        return await self.boxes.seal(person, plain, USE)

    async def open(self, person: PrincipalId, sealed: bytes) -> bytes | None:
        return await self.boxes.open(person, sealed, USE)

    async def seal_for_record(self, person: PrincipalId, plain: bytes, event: str) -> Sealed:
        return await self.for_record(person, plain, event)
