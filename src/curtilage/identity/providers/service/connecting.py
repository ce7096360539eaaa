"""Connects accounts elsewhere, proves somebody again through one, and takes them away."""

from collections.abc import Sequence
from dataclasses import dataclass

from curtilage.core.db import outbox
from curtilage.core.page import NewSession
from curtilage.identity.errors import LastWayIn, UnknownPerson
from curtilage.identity.people.models import Assurance, Person, Proof, ProofKind, Session
from curtilage.identity.people.rules import assess_assurance
from curtilage.identity.people.service.security import SIGNS_IN
from curtilage.identity.people.views import Offer
from curtilage.identity.providers.errors import (
    LinkTaken,
    ProviderReason,
    ProviderRefused,
    UnknownLink,
)
from curtilage.identity.providers.models import Identity, Link, Provider
from curtilage.identity.providers.service.ground import SHOWN, ProviderGround
from curtilage.identity.providers.service.signing_in import tell_connected
from curtilage.identity.providers.views import ListedLink


@dataclass(frozen=True, slots=True)
class Connecting:
    """What somebody who is signed in does with their accounts elsewhere."""

    ground: ProviderGround

    async def connect(self, provider: Provider, identity: Identity, session: Session) -> None:
        """That identity signs this person in from now on; again changes nothing.

        Raises `LinkTaken` where it signs in somebody else."""
        ground = self.ground
        person = await self._get_person(session)
        link = await ground.new_link(identity, person.id)
        event = await ground.describe(
            person.id, "provider.connected", {"provider": provider.name, "by": "session"}
        )
        async with ground.database.begin() as connection:
            if not await ground.links.insert(connection, ground.tenant, link):
                kept = await ground.links.find(connection, ground.tenant, link.digest)
                if kept is None or kept.person != person.id:
                    raise LinkTaken
                return
            await outbox.record(connection, event)
        await tell_connected(ground, provider, person)

    async def prove(self, identity: Identity, session: Session) -> NewSession:
        """The same session with that proof. Raises `ProviderRefused` for another's identity."""
        ground = self.ground
        async with ground.database.begin() as connection:
            held = await ground.sessions.hold(connection, session)
            link = await ground.links.find(connection, ground.tenant, ground.digest(identity))
            if link is None or link.person != session.person:
                raise ProviderRefused(ProviderReason.PERSON)
            await ground.links.use(connection, ground.tenant, link.id, ground.clock.now())
            proof = ground.prove(identity, link)
            further = await ground.sessions.reach(connection, held, proof)
            if further is None:
                raise ProviderRefused(ProviderReason.BROWSER)
            return further

    async def list_of(self, session: Session) -> Sequence[ListedLink]:
        """Accounts elsewhere that sign this person in, the oldest first."""
        return [await self._show(each) for each in await self._load(session)]

    async def list_again(self, session: Session, level: Assurance) -> Sequence[Offer]:
        """Providers that can ask this person again, and then reach the level."""
        issuers = {link.issuer for link in await self._load(session)}
        return [
            Offer(each.name, each.label)
            for each in self.ground.providers.values()
            if each.preset.tells_when
            and any(_is_of(each, issuer) for issuer in issuers)
            and self._reach(session, each) >= level
        ]

    async def remove(self, session: Session, id: str) -> None:
        """Take one away. Raises `ProveAgain`, `UnknownLink` or `LastWayIn`."""
        ground = self.ground
        await ground.guard.require_fresh(session)
        event = await ground.describe(session.person, "provider.disconnected", {"link": id[:64]})
        async with ground.database.begin() as connection:
            await ground.register.people.hold(connection, ground.tenant, session.person)
            if not await ground.links.delete(connection, ground.tenant, session.person, id):
                raise UnknownLink
            held = await ground.register.authenticators.load(
                connection, ground.tenant, session.person
            )
            left = await ground.links.load(connection, ground.tenant, session.person)
            if not left and not any(each.kind in SIGNS_IN for each in held):
                raise LastWayIn
            await outbox.record(connection, event)

    def _reach(self, session: Session, provider: Provider) -> Assurance:
        at = self.ground.clock.now()
        proof = Proof(ProofKind.PROVIDER, at, verified_user=provider.trusts_mfa)
        return assess_assurance((*session.proofs, proof))

    async def _load(self, session: Session) -> Sequence[Link]:
        async with self.ground.database.read() as connection:
            return await self.ground.links.load(connection, session.tenant, session.person)

    async def _get_person(self, session: Session) -> Person:
        async with self.ground.database.read() as connection:
            found = await self.ground.register.people.find(
                connection, session.tenant, session.person
            )
        if found is None or found.disabled_at is not None:
            raise UnknownPerson
        return found

    async def _show(self, link: Link) -> ListedLink:
        shown = await self.ground.register.boxes.open(link.person, link.shown, SHOWN)
        label = next(
            (each.label for each in self.ground.providers.values() if _is_of(each, link.issuer)),
            link.issuer,
        )
        text = "" if shown is None else shown.decode()
        return ListedLink(link.id, label, text, link.created_at, link.last_used_at)


def _is_of(provider: Provider, issuer: str) -> bool:
    """Whether identities of this issuer come from that provider, now or under its tenants."""
    if not provider.tenants:
        return provider.issuer == issuer
    return any(f"/{tenant}/" in issuer for tenant in provider.tenants)
