"""What an administrator does with people: sees them, ends their sessions, disables them.

Nothing that a person chose can be read here, and nobody chooses a passphrase for another.
Whoever is disabled loses all that acts for them in one transaction: sessions, waiting links,
and what other parts of identity hold of theirs, which `holders` end.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.acts import Pseudonyms, describe_act
from curtilage.core.authority import ADMINISTRATOR, Authority
from curtilage.core.canonical import Json
from curtilage.core.clock import Clock
from curtilage.core.db import broadcast, outbox
from curtilage.core.db.engine import Database
from curtilage.core.errors import DeniedError
from curtilage.core.ids import Ids
from curtilage.core.models import Event, Principal, PrincipalId
from curtilage.core.words import say
from curtilage.identity.errors import UnknownPerson
from curtilage.identity.models import MANAGE_PEOPLE, MANAGE_SESSIONS
from curtilage.identity.people.errors import LastAdministrator, UnknownRole, UnknownSession
from curtilage.identity.people.models import AuthenticatorKind, Person
from curtilage.identity.people.ports import Holder
from curtilage.identity.people.service.register import Register
from curtilage.identity.people.service.sessions import SessionService
from curtilage.identity.people.store_ports import CeremonyStore
from curtilage.identity.people.views import ListedPerson, ListedSession

TOPIC = "people"  # bumped when somebody is disabled: every node looks at once
MOST_LISTED = 200  # and one: whoever shows them asks whether there are more


@dataclass(frozen=True, slots=True)
class PeopleService:
    """The use cases of an administrator."""

    database: Database
    register: Register
    sessions: SessionService
    ceremonies: CeremonyStore
    holders: Sequence[Holder]
    authority: Authority
    pseudonyms: Pseudonyms
    clock: Clock
    ids: Ids

    async def page(
        self, actor: Principal, *, after: str = "", limit: int = 50
    ) -> Sequence[ListedPerson]:
        """People in the order in which they came, those after `after`."""
        self._require(actor)
        async with self.database.read() as connection:
            found = await self.register.people.page(
                connection, actor.tenant, after=after, limit=min(limit, MOST_LISTED + 1)
            )
        return [await self._list(each) for each in found]

    async def find(self, actor: Principal, typed: str) -> ListedPerson | None:
        """Whose name or address this is, as a whole."""
        self._require(actor)
        found = await self.register.find(actor.tenant, typed)
        return None if found is None else await self._list(found[0])

    async def find_id(self, actor: Principal, typed: str) -> PrincipalId | None:
        """Whose name, address or id this is."""
        found = await self.find(actor, typed)
        if found is not None:
            return found.id
        async with self.database.read() as connection:
            person = await self.register.people.find(connection, actor.tenant, PrincipalId(typed))
        return None if person is None else person.id

    async def show(self, actor: Principal, id: PrincipalId) -> ListedPerson:
        """Raises `UnknownPerson`."""
        self._require(actor)
        return await self._list(await self._get(actor, id))

    async def list_sessions(self, actor: Principal, id: PrincipalId) -> Sequence[ListedSession]:
        """Where this person is signed in. Raises `UnknownPerson`."""
        self.authority.require(actor, MANAGE_SESSIONS, tenant=actor.tenant)
        person = await self._get(actor, id)
        return await self.sessions.list_for(actor.tenant, person.id)

    async def end_sessions(self, actor: Principal, id: PrincipalId) -> int:
        """Sign somebody out everywhere; gives of how many browsers. Raises `UnknownPerson`."""
        self.authority.require(actor, MANAGE_SESSIONS, tenant=actor.tenant)
        person = await self._get(actor, id)
        event = await self._describe(actor, person, "person.signed-out", {})
        async with self.database.begin() as connection:
            ended = await self.sessions.endings.end_all(connection, person)
            await outbox.record(connection, event)
        return ended

    async def end_session(self, actor: Principal, id: PrincipalId, session: str) -> None:
        """Sign somebody out of one browser. Raises `UnknownPerson` or `UnknownSession`."""
        self.authority.require(actor, MANAGE_SESSIONS, tenant=actor.tenant)
        person = await self._get(actor, id)
        facts: dict[str, Json] = {"session": session[:64]}
        event = await self._describe(actor, person, "person.signed-out", facts)
        async with self.database.begin() as connection:
            if not await self.sessions.endings.end_one(connection, person, session):
                raise UnknownSession
            await outbox.record(connection, event)

    async def disable(self, actor: Principal, id: PrincipalId) -> None:
        """End all that acts for somebody, and let nothing new begin.

        Doing it again changes nothing. Raises `UnknownPerson`, `LastAdministrator`, or a
        DeniedError for somebody with rights that the actor does not hold."""
        self._require(actor)
        person = await self._get(actor, id)
        self._require_may_touch(actor, person)
        event = await self._describe(actor, person, "person.disabled", {})
        async with self.database.begin() as connection:
            await self._hold(connection, person)
            if not await self.register.people.set_disabled(
                connection, person.tenant, person.id, self.clock.now()
            ):
                return
            await self._require_may_touch_now(connection, actor, person)
            await self._end_all(connection, person)
            await outbox.record(connection, event)
            await broadcast.bump(connection, TOPIC)

    async def enable(self, actor: Principal, id: PrincipalId) -> None:
        """Let somebody sign in again; what ended stays ended. Raises `UnknownPerson`."""
        self._require(actor)
        person = await self._get(actor, id)
        self._require_may_touch(actor, person)
        event = await self._describe(actor, person, "person.enabled", {})
        async with self.database.begin() as connection:
            if await self.register.people.set_disabled(connection, person.tenant, person.id, None):
                await self._require_may_touch_now(connection, actor, person)
                await outbox.record(connection, event)
                await broadcast.bump(connection, TOPIC)

    async def give_roles(self, actor: Principal, id: PrincipalId, roles: frozenset[str]) -> None:
        """Let somebody have these roles and no other; their sessions end.

        Raises `UnknownPerson`, `UnknownRole`, `LastAdministrator`, or a DeniedError for roles
        with rights that the actor does not hold."""
        self._require(actor)
        if not roles <= self.authority.list_roles():
            raise UnknownRole
        person = await self._get(actor, id)
        self._require_may_give(actor, roles | person.roles)
        facts: dict[str, Json] = {"roles": sorted(roles), "before": sorted(person.roles)}
        event = await self._describe(actor, person, "person.roles-changed", facts)
        async with self.database.begin() as connection:
            await self._hold(connection, person, actor, stays_one=ADMINISTRATOR in roles)
            before = await self._load_roles(connection, person)
            self._require_may_give(actor, before)  # others may have given more meanwhile
            by = await self._find_giver(connection, actor, roles | before)
            await self.register.people.change(connection, person.tenant, person.id, roles=roles)
            await self.register.note_roles(connection, person, roles, before=before, by=by)
            await self.sessions.endings.end_all(connection, person)
            for holder in self.holders:
                await holder.judge_anew(connection, person.tenant, person.id)
            await outbox.record(connection, event)

    async def _find_giver(
        self, connection: AsyncConnection, actor: Principal, roles: frozenset[str]
    ) -> PrincipalId | None:
        """Which person gives, as they are now that they are held; None for a program, and for
        who runs a command on this machine.

        Raises a DeniedError where they were deleted, disabled, or lost a right to it since
        they were let in: they must not leave their power to another."""
        giver = await self.register.people.find(connection, actor.tenant, actor.id)
        if giver is None and actor.authenticated_at is None and not actor.act:
            return None
        standing = giver.roles if giver and giver.disabled_at is None else ()
        held = self.authority.rights_of(standing)
        if giver is None or not self.authority.rights_of(roles) | {MANAGE_PEOPLE} <= held:
            raise DeniedError(say("A role can be given by somebody who holds all of its rights."))
        return giver.id

    async def _load_roles(self, connection: AsyncConnection, person: Person) -> frozenset[str]:
        """What somebody who is held has now: two who change it at once must not make a new
        role look like an old one. Raises `UnknownPerson` for whoever was deleted meanwhile:
        what is noted of them now would stay."""
        found = await self.register.people.find(connection, person.tenant, person.id)
        if found is None:
            raise UnknownPerson
        return found.roles

    async def _end_all(self, connection: AsyncConnection, person: Person) -> None:
        await self.sessions.endings.end_all(connection, person)
        await self.ceremonies.delete_of(connection, person.tenant, person.id)
        for holder in self.holders:
            await holder.end_all(connection, person.tenant, person.id)

    async def _hold(
        self,
        connection: AsyncConnection,
        person: Person,
        *others: Principal,
        stays_one: bool = False,
    ) -> None:
        """Nobody locks the house from outside, and no two lock out each other at once: who is
        an administrator stays so until the transaction ends, and all of these who they are.

        Raises `LastAdministrator` where nobody but `person` is one and they do not stay it."""
        active = await self.register.people.lock_active(
            connection,
            person.tenant,
            ADMINISTRATOR,
            also=(person.id, *(each.id for each in others)),
        )
        if active == {person.id} and not stays_one:
            raise LastAdministrator

    def _require_may_touch(self, actor: Principal, person: Person) -> None:
        """Nobody puts somebody out of use who may more than they do."""
        if not self.authority.holds_all_of(actor, person.roles):
            raise DeniedError(
                say(
                    "Somebody with roles can be disabled or enabled by who holds all of "
                    "their rights."
                )
            )

    async def _require_may_touch_now(
        self, connection: AsyncConnection, actor: Principal, person: Person
    ) -> None:
        """The same of somebody who is held: roles may have been given since they were read."""
        found = await self.register.people.find(connection, person.tenant, person.id)
        self._require_may_touch(actor, found or person)

    def _require_may_give(self, actor: Principal, roles: frozenset[str]) -> None:
        """Nobody gives or takes what they do not hold themselves."""
        if not self.authority.holds_all_of(actor, roles):
            raise DeniedError(say("A role can be given by somebody who holds all of its rights."))

    def _require(self, actor: Principal) -> None:
        self.authority.require(actor, MANAGE_PEOPLE, tenant=actor.tenant)

    async def _get(self, actor: Principal, id: PrincipalId) -> Person:
        async with self.database.read() as connection:
            person = await self.register.people.find(connection, actor.tenant, id)
        if person is None:
            raise UnknownPerson
        return person

    async def _list(self, person: Person) -> ListedPerson:
        profile = await self.register.open_profile(person)
        async with self.database.read() as connection:
            held = await self.register.authenticators.load(connection, person.tenant, person.id)
        return ListedPerson(
            id=person.id,
            name=profile.name,
            address=profile.address,
            roles=person.roles,
            created_at=person.created_at,
            disabled_at=person.disabled_at,
            ways=frozenset(each.kind for each in held) - {AuthenticatorKind.RECOVERY_CODE},
        )

    async def _describe(
        self, actor: Principal, person: Person, kind: str, facts: dict[str, Json]
    ) -> Event:
        whom = await self.pseudonyms.pseudonym(person.tenant, person.id)
        return await describe_act(
            actor,
            kind,
            {"person": whom, **facts},
            ids=self.ids,
            clock=self.clock,
            pseudonyms=self.pseudonyms,
        )
