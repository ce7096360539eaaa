"""Deletes accounts: whoever leaves themselves, and those whom an administrator deletes.

Everything that acts for somebody, and every row that is theirs, ends in one transaction; then
their key is destroyed, which lies in another database. What was sealed under it is unreadable
from then on, in backups too. A key that could not be destroyed at once is noted in the same
transaction, and the next start does it. What stays says nothing of who it was: keys and
grants that have ended, until they are over, so that every node refuses their tokens.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.acts import Pseudonyms, describe_act
from curtilage.core.authority import ADMINISTRATOR, Authority
from curtilage.core.clock import Clock
from curtilage.core.db import broadcast, outbox
from curtilage.core.db.engine import Database
from curtilage.core.errors import DeniedError
from curtilage.core.ids import Ids
from curtilage.core.models import Event, Principal, PrincipalId, PrincipalKind, TenantId
from curtilage.core.words import say
from curtilage.identity.errors import ProveAgain, UnknownPerson
from curtilage.identity.models import MANAGE_PEOPLE
from curtilage.identity.people.boxes import DestroyKey
from curtilage.identity.people.errors import LastAdministrator
from curtilage.identity.people.models import Person, Session
from curtilage.identity.people.ports import Eraser, Holder, OtherNames
from curtilage.identity.people.rules import is_signed_in
from curtilage.identity.people.service.guard import AccountGuard
from curtilage.identity.people.service.people import TOPIC
from curtilage.identity.people.service.register import Register
from curtilage.identity.people.service.sessions import SessionService
from curtilage.identity.people.store_ports import CeremonyStore, ErasureStore

DELETED = "person.deleted"


@dataclass(frozen=True, slots=True)
class LeavingService:
    """The use cases of leaving. `erasers` delete what other parts keep of somebody,
    `names` knows under which other ids keys of theirs were made."""

    database: Database
    register: Register
    sessions: SessionService
    ceremonies: CeremonyStore
    erasures: ErasureStore
    holders: Sequence[Holder]
    erasers: Sequence[Eraser]
    names: OtherNames
    guard: AccountGuard
    authority: Authority
    pseudonyms: Pseudonyms
    destroy_key: DestroyKey
    clock: Clock
    ids: Ids

    async def leave(self, session: Session) -> None:
        """Delete the account of whose session this is.

        Raises `ProveAgain` or `LastAdministrator`."""
        await self.guard.require_fresh(session)
        person = await self._get(session.tenant, session.person)
        event = Event(
            id=self.ids.new(),
            at=self.clock.now(),
            kind=DELETED,
            tenant=person.tenant,
            actor=await self.pseudonyms.pseudonym(person.tenant, person.id),
            actor_kind=PrincipalKind.PERSON.value,
            facts={"by": "themselves"},
        )
        await self._delete(person, event)

    async def delete(self, actor: Principal, id: PrincipalId) -> None:
        """Delete somebody's account. Raises `UnknownPerson`, `LastAdministrator`, or a
        DeniedError for somebody with rights that the actor does not hold."""
        self.authority.require(actor, MANAGE_PEOPLE, tenant=actor.tenant)
        person = await self._get(actor.tenant, id)
        self._require_may_delete(actor, person)
        whom = await self.pseudonyms.pseudonym(person.tenant, person.id)
        event = await describe_act(
            actor,
            DELETED,
            {"person": whom, "by": "administrator"},
            ids=self.ids,
            clock=self.clock,
            pseudonyms=self.pseudonyms,
        )
        await self._delete(person, event, by=actor)

    async def require_fresh(self, actor: Principal, session: str) -> None:
        """Return where the actor is who sits there, and proved it lately. Raises `ProveAgain`."""
        found = await self.sessions.find(actor.tenant, session)
        if found is None or found.person != actor.id or not is_signed_in(found):
            raise ProveAgain
        await self.guard.require_fresh(found)

    async def delete_freshly(self, actor: Principal, id: PrincipalId, *, session: str) -> None:
        """As `delete`, from a page that may have been left open. Raises `ProveAgain` besides."""
        self.authority.require(actor, MANAGE_PEOPLE, tenant=actor.tenant)
        await self.require_fresh(actor, session)
        await self.delete(actor, id)

    async def finish(self, tenant: TenantId) -> int:
        """Destroy keys that were left over, at a start; gives how many."""
        async with self.database.read() as connection:
            waiting = await self.erasures.load(connection, tenant)
        for each in waiting:
            await self._destroy(tenant, each)
        return len(waiting)

    async def _delete(self, person: Person, event: Event, *, by: Principal | None = None) -> None:
        """`by` is who deletes somebody else, and has to be allowed to once they are held: roles
        may have been given since they were looked at."""
        async with self.database.begin() as connection:
            active = await self.register.people.lock_active(
                connection, person.tenant, ADMINISTRATOR, also=(person.id,)
            )
            if active == {person.id}:
                raise LastAdministrator
            if by is not None:
                found = await self.register.people.find(connection, person.tenant, person.id)
                self._require_may_delete(by, found or person)
            others = await self.names.list_names(connection, person.tenant, person.id)
            await self._erase(connection, person)
            await self.register.grants.forget_giver(connection, person.tenant, person.id)
            for each in (person.id, *others):
                await self.erasures.insert(connection, person.tenant, each, event.at)
            await outbox.record(connection, event)
            await broadcast.bump(connection, TOPIC)
        for each in (person.id, *others):
            await self._destroy(person.tenant, each)

    def _require_may_delete(self, actor: Principal, person: Person) -> None:
        if not self.authority.holds_all_of(actor, person.roles):
            raise DeniedError(
                say("An account can be deleted by somebody who holds all of its rights.")
            )

    async def _erase(self, connection: AsyncConnection, person: Person) -> None:
        """All that is theirs, the account last. Raises `UnknownPerson` where it went meanwhile."""
        tenant, id = person.tenant, person.id
        await self.sessions.endings.end_all(connection, person)
        await self.ceremonies.delete_of(connection, tenant, id)
        for holder in self.holders:
            await holder.end_all(connection, tenant, id)
        for eraser in self.erasers:
            await eraser.erase(connection, tenant, id)
        roles = await self.register.grants.load(connection, tenant, id)
        await self.register.grants.drop(connection, tenant, id, roles)
        await self.register.authenticators.delete_kind(connection, tenant, id)
        if not await self.register.people.delete(connection, tenant, id):
            raise UnknownPerson

    async def _destroy(self, tenant: TenantId, id: PrincipalId) -> None:
        await self.destroy_key(tenant, id)
        async with self.database.begin() as connection:
            await self.erasures.delete(connection, tenant, id)

    async def _get(self, tenant: TenantId, id: PrincipalId) -> Person:
        async with self.database.read() as connection:
            person = await self.register.people.find(connection, tenant, id)
        if person is None:
            raise UnknownPerson
        return person
