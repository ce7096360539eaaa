"""Invites people, says which invitations wait, takes one back.

A link is shown once and kept as a digest. What an invitation is called here, its id, opens
nothing. Taking it back and taking it up end the same row, each in the transaction of all else
that it does: of the two one wins.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from curtilage.core.acts import Pseudonyms, describe_act
from curtilage.core.authority import Authority
from curtilage.core.canonical import Json
from curtilage.core.clock import Clock
from curtilage.core.db import outbox
from curtilage.core.db.engine import Database
from curtilage.core.errors import DeniedError
from curtilage.core.ids import Ids
from curtilage.core.models import Event, Principal, PrincipalId, PrincipalKind, TenantId
from curtilage.core.words import say
from curtilage.identity.errors import CeremonyOver
from curtilage.identity.models import MANAGE_PEOPLE
from curtilage.identity.people.errors import SignUpClosed, UnknownInvitation, UnknownRole
from curtilage.identity.people.mails import write_invitation
from curtilage.identity.people.models import (
    Ceremony,
    CeremonyKind,
    InvitationState,
    Inviter,
    InviterKind,
)
from curtilage.identity.people.postman import ENGLISH, Postman
from curtilage.identity.people.rules import is_open, parse_address
from curtilage.identity.people.service.ceremonies import Carried, CeremonyBook
from curtilage.identity.people.service.inviters import Inviters
from curtilage.identity.people.service.register import Register
from curtilage.identity.people.views import ListedInvitation, MadeInvitation

INVITED_FOR = timedelta(days=7)
MOST_LISTED = 200  # and one: whoever shows them asks whether there are more
KIND = CeremonyKind.INVITATION


@dataclass(frozen=True, slots=True)
class InvitationService:
    """`address_of` makes the address of a path; `service` is what messages call this one."""

    database: Database
    register: Register
    ceremonies: CeremonyBook
    inviters: Inviters
    postman: Postman
    authority: Authority
    pseudonyms: Pseudonyms
    address_of: Callable[[str], str]
    service: str
    sign_up: str
    clock: Clock
    ids: Ids

    async def invite(
        self,
        actor: Principal,
        *,
        address: str = "",
        roles: frozenset[str] = frozenset(),
        language: str = ENGLISH,
    ) -> MadeInvitation:
        """A link for one person, for seven days; it is sent too where there is an address.

        Raises `UnacceptableAddress`, `UnknownRole`, or `SignUpClosed`."""
        self._require(actor)
        if self.sign_up == "closed":
            raise SignUpClosed
        self._require_may_give(actor, roles)
        to, id = parse_address(address) if address else "", self.ids.new()
        carried = {
            "address": to,
            "roles": " ".join(sorted(roles)),
            "by": actor.id,
            "operator": "yes" if _is_operator(actor) else "",
        }
        event = await self._describe(actor, "person.invited", id, carried)
        secret = await self.ceremonies.begin(
            actor.tenant, KIND, within=INVITED_FOR, carried=carried, id=id, event=event
        )
        link = self.address_of(f"/join/{secret}")
        if to:
            self.postman.post(write_invitation(to, service=self.service, link=link), language)
        return MadeInvitation(id, link)

    async def page(
        self, actor: Principal, *, before: str = "", limit: int = 50
    ) -> Sequence[ListedInvitation]:
        """Those that wait, the newest first, older than `before`. One that would let nobody in,
        as things are, is among them: it does again once whoever invited may invite."""
        self._require(actor)
        async with self.database.read() as connection:
            found = await self.ceremonies.store.page(
                connection,
                actor.tenant,
                KIND,
                at=self.clock.now(),
                before=before,
                limit=min(limit, MOST_LISTED + 1),
            )
        return await self._list(actor.tenant, found)

    async def withdraw(self, actor: Principal, id: str) -> None:
        """Take one back: its link lets nobody in any more.

        Raises `UnknownInvitation`, or a DeniedError for one that comes with rights that the
        actor does not hold."""
        self._require(actor)
        found = await self._get(actor.tenant, id)
        carried = self.ceremonies.open(found)
        if not self.authority.holds_all_of(actor, carried["roles"].split()):
            raise DeniedError(
                say("An invitation can be taken back by somebody who holds all of its rights.")
            )
        event = await self._describe(actor, "invitation.withdrawn", id, carried)
        try:
            async with self.database.begin() as connection:
                await self.ceremonies.end(connection, found)
                await outbox.record(connection, event)
        except CeremonyOver:  # somebody took it up meanwhile
            raise UnknownInvitation from None

    async def _get(self, tenant: TenantId, id: str) -> Ceremony:
        async with self.database.read() as connection:
            found = await self.ceremonies.store.find_by_id(connection, tenant, KIND, id)
        if not id or found is None or not is_open(found, at=self.clock.now()):
            raise UnknownInvitation
        return found

    async def _list(
        self, tenant: TenantId, found: Sequence[Ceremony]
    ) -> Sequence[ListedInvitation]:
        carried = [self.ceremonies.open(each) for each in found]
        inviters: dict[str, Inviter] = {}
        for each in carried:
            if each["by"] not in inviters:
                inviters[each["by"]] = await self.inviters.find(tenant, each)
        people = [each.id for each in inviters.values() if each.kind is InviterKind.PERSON]
        names = await self.register.find_names(tenant, people)
        return [
            self._show(ceremony, each, inviters[each["by"]], names.get(PrincipalId(each["by"]), ""))
            for ceremony, each in zip(found, carried, strict=True)
        ]

    def _show(
        self, ceremony: Ceremony, carried: Carried, inviter: Inviter, name: str
    ) -> ListedInvitation:
        holds = self.sign_up != "closed" and self.inviters.may_still(inviter, carried)
        return ListedInvitation(
            id=ceremony.id,
            address=carried["address"],
            roles=frozenset(carried["roles"].split()),
            by=inviter.id,
            by_kind=inviter.kind,
            inviter=name,
            made_at=ceremony.expires_at - INVITED_FOR,
            expires_at=ceremony.expires_at,
            state=InvitationState.WAITING if holds else InvitationState.HALTED,
        )

    def _require(self, actor: Principal) -> None:
        self.authority.require(actor, MANAGE_PEOPLE, tenant=actor.tenant)

    def _require_may_give(self, actor: Principal, roles: frozenset[str]) -> None:
        """Nobody gives what they do not have: raises `UnknownRole` or a DeniedError."""
        if not roles <= self.authority.list_roles():
            raise UnknownRole
        if not self.authority.holds_all_of(actor, roles):
            raise DeniedError(say("A role can be given by somebody who holds all of its rights."))

    async def _describe(self, actor: Principal, kind: str, id: str, carried: Carried) -> Event:
        facts: dict[str, Json] = {
            "invitation": id,
            "roles": list(carried["roles"].split()),
            "mailed": bool(carried["address"]),
        }
        return await describe_act(
            actor, kind, facts, ids=self.ids, clock=self.clock, pseudonyms=self.pseudonyms
        )


def _is_operator(actor: Principal) -> bool:
    """Whoever runs commands on this machine never signed in, and no app acts for them."""
    came_otherwise = actor.authenticated_at is not None or actor.act
    return actor.kind is PrincipalKind.PERSON and not came_otherwise
