"""Begins and reads sessions, and lets them reach further.

Not here: how they end (`session_endings`), and what is recorded of it all (`session_events`).

The secret in the cookie is kept as its hash alone. It changes whenever a session reaches
further (session fixation), and the one before ends with that. How far a session reaches
follows from its proofs each time it is read.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.authority import PERSON, Authority
from curtilage.core.clock import Clock
from curtilage.core.db import outbox
from curtilage.core.db.engine import Database
from curtilage.core.entropy import Entropy
from curtilage.core.ids import Ids
from curtilage.core.models import PrincipalId, TenantId
from curtilage.core.page import NewSession
from curtilage.identity.people.devices import describe_device
from curtilage.identity.people.errors import SignInRefused
from curtilage.identity.people.models import (
    Assurance,
    Authenticator,
    LiveSession,
    Person,
    Proof,
    Session,
    as_principal,
)
from curtilage.identity.people.rules import (
    assess_assurance,
    ends_at,
    is_live,
    is_signed_in,
    needs_seen,
)
from curtilage.identity.people.service.demands import Demands
from curtilage.identity.people.service.register import Register
from curtilage.identity.people.service.session_endings import SessionEndings
from curtilage.identity.people.service.session_events import SessionEvents
from curtilage.identity.people.service.travel import TravelWatch, Trip
from curtilage.identity.people.store_ports import SessionStore
from curtilage.identity.people.views import Arrival, ListedSession
from curtilage.identity.people.wire import About, encode_about, parse_about
from curtilage.identity.wire.secrets import find_digest, mint_secret

ABOUT = "session"


@dataclass(frozen=True, slots=True)
class SessionService:
    """The life of sessions."""

    database: Database
    sessions: SessionStore
    register: Register
    demands: Demands
    travel: TravelWatch
    endings: SessionEndings
    events: SessionEvents
    authority: Authority
    clock: Clock
    ids: Ids
    entropy: Entropy

    async def prepare(
        self,
        person: Person,
        proof: Proof,
        arrival: Arrival,
        *,
        held: Sequence[Authenticator] | None = None,
    ) -> "Opening":
        """A session to begin with this proof, and its record; nothing is kept yet.

        `held` is what they prove themselves with, where that was read already."""
        if held is None:
            held = await self._held(person)
        at, secret = self.clock.now(), mint_secret(self.entropy)
        about = encode_about(About(describe_device(arrival.agent)))
        session = Session(
            tenant=person.tenant,
            digest=secret.digest,
            id=self.ids.new(),
            person=person.id,
            started_at=at,
            seen_at=at,
            proofs=(proof,),
            needs=await self.demands.needed(person, proof, held),
            about=await self.register.boxes.seal(person.id, about, ABOUT),
            must_change=self.demands.must_change(proof, held),
        )
        trip = await self.travel.look(person, arrival.address, session=session.id)
        language = "" if person.language else arrival.language
        return Opening(session, secret.text, find_digest(arrival.previous), trip, language)

    async def hold(self, connection: AsyncConnection, session: Session) -> "Held":
        """Hold whose session it is: the first thing in a transaction, before what proves it.

        Nobody is disabled between this and its end: what ends all their sessions either waits
        for this one, or is seen here. Raises `SignInRefused` for whoever was disabled."""
        people = self.register.people
        if not await people.hold_active(connection, session.tenant, session.person):
            raise SignInRefused
        return Held(session)

    async def hold_opening(self, connection: AsyncConnection, opening: "Opening") -> "Held":
        """The same for a session that begins. What it changes of its owner comes first: who
        changes them holds them more."""
        session = opening.session
        if opening.trip is not None:
            await self.travel.keep(connection, opening.trip)
        if opening.language:
            await self.register.keep_language(
                connection, session.tenant, session.person, opening.language
            )
        return await self.hold(connection, session)

    async def begin(
        self,
        connection: AsyncConnection,
        held: "Held",
        opening: "Opening",
        *,
        is_new_device: bool = False,
    ) -> NewSession:
        """Keep it in the caller's transaction; the session that the browser had ends."""
        session = held.session
        if opening.previous is not None:
            await self.endings.end_replaced(connection, session.tenant, opening.previous)
        await self.sessions.insert(connection, session.tenant, session)
        event = await self.events.began(session, is_new_device=is_new_device)
        await outbox.record(connection, event)
        return NewSession(opening.secret, ends_at(session))

    async def start(
        self, person: Person, proof: Proof, arrival: Arrival, *, is_new_device: bool = False
    ) -> NewSession:
        """Begin a session, in a transaction of its own."""
        opening = await self.prepare(person, proof, arrival)
        async with self.database.begin() as connection:
            held = await self.hold_opening(connection, opening)
            return await self.begin(connection, held, opening, is_new_device=is_new_device)

    async def reach(
        self,
        connection: AsyncConnection,
        held: "Held",
        proof: Proof,
        *,
        is_changed: bool = False,
        must_change: bool = False,
    ) -> NewSession | None:
        """The same session with one more proof, under a new secret; `is_changed` where that is
        a passphrase that was just chosen, `must_change` where it is one that leaked.

        None where it ended meanwhile: of two who bring it further at once, one does."""
        session, secret = held.session, mint_secret(self.entropy)
        others = tuple(each for each in session.proofs if each.kind is not proof.kind)
        further = replace(
            session,
            digest=secret.digest,
            proofs=(*others, proof),
            seen_at=self.clock.now(),
            must_change=(session.must_change or must_change) and not is_changed,
        )
        if await self.sessions.delete(connection, session.tenant, session.digest) is None:
            return None
        await self.sessions.insert(connection, session.tenant, further)
        await outbox.record(connection, await self.events.reached(session, further))
        return NewSession(secret.text, ends_at(further))

    async def _held(self, person: Person) -> Sequence[Authenticator]:
        async with self.database.read() as connection:
            return await self.register.authenticators.load(connection, person.tenant, person.id)

    async def find(self, tenant: TenantId, secret: str) -> Session | None:
        """The session of a secret, signed in or on its way there; None where it has ended."""
        digest = find_digest(secret)
        if digest is None:
            return None
        async with self.database.read() as connection:
            session = await self.sessions.find(connection, tenant, digest)
        return session if session and is_live(session, at=self.clock.now()) else None

    async def read(self, tenant: TenantId, secret: str) -> LiveSession | None:
        """Who is behind the secret; None for a session that is unknown, ended or not there yet."""
        session = await self.find(tenant, secret)
        if session is None or not is_signed_in(session):
            return None
        async with self.database.read() as connection:
            person = await self.register.people.find(connection, tenant, session.person)
        if person is None or person.disabled_at is not None:
            return None
        await self._see(session)
        return await self._alive(session, person)

    async def list_of(self, session: Session) -> Sequence[ListedSession]:
        """All sessions of whose this is, the newest first, this one marked."""
        return await self.list_for(session.tenant, session.person, this=session.id)

    async def list_for(
        self, tenant: TenantId, person: PrincipalId, *, this: str = ""
    ) -> Sequence[ListedSession]:
        """All sessions of a person that live and are signed in."""
        async with self.database.read() as connection:
            found = await self.sessions.load(connection, tenant, person)
        at = self.clock.now()
        alive = [each for each in found if is_live(each, at=at) and is_signed_in(each)]
        return [
            ListedSession(
                each.id,
                await self._device(each),
                each.started_at,
                each.seen_at,
                assess_assurance(each.proofs),
                each.id == this,
            )
            for each in alive
        ]

    async def _see(self, session: Session) -> None:
        at = self.clock.now()
        if needs_seen(session, at=at):
            async with self.database.begin() as connection:
                await self.sessions.see(connection, session.tenant, session.digest, at)

    async def _alive(self, session: Session, person: Person) -> LiveSession:
        assurance = assess_assurance(session.proofs)
        roles = person.roles if assurance > Assurance.NONE else frozenset()  # a mailbox: no power
        principal = as_principal(
            replace(person, roles=roles | {PERSON}),
            rights=self.authority.rights_of(roles | {PERSON}),
            assurance=assurance,
            signed_in_at=session.proved_at,
        )
        name = (await self.register.open_profile(person)).name
        return LiveSession(principal, name, session.id)

    async def _device(self, session: Session) -> str:
        opened = await self.register.boxes.open(session.person, session.about, ABOUT)
        return "" if opened is None else parse_about(opened).device


@dataclass(frozen=True, slots=True)
class Held:
    """A session whose person is held, and active, until the transaction ends.

    `begin` and `reach` take nothing else, so that neither can be reached without."""

    session: Session


@dataclass(frozen=True, slots=True)
class Opening:
    """A session that can begin, its secret, and the digest of the one that it replaces.

    `language` is that of its page, "" where one is known of its owner already: who comes by a
    new device, and is perhaps no owner, must not choose in which language the owner hears of
    it."""

    session: Session
    secret: str
    previous: bytes | None
    trip: Trip | None = None
    language: str = ""
