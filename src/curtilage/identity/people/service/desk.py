"""What the pages of signing in and the shell work with, for the one tenant they serve."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

import orjson

from curtilage.core.models import PrincipalId, TenantId
from curtilage.core.page import NewSession
from curtilage.identity.people.errors import SignInRefused
from curtilage.identity.people.models import (
    Assurance,
    AuthenticatorKind,
    LiveSession,
    Proof,
    ProofKind,
    Session,
    Step,
)
from curtilage.identity.people.rules import (
    assess_assurance,
    fresh_proofs,
    is_signed_in,
    lead_to,
    leads_further,
)
from curtilage.identity.people.service.passkeys import PasskeyService
from curtilage.identity.people.service.proving import ProvingService
from curtilage.identity.people.service.sessions import SessionService
from curtilage.identity.people.service.setup import SetupService
from curtilage.identity.people.service.sign_in import SignInService
from curtilage.identity.people.views import Arrival, JoinOffer, Made, PasskeyOffer, Waiting

Leads = Callable[[Collection[AuthenticatorKind]], Collection[AuthenticatorKind]]
"""Which of what somebody has leads somewhere."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Implements `desk_ports.SignInDesk`; `read` is what the shell asks about cookies.

    `passkeys` is None where the address can have none."""

    tenant: TenantId
    setup: SetupService
    sign_ins: SignInService
    proving: ProvingService
    sessions: SessionService
    passkeys: PasskeyService | None = None

    async def is_enrolled(self) -> bool:
        return await self.setup.is_enrolled(self.tenant)

    async def look_at_link(self, link: str) -> JoinOffer:
        return await self.setup.look_at_link(self.tenant, link)

    async def enrol(self, *, link: str, name: str, passphrase: str, arrival: Arrival) -> NewSession:
        person = await self.setup.enrol(self.tenant, link, name=name, passphrase=passphrase)
        proof = Proof(ProofKind.SETUP_LINK, self.sessions.clock.now())
        return await self.sessions.start(person, proof, arrival)

    async def offer_first_passkey(self, link: str, *, name: str, browser: str) -> PasskeyOffer:
        return await self.setup.offer_passkey(self.tenant, link, name=name, browser=browser)

    async def enrol_by_passkey(
        self, link: str, *, name: str, made: Made, arrival: Arrival
    ) -> NewSession:
        person, proof = await self.setup.enrol_by_passkey(self.tenant, link, name=name, made=made)
        return await self.sessions.start(person, proof, arrival)

    async def sign_in(self, *, name: str, passphrase: str, arrival: Arrival) -> NewSession:
        return await self.sign_ins.sign_in(
            self.tenant, name=name, passphrase=passphrase, arrival=arrival
        )

    def offer_passkey(self, browser: str) -> str:
        if self.passkeys is None:
            return ""
        return orjson.dumps(self.passkeys.offer_sign_in(self.tenant, browser)).decode()

    async def sign_in_by_passkey(self, answer: str, arrival: Arrival) -> NewSession:
        if self.passkeys is None:
            raise SignInRefused
        return await self.passkeys.sign_in(self.tenant, answer, arrival)

    async def find_waiting(self, session: str) -> Waiting | None:
        found = await self.sessions.find(self.tenant, session)
        if found is None or is_signed_in(found):
            return None
        held = await self.proving.list_held(found)
        step = await self.sessions.demands.next_step(found, held)
        if step is not Step.PROVE:
            return Waiting(frozenset(), step=step or Step.PROVE)
        at = self.sessions.clock.now()
        return await self._ways(
            found,
            lambda kinds: {each for each in kinds if leads_further(found.proofs, each, at=at)},
        )

    async def list_ways(self, session: str, level: Assurance = Assurance.NONE) -> Waiting | None:
        found = await self.sessions.find(self.tenant, session)
        if found is None:
            return None
        if not level:
            return await self._ways(found, lambda kinds: kinds)
        fresh = fresh_proofs(found, at=self.sessions.clock.now())
        return await self._ways(found, lambda kinds: lead_to(fresh, kinds, level))

    async def has_level(self, session: str, level: Assurance) -> bool:
        found = await self.sessions.find(self.tenant, session)
        if found is None:
            return False
        fresh = fresh_proofs(found, at=self.sessions.clock.now())
        return assess_assurance(fresh) >= level

    async def prove(self, session: str, kind: ProofKind, value: str, *, address: str) -> NewSession:
        found = await self.sessions.find(self.tenant, session)
        ways = {
            ProofKind.PASSPHRASE: self.proving.prove_by_passphrase,
            ProofKind.TOTP: self.proving.prove_by_code,
            ProofKind.RECOVERY_CODE: self.proving.prove_by_recovery_code,
        }
        if self.passkeys is not None:
            ways[ProofKind.PASSKEY] = self.passkeys.prove
        if found is None or kind not in ways or not await self._is_asked(found):
            raise SignInRefused
        return await ways[kind](found, value, address=address)

    async def _is_asked(self, session: Session) -> bool:
        """A session on its way takes a proof where that is its next step: a recovery code
        does not stand for a second factor that nobody set up yet."""
        if is_signed_in(session):
            return True
        held = await self.proving.list_held(session)
        return await self.sessions.demands.next_step(session, held) is Step.PROVE

    async def _ways(self, session: Session, leads: Leads) -> Waiting:
        """What somebody has that leads somewhere, and what to ask a browser for."""
        kinds = {each.kind for each in await self.proving.list_held(session)}
        ways = frozenset(leads(kinds))
        register = self.proving.register
        account = await register.find_sign_in_name(session.tenant, session.person)
        if self.passkeys is None or AuthenticatorKind.PASSKEY not in ways:
            return Waiting(ways, account=account)
        asked = await self.passkeys.offer_proof(session)
        return Waiting(ways, "" if asked is None else orjson.dumps(asked).decode(), account)

    async def sign_out(self, session: str) -> None:
        await self.sessions.endings.sign_out(self.tenant, session)

    async def keep_language(self, person: PrincipalId, language: str) -> None:
        """Write to whoever chose it in this language."""
        register = self.sessions.register
        async with register.database.begin() as connection:
            await register.keep_language(connection, self.tenant, person, language)

    async def read(self, secret: str) -> LiveSession | None:
        return await self.sessions.read(self.tenant, secret)
