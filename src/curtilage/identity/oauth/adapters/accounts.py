"""Who is signed in, and what is known of people: from their accounts."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.authority import PERSON, Authority
from curtilage.core.models import PrincipalId, TenantId
from curtilage.identity.oauth.models.requests import Authentication, PersonClaims
from curtilage.identity.people.models import Person
from curtilage.identity.people.ports import Boxes
from curtilage.identity.people.rules import assess_assurance, is_signed_in, list_amr
from curtilage.identity.people.service.register import Register
from curtilage.identity.people.service.sessions import SessionService
from curtilage.identity.people.store_ports import SessionStore


@dataclass(frozen=True, slots=True)
class AccountSessions:
    """Implements `ports.Authentications`."""

    tenant: TenantId
    sessions: SessionService

    async def find(self, session_secret: str) -> Authentication | None:
        session = await self.sessions.find(self.tenant, session_secret)
        if session is None or not is_signed_in(session):
            return None
        assurance = assess_assurance(session.proofs)
        return Authentication(
            person=session.person,
            session=session.id,
            at=session.proved_at,
            assurance=assurance.value,
            acr=assurance.acr,
            amr=list_amr(session.proofs),
        )

    async def end(self, session_secret: str) -> None:
        await self.sessions.endings.sign_out(self.tenant, session_secret)


@dataclass(frozen=True, slots=True)
class AccountPeople:
    """Implements `ports.People`."""

    tenant: TenantId
    register: Register
    authority: Authority
    sessions: SessionStore

    async def load_claims(self, person: PrincipalId) -> PersonClaims:
        found = await self._find(person)
        if found is None:
            return PersonClaims()
        profile = await self.register.open_profile(found)
        is_verified = profile.address_confirmed_at is not None
        return PersonClaims(
            name=profile.name,
            email=profile.address if is_verified else "",
            email_verified=is_verified,
            locale=profile.locale,
        )

    async def is_active(self, person: PrincipalId) -> bool:
        found = await self._find(person)
        return found is not None and found.disabled_at is None

    async def hold_active(self, connection: AsyncConnection, person: PrincipalId) -> bool:
        return await self.register.people.hold_active(connection, self.tenant, person)

    async def hold_session(
        self, connection: AsyncConnection, person: PrincipalId, session: str
    ) -> bool:
        return await self.sessions.hold(connection, self.tenant, person, session)

    async def list_rights(self, person: PrincipalId) -> frozenset[str]:
        found = await self._find(person)
        if found is None or found.disabled_at is not None:
            return frozenset()
        return self.authority.rights_of((PERSON, *found.roles))

    async def _find(self, person: PrincipalId) -> Person | None:
        async with self.register.database.read() as connection:
            return await self.register.people.find(connection, self.tenant, person)


@dataclass(frozen=True, slots=True)
class ServiceSealer:
    """Implements `ports.Sealer`: under the service's own key."""

    boxes: Boxes

    async def seal(self, plain: bytes, context: str) -> bytes:
        return self.boxes.seal_own(plain, f"oauth/{context}")

    async def open(self, sealed: bytes, context: str) -> bytes:
        return self.boxes.open_own(sealed, f"oauth/{context}")
