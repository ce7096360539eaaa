"""What the pages of signing in and the shell work with, for the one tenant they serve."""

from dataclasses import dataclass

from curtilage.core.models import TenantId
from curtilage.core.page import NewSession
from curtilage.identity.errors import SignInRefused
from curtilage.identity.people.models import Assurance, LiveSession, Proof, ProofKind, Session
from curtilage.identity.people.rules import is_signed_in, leads_further, leads_to
from curtilage.identity.people.service.proving import ProvingService
from curtilage.identity.people.service.sessions import SessionService
from curtilage.identity.people.service.setup import SetupService
from curtilage.identity.people.service.sign_in import SignInService
from curtilage.identity.people.views import Arrival, Waiting


@dataclass(frozen=True, slots=True)
class Desk:
    """Implements `views.SignInDesk`; `read` is what the shell asks about cookies."""

    tenant: TenantId
    setup: SetupService
    sign_ins: SignInService
    proving: ProvingService
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

    async def find_waiting(self, session: str) -> Waiting | None:
        found = await self.sessions.find(self.tenant, session)
        if found is None or is_signed_in(found):
            return None
        ways, at = (await self._ways(found)).ways, self.sessions.clock.now()
        further = (each for each in ways if leads_further(found.proofs, each, at=at))
        return Waiting(frozenset(further))

    async def list_ways(self, session: str, level: Assurance = Assurance.NONE) -> Waiting | None:
        found = await self.sessions.find(self.tenant, session)
        if found is None:
            return None
        ways = (await self._ways(found)).ways
        return Waiting(frozenset(each for each in ways if leads_to(found.proofs, each, level)))

    async def prove(self, session: str, kind: ProofKind, value: str, *, address: str) -> NewSession:
        found = await self.sessions.find(self.tenant, session)
        ways = {
            ProofKind.PASSPHRASE: self.proving.prove_by_passphrase,
            ProofKind.TOTP: self.proving.prove_by_code,
            ProofKind.RECOVERY_CODE: self.proving.prove_by_recovery_code,
        }
        if found is None or kind not in ways:
            raise SignInRefused
        return await ways[kind](found, value, address=address)

    async def _ways(self, session: Session) -> Waiting:
        held = await self.proving.list_held(session)
        return Waiting(frozenset(each.kind for each in held))

    async def sign_out(self, session: str) -> None:
        await self.sessions.sign_out(self.tenant, session)

    async def read(self, secret: str) -> LiveSession | None:
        return await self.sessions.read(self.tenant, secret)
