"""What the identity pages and the shell work with, for the one tenant they serve."""

from dataclasses import dataclass

from curtilage.core.models import TenantId
from curtilage.core.page import NewSession
from curtilage.identity.models import LiveSession
from curtilage.identity.service.sessions import SessionService
from curtilage.identity.service.setup import SetupService
from curtilage.identity.views import BegunSession


@dataclass(frozen=True, slots=True)
class Desk:
    """Implements `views.SignInDesk`; `read` is what the shell asks about cookies."""

    tenant: TenantId
    setup: SetupService
    sessions: SessionService

    async def is_enrolled(self) -> bool:
        return await self.setup.is_enrolled(self.tenant)

    async def look_at_link(self, link: str) -> None:
        await self.setup.look_at_link(self.tenant, link)

    async def enrol(self, *, link: str, name: str, passphrase: str, peer: str) -> BegunSession:
        administrator = await self.setup.enrol(self.tenant, link, name=name, passphrase=passphrase)
        return _begun(await self.sessions.begin(administrator, address=peer))

    async def sign_in(self, *, name: str, passphrase: str, peer: str) -> BegunSession:
        return _begun(
            await self.sessions.sign_in(self.tenant, name=name, passphrase=passphrase, address=peer)
        )

    async def sign_out(self, session: str) -> None:
        await self.sessions.sign_out(self.tenant, session)

    async def read(self, secret: str) -> LiveSession | None:
        return await self.sessions.read(self.tenant, secret)


def _begun(session: NewSession) -> BegunSession:
    return BegunSession(session.secret, session.expires_at)
