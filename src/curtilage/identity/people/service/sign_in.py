"""Signs people in: by passphrase, and by the second factor that follows.

Whatever is wrong with an attempt, the same work is done and the same refusal comes out: a
name that is not there is compared with nobody's passphrase, and counted like one that is.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.clock import Clock
from curtilage.core.db.engine import Database
from curtilage.core.errors import InputError
from curtilage.core.models import PrincipalId, TenantId
from curtilage.core.page import NewSession
from curtilage.identity.passphrases import normalise_passphrase
from curtilage.identity.people.errors import SignInRefused
from curtilage.identity.people.models import (
    Authenticator,
    AuthenticatorKind,
    Person,
    Proof,
    ProofKind,
)
from curtilage.identity.people.rules import handle_text
from curtilage.identity.people.service.attempts import AttemptCounter, Counters
from curtilage.identity.people.service.leaks import LeakWatch
from curtilage.identity.people.service.register import Register
from curtilage.identity.people.service.sessions import SessionService
from curtilage.identity.people.views import Arrival
from curtilage.identity.ports import Passphrases

NOBODY = PrincipalId("")


@dataclass(frozen=True, slots=True)
class SignInService:
    """The use cases of signing in."""

    database: Database
    register: Register
    sessions: SessionService
    attempts: AttemptCounter
    passphrases: Passphrases
    clock: Clock
    leaks: LeakWatch

    async def sign_in(
        self, tenant: TenantId, *, name: str, passphrase: str, arrival: Arrival
    ) -> NewSession:
        """Begin a session for whom a name or a confirmed address names.

        It may need a second factor before it opens anything. Raises `TooManyAttempts`
        before anything is looked at, `TooManySignIns`, or `SignInRefused`."""
        claimed, raw = _read_claim(name, passphrase)
        counters = self.attempts.counters(tenant, claimed, arrival.address)
        async with self.database.begin(may_be_lost=True) as connection:
            await self.attempts.count_within(connection, tenant, counters)
            person, held = await self._find(connection, tenant, claimed)
        kept = find_passphrase(held)
        hashed = None if kept is None else kept.material.decode("ascii")
        matches = await self.passphrases.matches(hashed, raw)
        if person is None or kept is None or hashed is None or not matches:
            await self.attempts.refuse(tenant, counters, how=ProofKind.PASSPHRASE.value)
            raise SignInRefused
        if self.passphrases.is_outdated(hashed):
            await self._rehash(person, kept, raw)
        held = await self.leaks.look(person, kept, raw, held)
        return await self._begin(person, kept, counters, arrival, held)

    async def _find(
        self, connection: AsyncConnection, tenant: TenantId, claimed: str
    ) -> tuple[Person | None, Sequence[Authenticator]]:
        """Who is named, and what they have; nobody for those who are disabled."""
        found = await self.register.people.find_by_handle(
            connection, tenant, self.register.digest(claimed)
        )
        person = found[0] if found and found[0].disabled_at is None else None
        id = person.id if person else NOBODY  # the same work for those who are not there
        return person, await self.register.authenticators.load(connection, tenant, id)

    async def _rehash(self, person: Person, kept: Authenticator, raw: bytes) -> None:
        fresh = await self.passphrases.hash(raw)
        async with self.database.begin() as connection:
            await self.register.authenticators.replace_material(
                connection, person.tenant, kept.id, fresh.encode("ascii")
            )

    async def _begin(
        self,
        person: Person,
        used: Authenticator,
        counters: Counters,
        arrival: Arrival,
        held: Sequence[Authenticator],
    ) -> NewSession:
        at = self.clock.now()
        proof = Proof(ProofKind.PASSPHRASE, at, with_=used.id)
        opening = await self.sessions.prepare(person, proof, arrival, held=held)
        async with self.database.begin() as connection:
            whose = await self.sessions.hold_opening(connection, opening)
            if not await self.register.authenticators.use(
                connection, person.tenant, used.id, at=at
            ):  # changed meanwhile: what was right a moment ago is not any more
                raise SignInRefused
            known = await self.attempts.forgive(connection, person.tenant, counters)
            return await self.sessions.begin(connection, whose, opening, is_new_device=not known)


def find_passphrase(held: Sequence[Authenticator]) -> Authenticator | None:
    """The passphrase among what somebody has."""
    return next((each for each in held if each.kind is AuthenticatorKind.PASSPHRASE), None)


def _read_claim(name: str, passphrase: str) -> tuple[str, bytes]:
    """Name and passphrase as they are compared; what cannot be any is compared as nothing."""
    try:
        return handle_text(name), normalise_passphrase(passphrase)
    except InputError:
        return "", b""
