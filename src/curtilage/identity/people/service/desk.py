"""What the pages of signing in and the shell work with, for the one tenant they serve."""

from dataclasses import dataclass

from curtilage.core.models import TenantId
from curtilage.core.page import NewSession
from curtilage.identity.people.models import LiveSession, Proof, ProofKind
from curtilage.identity.people.service.sessions import SessionService
from curtilage.identity.people.service.setup import SetupService
from curtilage.identity.people.service.sign_in import SignInService
from curtilage.identity.people.views import Arrival


@dataclass(frozen=True, slots=True)
class Desk:
    """Implements `views.SignInDesk`; `read` is what the shell asks about cookies."""

    tenant: TenantId
    setup: SetupService
    sign_ins: SignInService
    sessions: SessionService

    async def is_enrolled(self) -> bool:
        return await self.setup.is_enrolled(self.tenant)

    async def look_at_link(self, link: str) -> None:
        await self.setup.look_at_link(self.tenant, link)

    async def enrol(self, *, link: str, name: str, passphrase: str, arrival: Arrival) -> NewSession:
        person = await self.setup.enrol(self.tenant, link, name=name, passphrase=passphrase)
        proof = Proof(ProofKind.SETUP_LINK, self.sessions.clock.now())
        return await self.sessions.start(person, proof, arrival)

    async def sign_in(self, *, name: str, passphrase: str, arrival: Arrival) -> NewSession:
        return await self.sign_ins.sign_in(
            self.tenant, name=name, passphrase=passphrase, arrival=arrival
        )

    async def sign_out(self, session: str) -> None:
        await self.sessions.sign_out(self.tenant, session)

    async def read(self, secret: str) -> LiveSession | None:
        return await self.sessions.read(self.tenant, secret)
