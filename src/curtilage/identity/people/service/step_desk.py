"""What somebody sets up on the way in: a second factor that is demanded, a new passphrase.

Their session opens nothing yet, and what it may do here follows from its next step alone.
"""

from dataclasses import dataclass

from curtilage.core.models import TenantId
from curtilage.core.page import NewSession
from curtilage.identity.errors import CeremonyOver
from curtilage.identity.people.errors import PasskeysOff
from curtilage.identity.people.models import AuthenticatorKind, Session, Step
from curtilage.identity.people.rules import is_signed_in, leads_to
from curtilage.identity.people.service.passkey_enrolment import PasskeyEnrolment
from curtilage.identity.people.service.security import SecurityService
from curtilage.identity.people.service.sessions import SessionService
from curtilage.identity.people.service.totp_enrolment import TotpEnrolment
from curtilage.identity.people.views import PasskeyOffer, StepOffer, TotpOffer


@dataclass(frozen=True, slots=True)
class Steps:
    """Implements `desk_ports.StepDesk`. `passkeys` is None where the address can have none."""

    tenant: TenantId
    sessions: SessionService
    security: SecurityService
    totp: TotpEnrolment
    passkeys: PasskeyEnrolment | None = None

    async def look(self, session: str) -> StepOffer | None:
        found = await self.sessions.find(self.tenant, session)
        if found is None or is_signed_in(found):
            return None
        held = await self.security.guard.list_held(found)
        step = await self.sessions.demands.next_step(found, held)
        if step is None:
            return None
        kinds = {each.kind for each in held}
        app_is_enough = leads_to(found.proofs, AuthenticatorKind.TOTP, found.needs)
        return StepOffer(
            step,
            passkeys=self.passkeys is not None,
            app=app_is_enough and AuthenticatorKind.TOTP not in kinds,
            passphrase=AuthenticatorKind.PASSPHRASE not in kinds,
            shortest=await self.security.shortest(found),
        )

    async def set_passphrase(self, session: str, passphrase: str) -> NewSession:
        found, offer = await self._get(session)
        if offer.step is not Step.PASSPHRASE and not offer.passphrase:
            raise CeremonyOver
        return await self.security.renew_passphrase(found, passphrase)

    async def offer_totp(self, session: str) -> TotpOffer:
        return await self.totp.offer(await self._enrolling(session))

    async def look_at_totp(self, session: str, ceremony: str) -> TotpOffer:
        return await self.totp.look(await self._enrolling(session), ceremony)

    async def add_totp(self, session: str, ceremony: str, code: str) -> NewSession:
        return await self.totp.finish(await self._enrolling(session), ceremony, code)

    async def offer_passkey(self, session: str) -> PasskeyOffer:
        found = await self._enrolling(session)
        return await self._require_passkeys().offer(found)

    async def add_passkey(
        self, session: str, ceremony: str, answer: str, *, agent: str
    ) -> NewSession:
        found = await self._enrolling(session)
        return await self._require_passkeys().finish(found, ceremony, answer, agent=agent)

    async def _enrolling(self, session: str) -> Session:
        found, offer = await self._get(session)
        if offer.step is not Step.ENROL:
            raise CeremonyOver
        return found

    async def _get(self, session: str) -> tuple[Session, StepOffer]:
        """Raises `CeremonyOver` where there is nothing to do for it here."""
        found = await self.sessions.find(self.tenant, session)
        offer = await self.look(session)
        if found is None or offer is None or offer.step is Step.PROVE:
            raise CeremonyOver
        return found, offer

    def _require_passkeys(self) -> PasskeyEnrolment:
        if self.passkeys is None:
            raise PasskeysOff
        return self.passkeys
