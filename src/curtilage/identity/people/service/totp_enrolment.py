"""Sets an authenticator app up: a secret is offered, and kept once a code of it was right."""

from dataclasses import dataclass
from datetime import timedelta

from curtilage.core.db import outbox
from curtilage.core.entropy import Entropy
from curtilage.core.models import PrincipalId
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
from curtilage.identity.people.ports import CeremonyStore
from curtilage.identity.people.rules import MOST_TRIES, is_open
from curtilage.identity.people.service.guard import AccountGuard
from curtilage.identity.people.service.proving import TOTP
from curtilage.identity.people.service.sessions import SessionService
from curtilage.identity.people.views import TotpOffer
from curtilage.identity.wire.secrets import find_digest, mint_secret
from curtilage.identity.wire.totp import (
    encode_otpauth,
    encode_secret,
    mint_totp_secret,
    verify_code,
)

ENROL_WITHIN = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class TotpEnrolment:
    """The use cases of setting an app up. `issuer` is what apps call this service."""

    guard: AccountGuard
    sessions: SessionService
    ceremonies: CeremonyStore
    issuer: str
    entropy: Entropy

    async def offer(self, session: Session) -> TotpOffer:
        """A secret for an authenticator app, not yet set up. Raises `ProveAgain`."""
        await self.guard.require_fresh(session)
        at, kind = self.guard.clock.now(), CeremonyKind.TOTP_ENROLMENT
        secret, waiting = mint_totp_secret(self.entropy), mint_secret(self.entropy)
        ceremony = Ceremony(
            tenant=session.tenant,
            digest=waiting.digest,
            kind=kind,
            expires_at=at + ENROL_WITHIN,
            person=session.person,
            data=await self.guard.register.boxes.seal(session.person, secret, TOTP),
        )
        async with self.guard.database.begin() as connection:
            await self.ceremonies.sweep(connection, session.tenant, at)
            await self.ceremonies.delete_of(connection, session.tenant, session.person, kind)
            await self.ceremonies.insert(connection, session.tenant, ceremony)
        return await self._describe(session, waiting.text, secret)

    async def look(self, session: Session, ceremony: str) -> TotpOffer:
        """The same offer again, after a wrong code. Raises `CeremonyOver`."""
        found = await self._find(session, ceremony)
        return await self._describe(session, ceremony, await self._open(found))

    async def finish(self, session: Session, ceremony: str, typed: str) -> NewSession:
        """Keep the app, if this is a code of it; the code brings the session further too.

        Raises `ProveAgain`, `CeremonyOver` or `CodeRefused`."""
        await self.guard.require_fresh(session)
        found, tenant = await self._find(session, ceremony), session.tenant
        async with self.guard.database.begin() as connection:
            counted = await self.ceremonies.count_try(
                connection, tenant, found.digest, most=MOST_TRIES
            )
        if not counted:
            raise CeremonyOver
        at = self.guard.clock.now()
        step = verify_code(await self._open(found), typed, at=at)
        kind, register = AuthenticatorKind.TOTP, self.guard.register
        fresh = register.new_authenticator(session.person, kind, found.data, counter=step)
        event = await self.guard.describe(session, "added", kind)
        async with self.guard.database.begin() as connection:
            if not await self.ceremonies.end(connection, tenant, found.digest):
                raise CeremonyOver
            await register.authenticators.insert(connection, tenant, fresh)
            await outbox.record(connection, event)
            proof = Proof(ProofKind.TOTP, at, with_=fresh.id)
            reached = await self.sessions.reach(connection, session, proof)
            if reached is None:
                raise CeremonyOver
        return reached

    async def _find(self, session: Session, ceremony: str) -> Ceremony:
        digest = find_digest(ceremony)
        if digest is None:
            raise CeremonyOver
        async with self.guard.database.read() as connection:
            found = await self.ceremonies.find(connection, session.tenant, digest)
        if (
            found is None
            or found.kind is not CeremonyKind.TOTP_ENROLMENT
            or found.person != session.person
            or not is_open(found, at=self.guard.clock.now())
        ):
            raise CeremonyOver
        return found

    async def _open(self, found: Ceremony) -> bytes:
        person = found.person or PrincipalId("")
        secret = await self.guard.register.boxes.open(person, found.data, TOTP)
        if secret is None:
            raise CeremonyOver
        return secret

    async def _describe(self, session: Session, ceremony: str, secret: bytes) -> TotpOffer:
        names = await self.guard.register.find_names(session.tenant, [session.person])
        account = names.get(session.person, "")
        address = encode_otpauth(secret, account=account, issuer=self.issuer)
        return TotpOffer(ceremony, encode_secret(secret), address)
