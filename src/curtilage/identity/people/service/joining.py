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
from curtilage.identity.errors import (
    AlreadyJoined,
    CeremonyOver,
    NameTaken,
    SignUpClosed,
    UnacceptableName,
    UnknownRole,
)
from curtilage.identity.people.mails import write_already_there, write_invitation, write_sign_up
from curtilage.identity.people.models import (
    AuthenticatorKind,
    Ceremony,
    CeremonyKind,
    Person,
    Profile,
)
from curtilage.identity.people.postman import Postman
from curtilage.identity.people.rules import parse_address, parse_name
from curtilage.identity.people.service.attempts import AttemptCounter
from curtilage.identity.people.service.ceremonies import Carried, CeremonyBook
from curtilage.identity.people.service.choosing import PassphraseChooser
from curtilage.identity.people.service.register import Register
from curtilage.identity.ports import Machines, NoMachines

MANAGE = "people:manage"
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
    postman: Postman
    authority: Authority
    pseudonyms: Pseudonyms
    address_of: Callable[[str], str]
    service: str
    sign_up: str
    clock: Clock
    ids: Ids
    machines: Machines = NoMachines()  # noqa: RUF009 -- holds nothing

    async def invite(
        self,
        actor: Principal,
        *,
        address: str = "",
        roles: frozenset[str] = frozenset(),
    ) -> str:
        """A link for one person, for seven days; it is sent too where there is an address.

        Raises `UnacceptableAddress`, `UnknownRole`, or `SignUpClosed`."""
        self.authority.require(actor, MANAGE, tenant=actor.tenant)
        if self.sign_up == "closed":
            raise SignUpClosed
        self._require_roles(actor, roles)
        to = parse_address(address) if address else ""
        secret = await self.ceremonies.begin(
            actor.tenant,
            CeremonyKind.INVITATION,
            within=INVITED_FOR,
            carried={"address": to, "roles": " ".join(sorted(roles)), "by": actor.id},
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
            self.postman.post(write_invitation(to, service=self.service, link=link))
        return link

    async def ask(self, tenant: TenantId, address: str, *, peer: str) -> None:
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
            self.postman.post(write_already_there(to, service=self.service, link=here))
        else:
            link = self.address_of(f"/join/{secret}")
            self.postman.post(write_sign_up(to, service=self.service, link=link))

    async def look(self, tenant: TenantId, secret: str) -> None:
        """Raises `CeremonyOver` for a link that makes no account."""
        await self._find(tenant, secret)

    async def join(self, tenant: TenantId, secret: str, *, name: str, passphrase: str) -> Person:
        """Make the account of a link. Of two who hold it, one gets it.

        Raises `CeremonyOver`, `UnacceptableName`, `NameTaken`, `AlreadyJoined` or
        `WeakPassphrase`; what is refused does not use the link up."""
        found = await self._find(tenant, secret)
        carried, name = self.ceremonies.open(found), parse_name(name)
        if "@" in name:  # whoever is named like an address would be found in its owner's place
            raise UnacceptableName("A name has no @ in it; your address is not shown to others.")
        hashed = await self.chooser.choose(passphrase, context=(name, carried["address"]))
        confirmed = self.clock.now() if carried["address"] else None
        profile = Profile(name, carried["address"], confirmed)
        roles = frozenset(carried["roles"].split())
        person = await self.register.prepare(tenant, profile, roles=roles)
        await self._keep(person, profile, hashed, found)
        return person

    async def _keep(self, person: Person, profile: Profile, hashed: bytes, by: Ceremony) -> None:
        event = await self._joined(person, by)
        kept = self.register.new_authenticator(person.id, AuthenticatorKind.PASSPHRASE, hashed)
        async with self.database.begin() as connection:
            await self.ceremonies.end(connection, by)
            if not await self.register.insert(connection, person, profile):
                raise AlreadyJoined if profile.address else NameTaken
            await self.register.authenticators.insert(connection, person.tenant, kept)
            await outbox.record(connection, event)

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
        if held is None:  # the operator of the machine, who is nobody here
            return
        given = self.authority.rights_of(carried["roles"].split())
        if not (given | {MANAGE}) <= held:
            raise CeremonyOver

    def _require_roles(self, actor: Principal, roles: frozenset[str]) -> None:
        """Nobody gives what they do not have: raises `UnknownRole` or a DeniedError."""
        if not roles <= set(self.authority.list_roles()):
            raise UnknownRole
        held = actor.rights | self.authority.rights_of(actor.roles)
        if not self.authority.rights_of(roles) <= held:
            raise DeniedError("A role can be given by somebody who holds all of its rights.")

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
