"""Sets an authenticator app up: a secret is offered, and kept once a code of it was right."""

from dataclasses import dataclass
from datetime import timedelta

from curtilage.core.entropy import Entropy
from curtilage.core.page import NewSession
from curtilage.identity.errors import CeremonyOver
from curtilage.identity.people.models import (
    AuthenticatorKind,
    Ceremony,
    CeremonyKind,
    Proof,
    ProofKind,
    Session,
)
from curtilage.identity.people.service.ceremonies import CeremonyBook
from curtilage.identity.people.service.guard import AccountGuard
from curtilage.identity.people.service.proving import TOTP
from curtilage.identity.people.service.sessions import SessionService
from curtilage.identity.people.views import TotpOffer
from curtilage.identity.wire.totp import (
    encode_otpauth,
    encode_secret,
    mint_totp_secret,
    verify_code,
)

ENROL_WITHIN = timedelta(minutes=10)
KIND = CeremonyKind.TOTP_ENROLMENT


@dataclass(frozen=True, slots=True)
class TotpEnrolment:
    """The use cases of setting an app up. `issuer` is what apps call this service."""

    guard: AccountGuard
    sessions: SessionService
    ceremonies: CeremonyBook
    issuer: str
    entropy: Entropy

    async def offer(self, session: Session) -> TotpOffer:
        """A secret for an authenticator app, not yet set up. Raises `ProveAgain`."""
        await self.guard.require_fresh(session)
        secret = mint_totp_secret(self.entropy)
        waiting = await self.ceremonies.begin(
            session.tenant,
            KIND,
            within=ENROL_WITHIN,
            person=session.person,
            carried={"secret": secret.hex()},
        )
        return await self._describe(session, waiting, secret)

    async def look(self, session: Session, ceremony: str) -> TotpOffer:
        """The same offer again, after a wrong code. Raises `CeremonyOver`."""
        found = await self._find(session, ceremony)
        return await self._describe(session, ceremony, self._open(found))

    async def finish(self, session: Session, ceremony: str, typed: str) -> NewSession:
        """Keep the app, if this is a code of it; the code brings the session further too.

        Raises `ProveAgain`, `CeremonyOver` or `CodeRefused`."""
        await self.guard.require_fresh(session)
        found = await self._find(session, ceremony)
        await self.ceremonies.count_try(found)
        secret, at = self._open(found), self.guard.clock.now()
        step = verify_code(secret, typed, at=at)
        kind, register = AuthenticatorKind.TOTP, self.guard.register
        material = await register.boxes.seal(session.person, secret, TOTP)
        fresh = register.new_authenticator(session.person, kind, material, counter=step)
        async with self.guard.changing(session, "added", kind) as connection:
            held = await self.sessions.hold(connection, session)
            await self.ceremonies.end(connection, found)
            await register.authenticators.insert(connection, session.tenant, fresh)
            proof = Proof(ProofKind.TOTP, at, with_=fresh.id)
            reached = await self.sessions.reach(connection, held, proof)
            if reached is None:
                raise CeremonyOver
        return reached

    async def _find(self, session: Session, ceremony: str) -> Ceremony:
        found = await self.ceremonies.find(session.tenant, KIND, ceremony)
        if found.person != session.person:
            raise CeremonyOver
        return found

    def _open(self, found: Ceremony) -> bytes:
        return bytes.fromhex(self.ceremonies.open(found)["secret"])

    async def _describe(self, session: Session, ceremony: str, secret: bytes) -> TotpOffer:
        names = await self.guard.register.find_names(session.tenant, [session.person])
        account = names.get(session.person, "")
        address = encode_otpauth(secret, account=account, issuer=self.issuer)
        return TotpOffer(ceremony, encode_secret(secret), address)
