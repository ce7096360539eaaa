"""A new passphrase for whoever forgot theirs, by a message to their mailbox.

It replaces the passphrase and nothing else: all sessions end, and the next sign-in asks for
the second factor as always. Whoever has no passphrase gets none: a mailbox must not open what
a passkey closed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from curtilage.core.acts import Pseudonyms
from curtilage.core.clock import Clock
from curtilage.core.db import outbox
from curtilage.core.db.engine import Database
from curtilage.core.ids import Ids
from curtilage.core.models import Event, PrincipalId, PrincipalKind, TenantId
from curtilage.identity.errors import CeremonyOver
from curtilage.identity.mail import Message
from curtilage.identity.people.mails import write_no_passphrase, write_recovery
from curtilage.identity.people.models import (
    AuthenticatorKind,
    Ceremony,
    CeremonyKind,
    Person,
    Profile,
)
from curtilage.identity.people.postman import ENGLISH, Postman
from curtilage.identity.people.rules import handle_text
from curtilage.identity.people.service.attempts import AttemptCounter
from curtilage.identity.people.service.ceremonies import CeremonyBook
from curtilage.identity.people.service.choosing import PassphraseChooser
from curtilage.identity.people.service.demands import Demands
from curtilage.identity.people.service.notices import ChangeNotices
from curtilage.identity.people.service.register import Register
from curtilage.identity.people.service.sessions import SessionService
from curtilage.identity.people.service.sign_in import find_passphrase
from curtilage.identity.people.views import Recovering

WITHIN = timedelta(hours=1)
KIND = CeremonyKind.RECOVERY


@dataclass(frozen=True, slots=True)
class RecoveryService:
    """`address_of` makes the address of a path; `service` is what messages call this one."""

    database: Database
    register: Register
    sessions: SessionService
    ceremonies: CeremonyBook
    attempts: AttemptCounter
    chooser: PassphraseChooser
    demands: Demands
    postman: Postman
    notices: ChangeNotices
    pseudonyms: Pseudonyms
    address_of: Callable[[str], str]
    service: str
    clock: Clock
    ids: Ids

    async def ask(
        self, tenant: TenantId, typed: str, *, peer: str, language: str = ENGLISH
    ) -> None:
        """Send a link to the confirmed address of whoever this names; no word of whether.

        It goes to the address that is kept, never to what was typed, and everything that
        is done for some and not for others is done later. Raises `TooManyAttempts`."""
        named = handle_text(typed)
        await self.attempts.count(tenant, self.attempts.counters(tenant, named, peer, "recovery"))
        found = await self.register.find(tenant, named)
        person = found[0] if found and found[0].disabled_at is None else None
        secret = await self.ceremonies.begin(
            tenant, KIND, within=WITHIN, person=person.id if person else None
        )

        async def write() -> Message | None:
            return None if person is None else await self._write(person, secret)

        self.postman.post_later(write, language)

    async def look(self, tenant: TenantId, secret: str) -> Recovering:
        """Whose new passphrase it will be. Raises `CeremonyOver`."""
        person, profile = await self._open(await self._find_person(tenant, secret))
        return Recovering(profile.name, self.demands.shortest(person.roles))

    async def finish(self, tenant: TenantId, secret: str, passphrase: str) -> None:
        """Keep the new passphrase and end all sessions.

        Raises `CeremonyOver` or `WeakPassphrase`; what is refused does not use the link up."""
        found = await self.ceremonies.find(tenant, KIND, secret)
        person, profile = await self._open(found)
        named = (profile.name, profile.address)
        chosen = await self.chooser.choose(
            passphrase, context=named, least=self.demands.shortest(person.roles)
        )
        kind, store = AuthenticatorKind.PASSPHRASE, self.register.authenticators
        event = await self._recovered(person)
        async with self.database.begin() as connection:
            await self.register.people.hold(connection, tenant, person.id)
            await self.ceremonies.end(connection, found)
            await store.delete_kind(connection, tenant, person.id, kind)
            fresh = self.register.new_passphrase(person.id, chosen)
            await store.insert(connection, tenant, fresh)
            await self.sessions.endings.end_all(connection, person)
            await outbox.record(connection, event)
        self.notices.tell(tenant, person.id, "changed", kind)

    async def _write(self, person: Person, secret: str) -> Message | None:
        to = await self.register.find_confirmed_address(person.tenant, person.id)
        if not to:
            return None
        async with self.database.read() as connection:
            held = await self.register.authenticators.load(connection, person.tenant, person.id)
        if held and find_passphrase(held) is None:
            write, path = write_no_passphrase, "/login"
        else:
            write, path = write_recovery, f"/recover/{secret}"
        return write(to, service=self.service, link=self.address_of(path))

    async def _find_person(self, tenant: TenantId, secret: str) -> Ceremony:
        return await self.ceremonies.find(tenant, KIND, secret)

    async def _open(self, found: Ceremony) -> tuple[Person, Profile]:
        """Raises `CeremonyOver` for nobody's link, and where there is no passphrase to replace."""
        id = found.person or PrincipalId("")
        async with self.database.read() as connection:
            person = await self.register.people.find(connection, found.tenant, id)
            held = await self.register.authenticators.load(connection, found.tenant, id)
        closed = bool(held) and find_passphrase(held) is None
        if person is None or person.disabled_at is not None or closed:
            raise CeremonyOver
        return person, await self.register.open_profile(person)

    async def _recovered(self, person: Person) -> Event:
        return Event(
            id=self.ids.new(),
            at=self.clock.now(),
            kind="person.recovered",
            tenant=person.tenant,
            actor=await self.pseudonyms.pseudonym(person.tenant, person.id),
            actor_kind=PrincipalKind.PERSON.value,
            facts={"by": "mailbox"},
        )
