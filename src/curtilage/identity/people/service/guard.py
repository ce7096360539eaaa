"""Whether somebody may change how they sign in, and the record that they did."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.acts import Pseudonyms
from curtilage.core.canonical import Json
from curtilage.core.clock import Clock
from curtilage.core.db import outbox
from curtilage.core.db.engine import Database
from curtilage.core.ids import Ids
from curtilage.core.models import Event, PrincipalKind
from curtilage.identity.errors import ProveAgain
from curtilage.identity.people.models import Assurance, Authenticator, AuthenticatorKind, Session
from curtilage.identity.people.ports import NoOtherWays, OtherWays
from curtilage.identity.people.rules import (
    assess_assurance,
    fresh_proofs,
    is_signed_in,
)
from curtilage.identity.people.service.demands import Demands
from curtilage.identity.people.service.notices import ChangeNotices
from curtilage.identity.people.service.register import Register


@dataclass(frozen=True, slots=True)
class AccountGuard:
    """Stands before every change of what somebody proves themselves with.

    They must have proved who they are lately, and as strongly as they can: a page that was
    left open opens none of this, nor does a factor of now beside one of hours ago."""

    database: Database
    register: Register
    demands: Demands
    notices: ChangeNotices
    pseudonyms: Pseudonyms
    clock: Clock
    ids: Ids
    ways: OtherWays = NoOtherWays()  # noqa: RUF009 -- holds nothing

    @asynccontextmanager
    async def changing(
        self, session: Session, act: str, kind: AuthenticatorKind
    ) -> AsyncIterator[AsyncConnection]:
        """The transaction of a change, with its record; its owner is held, so that of two
        windows one comes after the other, and is told once it holds."""
        event = await self.describe(session, act, kind)
        async with self.database.begin() as connection:
            await self.register.people.hold(connection, session.tenant, session.person)
            await outbox.record(connection, event)
            yield connection
        self.notices.tell(session.tenant, session.person, act, kind)

    async def list_held(self, session: Session) -> Sequence[Authenticator]:
        """What whose session this is has, the oldest first."""
        async with self.database.read() as connection:
            return await self.register.authenticators.load(
                connection, session.tenant, session.person
            )

    async def require_fresh(self, session: Session) -> Sequence[Authenticator]:
        """What they have. Raises `ProveAgain` unless they lately proved who they are."""
        held = await self.list_held(session)
        needs = await self._needed(session, held)
        fresh = fresh_proofs(session, at=self.clock.now())
        if not fresh or assess_assurance(fresh) < needs:
            refusal = ProveAgain()
            refusal.level = needs if needs > Assurance.ONE else Assurance.NONE
            raise refusal
        return held

    def has_level(self, session: Session, level: Assurance) -> bool:
        """Whether what they proved lately reaches the level by itself: a code of hours ago and a
        passphrase of now are one factor, whoever holds the session."""
        fresh = fresh_proofs(session, at=self.clock.now())
        return is_signed_in(session) and bool(fresh) and assess_assurance(fresh) >= level

    async def _needed(self, session: Session, held: Sequence[Authenticator]) -> Assurance:
        """All that they can reach now. A session that needs more does so to set that up; one
        that comes by a mailbox changes something where there is nothing better."""
        needs = await self.demands.reachable(session.proofs, held)
        if held or needs or await self._count_others(session):
            return max(needs, Assurance.ONE)
        return needs

    async def _count_others(self, session: Session) -> int:
        async with self.database.read() as connection:
            return await self.ways.count(connection, session.tenant, session.person)

    async def describe(self, session: Session, act: str, kind: AuthenticatorKind) -> Event:
        """The record of a change: `authenticator.added`, `.changed` or `.removed`."""
        facts: dict[str, Json] = {"session": session.id, "kind": kind.value}
        return Event(
            id=self.ids.new(),
            at=self.clock.now(),
            kind=f"authenticator.{act}",
            tenant=session.tenant,
            actor=await self.pseudonyms.pseudonym(session.tenant, session.person),
            actor_kind=PrincipalKind.PERSON.value,
            facts=facts,
        )
