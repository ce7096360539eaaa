"""How somebody gets an account: by an invitation, or by a mailbox where all may come.

Not here: inviting, and taking that back (`invitations`).

Whether an address has an account is told to nobody but its mailbox: the same answer, and a
message either way.
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
from curtilage.core.words import say
from curtilage.identity.errors import UnacceptableName
from curtilage.identity.people.errors import (
    AlreadyJoined,
    MailSignInOff,
    NameTaken,
    PasskeysOff,
    SignUpClosed,
)
from curtilage.identity.people.mails import write_already_there, write_sign_up
from curtilage.identity.people.models import (
    Authenticator,
    Ceremony,
    CeremonyKind,
    Inviter,
    InviterKind,
    Person,
    Profile,
    Proof,
)
from curtilage.identity.people.postman import ENGLISH, Postman
from curtilage.identity.people.rules import parse_address, parse_name
from curtilage.identity.people.service.attempts import AttemptCounter
from curtilage.identity.people.service.ceremonies import Carried, CeremonyBook
from curtilage.identity.people.service.choosing import PassphraseChooser
from curtilage.identity.people.service.demands import Demands
from curtilage.identity.people.service.first_passkey import FirstPasskey
from curtilage.identity.people.service.inviters import Inviters
from curtilage.identity.people.service.register import Register
from curtilage.identity.people.views import JoinOffer, Made, PasskeyOffer

SIGN_UP_WITHIN = timedelta(days=1)
LINKS = {
    "closed": (),
    "invited": (CeremonyKind.INVITATION,),
    "open": (CeremonyKind.INVITATION, CeremonyKind.SIGN_UP),
}
"""What makes an account, by the setting `identity.sign_up` as it is now."""


@dataclass(frozen=True, slots=True)
class JoiningService:
    """`address_of` makes the address of a path; `service` is what messages call this one."""

    database: Database
    register: Register
    ceremonies: CeremonyBook
    attempts: AttemptCounter
    chooser: PassphraseChooser
    demands: Demands
    postman: Postman
    inviters: Inviters
    pseudonyms: Pseudonyms
    address_of: Callable[[str], str]
    service: str
    sign_up: str
    mail_sign_in: bool
    passkeys: FirstPasskey | None
    clock: Clock
    ids: Ids

    async def ask(
        self, tenant: TenantId, address: str, *, peer: str, language: str = ENGLISH
    ) -> None:
        """Send a link to make an account with, or word that there is one already.

        Raises `SignUpClosed`, `UnacceptableAddress` or `TooManyAttempts`."""
        if self.sign_up != "open":
            raise SignUpClosed
        to = parse_address(address)
        await self.attempts.count(tenant, self.attempts.counters(tenant, to, peer, "join"))
        taken = await self.register.find(tenant, to) is not None
        secret = await self.ceremonies.begin(
            tenant,
            CeremonyKind.SIGN_UP,
            within=SIGN_UP_WITHIN,
            carried={"address": to, "roles": ""},
        )
        if taken:
            here = self.address_of("/login")
            self.postman.post(write_already_there(to, service=self.service, link=here), language)
        else:
            link = self.address_of(f"/join/{secret}")
            self.postman.post(write_sign_up(to, service=self.service, link=link), language)

    async def look(self, tenant: TenantId, secret: str) -> JoinOffer:
        """How the link lets one sign in. Changes nothing. Raises `CeremonyOver`."""
        return self._offer(self.ceremonies.open(await self._find(tenant, secret)))

    async def join(self, tenant: TenantId, secret: str, *, name: str, passphrase: str) -> Person:
        """Make the account of a link. Of two who hold it, one gets it.

        Raises `CeremonyOver`, `UnacceptableName`, `NameTaken`, `AlreadyJoined` or
        `WeakPassphrase`; what is refused does not use the link up."""
        found, carried, name = await self._open(tenant, secret, name)
        chosen = await self.chooser.choose(
            passphrase,
            context=(name, carried["address"]),
            least=self._offer(carried).shortest,
        )
        person, profile = await self._prepare(tenant, carried, name)
        await self._keep(person, profile, self.register.new_passphrase(person.id, chosen), found)
        return person

    async def offer_passkey(
        self, tenant: TenantId, secret: str, *, name: str, browser: str
    ) -> PasskeyOffer:
        """What to ask the browser for, to join without a passphrase. Keeps nothing.

        Raises as `join`, or `PasskeysOff`."""
        found, carried, name = await self._open(tenant, secret, name)
        account = carried["address"] or name
        if await self.register.find(tenant, account) is not None:
            raise AlreadyJoined if carried["address"] else NameTaken
        return self._require_passkeys().offer(
            tenant, found.digest, browser=browser, name=name, account=account
        )

    async def join_by_passkey(
        self, tenant: TenantId, secret: str, *, name: str, made: Made
    ) -> tuple[Person, Proof]:
        """Make the account with a passkey and no passphrase.

        Raises as `join`, `PasskeyRefused`, `PasskeyUnreadable` or `UnacceptablePasskey`."""
        found, carried, name = await self._open(tenant, secret, name)
        way = await self._require_passkeys().verify(tenant, found.digest, made)
        person, profile = await self._prepare(tenant, carried, name, way.person)
        await self._keep(person, profile, way.kept, found)
        return person, way.proof

    async def join_by_mailbox(self, tenant: TenantId, secret: str, *, name: str) -> Person:
        """Make the account with nothing but the mailbox: a link by mail signs in.

        Raises as `join`, or `MailSignInOff` where that opens nothing."""
        found, carried, name = await self._open(tenant, secret, name)
        if not self._offer(carried).mailbox:
            raise MailSignInOff
        person, profile = await self._prepare(tenant, carried, name)
        await self._keep(person, profile, None, found)
        return person

    def _offer(self, carried: Carried) -> JoinOffer:
        """A mailbox alone gives no power, so it is nothing for those who come with a role."""
        roles = carried["roles"].split()
        is_free = not roles and not self.demands.demanded(roles)
        return JoinOffer(
            shortest=self.demands.shortest(roles),
            passkeys=self.passkeys is not None,
            mailbox=self.mail_sign_in and bool(carried["address"]) and is_free,
        )

    async def _open(self, tenant: TenantId, secret: str, raw: str) -> tuple[Ceremony, Carried, str]:
        """The ceremony of a link, what it carries, and the name as it is kept."""
        found = await self._find(tenant, secret)
        name = parse_name(raw)
        if "@" in name:  # whoever is named like an address would be found in its owner's place
            raise UnacceptableName(
                say("A name has no @ in it; your address is not shown to others.")
            )
        return found, self.ceremonies.open(found), name

    async def _prepare(
        self, tenant: TenantId, carried: Carried, name: str, id: PrincipalId | None = None
    ) -> tuple[Person, Profile]:
        confirmed = self.clock.now() if carried["address"] else None
        profile = Profile(name, carried["address"], confirmed)
        roles = frozenset(carried["roles"].split())
        return await self.register.prepare(tenant, profile, roles=roles, id=id), profile

    def _require_passkeys(self) -> FirstPasskey:
        if self.passkeys is None:
            raise PasskeysOff
        return self.passkeys

    async def _keep(
        self, person: Person, profile: Profile, kept: Authenticator | None, by: Ceremony
    ) -> None:
        tenant, carried = person.tenant, self.ceremonies.open(by)
        inviter = await self._find_inviter(tenant, by, carried)
        giver = inviter.id if inviter and inviter.kind is InviterKind.PERSON else None
        event = await self._joined(person, by)
        async with self.database.begin() as connection:
            if inviter is not None:  # looked at before a passphrase was hashed
                await self.inviters.hold(connection, tenant, inviter, carried)
            await self.ceremonies.end(connection, by)
            if not await self.register.insert(connection, person, profile):
                raise AlreadyJoined if profile.address else NameTaken
            await self.register.note_roles(connection, person, person.roles, by=giver)
            await self.register.keep_first(connection, tenant, kept)
            await outbox.record(connection, event)

    async def _find_inviter(
        self, tenant: TenantId, by: Ceremony, carried: Carried
    ) -> Inviter | None:
        """Who sent the invitation and could still; None for whoever came by themselves."""
        if by.kind is not CeremonyKind.INVITATION:
            return None
        return await self.inviters.require(tenant, carried)

    async def _find(self, tenant: TenantId, secret: str) -> Ceremony:
        found = await self.ceremonies.find_one_of(tenant, LINKS[self.sign_up], secret)
        await self._find_inviter(tenant, found, self.ceremonies.open(found))
        return found

    async def _joined(self, person: Person, by: Ceremony) -> Event:
        return Event(
            id=self.ids.new(),
            at=person.created_at,
            kind="person.joined",
            tenant=person.tenant,
            actor=await self.pseudonyms.pseudonym(person.tenant, person.id),
            actor_kind=PrincipalKind.PERSON.value,
            facts={"by": by.kind.value, "roles": sorted(person.roles)},
        )
