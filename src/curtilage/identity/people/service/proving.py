"""Lets somebody prove who they are once more: the second factor, and stepping up.

Each proof is tried under the account's own counter, so that a stolen first factor buys a few
guesses and no more. One refusal for all that is wrong, whatever it was.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Never

from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.clock import Clock
from curtilage.core.db.engine import Database
from curtilage.core.errors import InputError
from curtilage.core.models import TenantId
from curtilage.core.page import NewSession
from curtilage.identity.passphrases import normalise_passphrase
from curtilage.identity.people.errors import SignInRefused
from curtilage.identity.people.models import (
    Authenticator,
    AuthenticatorKind,
    Proof,
    ProofKind,
    Session,
)
from curtilage.identity.people.rules import is_signed_in
from curtilage.identity.people.service.attempts import AttemptCounter
from curtilage.identity.people.service.leaks import LeakWatch
from curtilage.identity.people.service.notices import ChangeNotices
from curtilage.identity.people.service.register import Register
from curtilage.identity.people.service.sessions import SessionService
from curtilage.identity.people.service.sign_in import find_passphrase
from curtilage.identity.ports import Passphrases
from curtilage.identity.wire.errors import CodeRefused
from curtilage.identity.wire.recovery_codes import find_recovery_digest
from curtilage.identity.wire.totp import verify_code

TOTP = "totp"
CODE = "code"  # what guesses of codes count under


@dataclass(frozen=True, slots=True)
class ProvingService:
    """Brings a session further by one more proof."""

    database: Database
    register: Register
    sessions: SessionService
    attempts: AttemptCounter
    passphrases: Passphrases
    notices: ChangeNotices
    clock: Clock
    leaks: LeakWatch

    async def list_held(self, session: Session) -> Sequence[Authenticator]:
        """What whose session this is has to prove themselves with, the oldest first."""
        async with self.database.read() as connection:
            return await self.register.authenticators.load(
                connection, session.tenant, session.person
            )

    async def prove_by_passphrase(
        self, session: Session, passphrase: str, *, address: str
    ) -> NewSession:
        """Raises `TooManyAttempts`, `TooManySignIns` or `SignInRefused`."""
        counters = await self._count(session, address)
        kept = find_passphrase(await self.list_held(session))
        hashed = None if kept is None else kept.material.decode("ascii")
        raw = _read(passphrase)
        matches = await self.passphrases.matches(hashed, raw)
        if kept is None or not matches:
            await self._refuse(session.tenant, counters, ProofKind.PASSPHRASE)
        kept = await self._look_for_leak(session, kept, raw)
        return await self._reach(session, ProofKind.PASSPHRASE, kept, counters)

    async def _look_for_leak(
        self, session: Session, shown: Authenticator, raw: bytes
    ) -> Authenticator:
        """As at a sign-in: whoever shows it second, after a link by mail, is told as well."""
        async with self.database.read() as connection:
            person = await self.register.people.find(connection, session.tenant, session.person)
        if person is None:
            raise SignInRefused
        (looked,) = await self.leaks.look(person, shown, raw, (shown,))
        return looked

    async def prove_by_code(self, session: Session, typed: str, *, address: str) -> NewSession:
        """By the code of an authenticator app. A code is good once, on whichever node.

        Raises `TooManyAttempts` or `SignInRefused`."""
        counters = await self._count(session, address)
        for kept in await self.list_held(session):
            step = await self._find_step(kept, typed)
            if step is not None:
                return await self._reach(session, ProofKind.TOTP, kept, counters, counter=step)
        return await self._refuse(session.tenant, counters, ProofKind.TOTP)

    async def prove_by_recovery_code(
        self, session: Session, typed: str, *, address: str
    ) -> NewSession:
        """By one of the codes that were written down; it is used up.

        Raises `TooManyAttempts` or `SignInRefused`."""
        counters = await self._count(session, address)
        digest = find_recovery_digest(typed)
        for kept in await self.list_held(session):
            if kept.kind is AuthenticatorKind.RECOVERY_CODE and kept.lookup == digest:
                reached = await self._reach(session, ProofKind.RECOVERY_CODE, kept, counters)
                self.notices.tell(session.tenant, session.person, "used", kept.kind)
                return reached
        return await self._refuse(session.tenant, counters, ProofKind.RECOVERY_CODE)

    async def _find_step(self, kept: Authenticator, typed: str) -> int | None:
        """The step that the code is of; None where it is none of this authenticator."""
        if kept.kind is not AuthenticatorKind.TOTP:
            return None
        secret = await self.register.boxes.open(kept.person, kept.material, TOTP)
        if secret is None:
            return None
        try:
            return verify_code(secret, typed, at=self.clock.now(), last_step=kept.counter)
        except CodeRefused:
            return None

    async def _count(self, session: Session, address: str) -> Sequence[bytes]:
        counters = self.attempts.counters(session.tenant, session.person, address, CODE)
        await self.attempts.count(session.tenant, counters)
        return counters

    async def _reach(
        self,
        session: Session,
        kind: ProofKind,
        kept: Authenticator,
        counters: Sequence[bytes],
        *,
        counter: int | None = None,
    ) -> NewSession:
        """Use the proof up and bring the session further: both, or neither."""
        proof = Proof(kind, self.clock.now(), with_=kept.id)
        leaked = not is_signed_in(session) and self.sessions.demands.must_change(proof, (kept,))
        try:
            async with self.database.begin() as connection:
                held = await self.sessions.hold(connection, session)
                await self._use_up(connection, session.tenant, kept, proof, counter)
                await self.attempts.forgive(connection, session.tenant, counters)
                reached = await self.sessions.reach(connection, held, proof, must_change=leaked)
                if reached is None:  # it ended meanwhile, or got further without this
                    raise SignInRefused
        except SignInRefused:
            await self._refuse(session.tenant, counters, kind)
        return reached

    async def _use_up(
        self,
        connection: AsyncConnection,
        tenant: TenantId,
        kept: Authenticator,
        proof: Proof,
        counter: int | None,
    ) -> None:
        """Raises `SignInRefused` where another was faster with the same code."""
        store = self.register.authenticators
        if kept.kind is AuthenticatorKind.RECOVERY_CODE:
            used = await store.delete(connection, tenant, kept.person, kept.id)
        else:
            used = await store.use(connection, tenant, kept.id, at=proof.at, counter=counter)
        if not used:
            raise SignInRefused

    async def _refuse(self, tenant: TenantId, counters: Sequence[bytes], kind: ProofKind) -> Never:
        await self.attempts.refuse(tenant, counters, how=kind.value)
        raise SignInRefused


def _read(passphrase: str) -> bytes:
    try:
        return normalise_passphrase(passphrase)
    except InputError:
        return b""
