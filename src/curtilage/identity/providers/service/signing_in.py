"""Signs in whom a provider named: by a link, by a new one, or by a new account."""

from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.db import outbox
from curtilage.core.page import NewSession
from curtilage.identity.people.models import HandleKind, Person, Profile
from curtilage.identity.people.postman import ENGLISH
from curtilage.identity.people.service.sessions import Opening
from curtilage.identity.people.views import Arrival
from curtilage.identity.providers.errors import (
    AddressTaken,
    LinkTaken,
    ProviderReason,
    ProviderRefused,
)
from curtilage.identity.providers.mails import write_connected
from curtilage.identity.providers.models import Identity, Link, Provider
from curtilage.identity.providers.rules.linking import Claimant, Outcome, decide_arrival
from curtilage.identity.providers.service.ground import ProviderGround

NAMELESS = "Somebody"


@dataclass(frozen=True, slots=True)
class SignedInThere:
    """A session that begins, or None and what has to come first."""

    outcome: Outcome
    session: NewSession | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class SigningIn:
    """What an arrival leads to, done in one transaction each."""

    ground: ProviderGround

    async def sign_in(
        self, provider: Provider, identity: Identity, arrival: Arrival
    ) -> SignedInThere:
        """Raises `ProviderRefused` for somebody who may not sign in here."""
        try:
            return await self._try(provider, identity, arrival)
        except (LinkTaken, AddressTaken):  # somebody was quicker: look once more
            return await self._try(provider, identity, arrival)

    async def _try(self, provider: Provider, identity: Identity, arrival: Arrival) -> SignedInThere:
        link, claimant = await self._look(identity)
        outcome = decide_arrival(provider, identity, link=link, claimant=claimant)
        if outcome is Outcome.SIGN_IN and link is not None:
            return SignedInThere(outcome, await self._by_link(identity, link, arrival))
        if outcome is Outcome.CONNECT and claimant is not None:
            session = await self._connect(provider, identity, claimant, arrival)
            return SignedInThere(outcome, session)
        if outcome in (Outcome.CREATE, Outcome.CREATE_ANEW):
            gone = claimant if outcome is Outcome.CREATE_ANEW else None
            session = await self._create(provider, identity, gone, arrival)
            return SignedInThere(outcome, session)
        return SignedInThere(outcome)

    async def _look(self, identity: Identity) -> tuple[Link | None, Claimant | None]:
        ground = self.ground
        async with ground.database.read() as connection:
            link = await ground.links.find(connection, ground.tenant, ground.digest(identity))
            claimant = await self._find_claimant(connection, identity)
        return link, claimant

    async def _find_claimant(
        self, connection: AsyncConnection, identity: Identity
    ) -> Claimant | None:
        if not identity.address:
            return None
        register = self.ground.register
        found = await register.people.find_by_handle(
            connection, self.ground.tenant, register.digest(identity.address)
        )
        return Claimant(*found) if found else None

    async def _by_link(self, identity: Identity, link: Link, arrival: Arrival) -> NewSession:
        ground = self.ground
        async with ground.database.read() as connection:
            person = await ground.register.people.find(connection, ground.tenant, link.person)
        if person is None or person.disabled_at is not None:
            raise ProviderRefused(ProviderReason.PERSON)
        opening = await self._prepare(person, identity, link, arrival)
        async with ground.database.begin() as connection:
            held = await ground.sessions.hold_opening(connection, opening)
            if not await ground.links.use(connection, ground.tenant, link.id, ground.clock.now()):
                raise ProviderRefused(ProviderReason.PERSON)
            return await ground.sessions.begin(connection, held, opening)

    async def _connect(
        self, provider: Provider, identity: Identity, claimant: Claimant, arrival: Arrival
    ) -> NewSession:
        """Both sides confirmed the address; that it still is so is seen to while it is held."""
        ground, person = self.ground, claimant.person
        link = await ground.new_link(identity, person.id)
        event = await ground.describe(
            person.id, "provider.connected", {"provider": provider.name, "by": "address"}
        )
        opening = await self._prepare(person, identity, link, arrival)
        async with ground.database.begin() as connection:
            await ground.register.people.hold(connection, ground.tenant, person.id)
            now = await self._find_claimant(connection, identity)
            if now is None or now.handle != claimant.handle or now.person.disabled_at is not None:
                raise AddressTaken
            await self._keep(connection, link)
            await outbox.record(connection, event)
            held = await ground.sessions.hold_opening(connection, opening)
            session = await ground.sessions.begin(connection, held, opening)
        await tell_connected(ground, provider, person)
        return session

    async def _create(
        self, provider: Provider, identity: Identity, gone: Claimant | None, arrival: Arrival
    ) -> NewSession:
        ground = self.ground
        profile = self._profile(identity)
        person = await ground.register.prepare(ground.tenant, profile)
        link = await ground.new_link(identity, person.id)
        event = await ground.describe(
            person.id, "person.joined", {"by": "provider", "provider": provider.name, "roles": []}
        )
        opening = await self._prepare(person, identity, link, arrival)
        async with ground.database.begin() as connection:
            if gone is not None:
                await self._end(connection, gone)
            await self._insert(connection, person, profile)
            await self._keep(connection, link)
            await outbox.record(connection, event)
            held = await ground.sessions.hold_opening(connection, opening)
            return await ground.sessions.begin(connection, held, opening)

    async def _insert(self, connection: AsyncConnection, person: Person, profile: Profile) -> None:
        """Without an address that counts nobody finds the account but by its link."""
        register = self.ground.register
        await register.people.insert(connection, person.tenant, person)
        if profile.address_confirmed_at is None:
            return
        handle = register.address_handle(person.id, profile)
        if not await register.people.add_handle(connection, person.tenant, handle):
            raise AddressTaken

    async def _end(self, connection: AsyncConnection, gone: Claimant) -> None:
        """Whoever began an account with an address not theirs keeps nothing that opens it."""
        ground, person = self.ground, gone.person
        people, authenticators = ground.register.people, ground.register.authenticators
        at, id = ground.clock.now(), person.id
        event = await ground.describe(id, "person.displaced", {"by": "provider"})
        await people.set_disabled(connection, person.tenant, id, at)
        await people.delete_handles(connection, person.tenant, id, HandleKind.ADDRESS)
        await authenticators.delete_kind(connection, person.tenant, id)
        await ground.links.delete_of(connection, person.tenant, id)
        await ground.sessions.endings.end_all(connection, person)
        await ground.ceremony_store.delete_of(connection, person.tenant, id)
        for holder in ground.holders:
            await holder.end_all(connection, person.tenant, id)
        await outbox.record(connection, event)

    async def _keep(self, connection: AsyncConnection, link: Link) -> None:
        if not await self.ground.links.insert(connection, link.tenant, link):
            raise LinkTaken

    async def _prepare(
        self, person: Person, identity: Identity, link: Link, arrival: Arrival
    ) -> Opening:
        proof = self.ground.prove(identity, link)
        return await self.ground.sessions.prepare(person, proof, arrival)

    def _profile(self, identity: Identity) -> Profile:
        name = identity.name or identity.address.partition("@")[0] or NAMELESS
        if not identity.is_trusted:
            return Profile(name)
        return Profile(name, identity.address, self.ground.clock.now())


async def tell_connected(ground: ProviderGround, provider: Provider, person: Person) -> None:
    """Word to the mailbox that there is a new way in."""
    to = await ground.register.find_addressee(person.tenant, person.id)
    if to.address:
        message = write_connected(
            to.address,
            service=ground.service,
            label=provider.label,
            link=ground.address_of("/account/with"),
        )
        ground.postman.post(message, to.language or ENGLISH)
