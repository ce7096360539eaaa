"""How somebody gets an account: by an invitation, or by a mailbox where all may come.

Whether an address has an account is told to nobody but its mailbox: the same answer, and a
message either way.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from curtilage.core.acts import Pseudonyms, describe_act
from curtilage.core.authority import Authority
from curtilage.core.clock import Clock
from curtilage.core.db import outbox
from curtilage.core.db.engine import Database
from curtilage.core.errors import DeniedError
from curtilage.core.ids import Ids
from curtilage.core.models import Event, Principal, PrincipalId, PrincipalKind, TenantId
from curtilage.core.words import say
from curtilage.identity.errors import (
    AlreadyJoined,
    CeremonyOver,
    MailSignInOff,
    NameTaken,
    PasskeysOff,
    SignUpClosed,
    UnacceptableName,
    UnknownRole,
)
from curtilage.identity.models import MANAGE_PEOPLE
from curtilage.identity.people.mails import write_already_there, write_invitation, write_sign_up
from curtilage.identity.people.models import (
    Authenticator,
    Ceremony,
    CeremonyKind,
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
from curtilage.identity.people.service.register import Register
from curtilage.identity.people.views import JoinOffer, Made, PasskeyOffer
from curtilage.identity.ports import Machines, NoMachines

SIGN_UP_WITHIN = timedelta(days=1)
INVITED_FOR = timedelta(days=7)
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
    authority: Authority
    pseudonyms: Pseudonyms
    address_of: Callable[[str], str]
    service: str
    sign_up: str
    mail_sign_in: bool
    passkeys: FirstPasskey | None
    clock: Clock
    ids: Ids
    machines: Machines = NoMachines()  # noqa: RUF009 -- holds nothing

    async def invite(
        self,
        actor: Principal,
        *,
        address: str = "",
        roles: frozenset[str] = frozenset(),
        language: str = ENGLISH,
    ) -> str:
        """A link for one person, for seven days; it is sent too where there is an address.

        Raises `UnacceptableAddress`, `UnknownRole`, or `SignUpClosed`."""
        self.authority.require(actor, MANAGE_PEOPLE, tenant=actor.tenant)
        if self.sign_up == "closed":
            raise SignUpClosed
        self._require_roles(actor, roles)
        to = parse_address(address) if address else ""
        secret = await self.ceremonies.begin(
            actor.tenant,
            CeremonyKind.INVITATION,
            within=INVITED_FOR,
            carried={
                "address": to,
                "roles": " ".join(sorted(roles)),
                "by": actor.id,
                "operator": "yes" if _is_operator(actor) else "",
            },
        )
        event = await describe_act(
            actor,
            "person.invited",
            {"roles": sorted(roles), "mailed": bool(to)},
            ids=self.ids,
            clock=self.clock,
            pseudonyms=self.pseudonyms,
        )
        async with self.database.begin() as connection:
            await outbox.record(connection, event)
        link = self.address_of(f"/join/{secret}")
        if to:
            self.postman.post(write_invitation(to, service=self.service, link=link), language)
        return link

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
        event = await self._joined(person, by)
        async with self.database.begin() as connection:
            await self.ceremonies.end(connection, by)
            if not await self.register.insert(connection, person, profile):
                raise AlreadyJoined if profile.address else NameTaken
            await self.register.note_roles(
                connection, person, person.roles, by=self._find_inviter(by)
            )
            await self.register.keep_first(connection, person.tenant, kept)
            await outbox.record(connection, event)

    def _find_inviter(self, by: Ceremony) -> PrincipalId | None:
        """Who sent the invitation; None for whoever came by themselves."""
        inviter = self.ceremonies.open(by).get("by")
        return None if inviter is None else PrincipalId(inviter)

    async def _find(self, tenant: TenantId, secret: str) -> Ceremony:
        found = await self.ceremonies.find_one_of(tenant, LINKS[self.sign_up], secret)
        if found.kind is CeremonyKind.INVITATION:
            await self._require_inviter(tenant, self.ceremonies.open(found))
        return found

    async def _require_inviter(self, tenant: TenantId, carried: Carried) -> None:
        """Raises `CeremonyOver` where whoever invited could not do it any more: else they keep
        a way in for themselves, for after they are disabled."""
        async with self.database.read() as connection:
            by = await self.register.people.find(connection, tenant, PrincipalId(carried["by"]))
        if by is None:
            held = await self.machines.find_rights(tenant, PrincipalId(carried["by"]))
        else:
            held = self.authority.rights_of(() if by.disabled_at else by.roles)
        if held is None and carried.get("operator"):  # who is nobody here
            return
        given = self.authority.rights_of(carried["roles"].split())
        if held is None or not (given | {MANAGE_PEOPLE}) <= held:  # None: their account was deleted
            raise CeremonyOver

    def _require_roles(self, actor: Principal, roles: frozenset[str]) -> None:
        """Nobody gives what they do not have: raises `UnknownRole` or a DeniedError."""
        if not roles <= set(self.authority.list_roles()):
            raise UnknownRole
        held = actor.rights | self.authority.rights_of(actor.roles)
        if not self.authority.rights_of(roles) <= held:
            raise DeniedError(say("A role can be given by somebody who holds all of its rights."))

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


def _is_operator(actor: Principal) -> bool:
    """Whoever runs commands on this machine never signed in, and no app acts for them."""
    came_otherwise = actor.authenticated_at is not None or actor.act
    return actor.kind is PrincipalKind.PERSON and not came_otherwise
