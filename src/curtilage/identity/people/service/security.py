"""The passphrase, the recovery codes, and taking things away: one's own security page.

Every change is recorded, and its owner told. Setting apps and passkeys up takes two steps and lies beside this.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.entropy import Entropy
from curtilage.core.page import NewSession
from curtilage.identity.errors import CeremonyOver, LastWayIn
from curtilage.identity.people.errors import SecondFactorDemanded, UnknownAuthenticator
from curtilage.identity.people.models import (
    Authenticator,
    AuthenticatorKind,
    Proof,
    ProofKind,
    Session,
)
from curtilage.identity.people.ports import NoOtherWays, OtherWays
from curtilage.identity.people.service.choosing import PassphraseChooser
from curtilage.identity.people.service.guard import AccountGuard
from curtilage.identity.people.service.sessions import SessionService
from curtilage.identity.wire.recovery_codes import mint_recovery_codes

SECONDS = frozenset((AuthenticatorKind.TOTP, AuthenticatorKind.PASSKEY))
SIGNS_IN = frozenset((AuthenticatorKind.PASSPHRASE, AuthenticatorKind.PASSKEY))


@dataclass(frozen=True, slots=True)
class SecurityService:
    """The use cases of the security page."""

    guard: AccountGuard
    sessions: SessionService
    chooser: PassphraseChooser
    entropy: Entropy
    ways: OtherWays = NoOtherWays()  # noqa: RUF009 -- holds nothing

    async def change_passphrase(self, session: Session, passphrase: str) -> int:
        """Set or change it, and end all other sessions; gives how many there were.

        Raises `ProveAgain` or `WeakPassphrase`."""
        fresh, act = await self._choose(session, passphrase)
        async with self.guard.changing(session, act, fresh.kind) as connection:
            await self._replace(connection, session, fresh)
        return await self.sessions.endings.end_others(session)

    async def renew_passphrase(self, session: Session, passphrase: str) -> NewSession:
        """The same on the way in: instead of one that leaked, or where there is none yet. That
        they chose it is a proof. Raises `CeremonyOver` too, where the session ended."""
        fresh, act = await self._choose(session, passphrase)
        async with self.guard.changing(session, act, fresh.kind) as connection:
            held = await self.sessions.hold(connection, session)
            await self._replace(connection, session, fresh)
            proof = Proof(ProofKind.PASSPHRASE, fresh.created_at, with_=fresh.id)
            reached = await self.sessions.reach(connection, held, proof, is_changed=True)
            if reached is None:
                raise CeremonyOver
        await self.sessions.endings.end_others(session)
        return reached

    async def shortest(self, session: Session) -> int:
        """How short a new passphrase of whose session this is may be."""
        async with self.guard.database.read() as connection:
            person = await self.guard.register.people.find(
                connection, session.tenant, session.person
            )
        return self.guard.demands.shortest(person.roles if person else ())

    async def renew_recovery_codes(self, session: Session) -> Sequence[str]:
        """Ten codes to write down, shown once; those before are void. Raises `ProveAgain`."""
        await self.guard.require_fresh(session)
        codes, kind = mint_recovery_codes(self.entropy), AuthenticatorKind.RECOVERY_CODE
        store, register = self.guard.register.authenticators, self.guard.register
        async with self.guard.changing(session, "changed", kind) as connection:
            await store.delete_kind(connection, session.tenant, session.person, kind)
            for code in codes:
                fresh = register.new_authenticator(session.person, kind, b"", lookup=code.digest)
                await store.insert(connection, session.tenant, fresh)
        return [code.text for code in codes]

    async def remove(self, session: Session, id: str) -> None:
        """Take one away. Raises `ProveAgain`, `UnknownAuthenticator`, `LastWayIn` or
        `SecondFactorDemanded`."""
        held = await self.guard.require_fresh(session)
        gone = next((each for each in held if each.id == id), None)
        if gone is None:
            raise UnknownAuthenticator
        async with self.guard.changing(session, "removed", gone.kind) as connection:
            await self._delete(connection, session, gone)
            if gone.kind in SIGNS_IN:
                await self._require_way_in(connection, session)
            if gone.kind in SECONDS:
                await self._require_second(connection, session, before=held)

    async def _require_way_in(self, connection: AsyncConnection, session: Session) -> None:
        """Nobody locks themselves out, also with two windows at once. Raises `LastWayIn`."""
        held = await self.guard.register.authenticators.load(
            connection, session.tenant, session.person
        )
        if any(each.kind in SIGNS_IN for each in held):
            return
        if not await self.ways.count(connection, session.tenant, session.person):
            raise LastWayIn

    async def _require_second(
        self, connection: AsyncConnection, session: Session, *, before: Sequence[Authenticator]
    ) -> None:
        """What is demanded is not taken away: else the passphrase alone would set up the next.

        Raises `SecondFactorDemanded` where what is left no longer reaches it."""
        register, demands = self.guard.register, self.guard.demands
        person = await register.people.find(connection, session.tenant, session.person)
        demanded = demands.demanded(person.roles if person else ())
        held = await register.authenticators.load(connection, session.tenant, session.person)
        beside = [each for each in session.proofs if each.kind is ProofKind.PROVIDER]
        if await demands.best(held, beside) < demanded <= await demands.best(before, beside):
            raise SecondFactorDemanded

    async def _choose(self, session: Session, passphrase: str) -> tuple[Authenticator, str]:
        """A new passphrase, not yet kept, and whether it is `added` or `changed`."""
        held = await self.guard.require_fresh(session)
        register = self.guard.register
        names = await register.find_names(session.tenant, [session.person])
        chosen = await self.chooser.choose(
            passphrase, context=names.values(), least=await self.shortest(session)
        )
        fresh = register.new_passphrase(session.person, chosen)
        is_there = any(each.kind is fresh.kind for each in held)
        return fresh, "changed" if is_there else "added"

    async def _replace(
        self, connection: AsyncConnection, session: Session, fresh: Authenticator
    ) -> None:
        store = self.guard.register.authenticators
        await store.delete_kind(connection, session.tenant, session.person, fresh.kind)
        await store.insert(connection, session.tenant, fresh)

    async def _delete(
        self, connection: AsyncConnection, session: Session, each: Authenticator
    ) -> None:
        """Raises `UnknownAuthenticator` where it went meanwhile."""
        store = self.guard.register.authenticators
        if not await store.delete(connection, session.tenant, session.person, each.id):
            raise UnknownAuthenticator
