"""People behind the console's pages, kept in a list; and the messages of the outbox."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from curtilage.core.errors import DeniedError
from curtilage.core.models import Principal, PrincipalId
from curtilage.identity.errors import ProveAgain, UnacceptableAddress, UnknownPerson
from curtilage.identity.people.errors import LastAdministrator, UnknownInvitation, UnknownSession
from curtilage.identity.people.models import AuthenticatorKind, InvitationState, InviterKind
from curtilage.identity.people.rules import handle_text, parse_address
from curtilage.identity.people.views import (
    ConnectedApp,
    ListedInvitation,
    ListedPerson,
    ListedSession,
    MadeInvitation,
    SentMail,
)
from tests.fakes.account import some_sessions
from tests.fakes.clock import START
from tests.fakes.ids import fixed_id

YOU = PrincipalId("person-admin")
LINK = "https://orchard.example/join/hFav71j9et6aIRCFr1XMEVaM3Co9YBsS1InUHB5VgKg"
NAMES = ("Grace Hopper", "Bartholomäus Freiherr von Habsburg-Lothringen", "Ngozi Ö.", "Wei")
PASSPHRASE, TOTP = AuthenticatorKind.PASSPHRASE, AuthenticatorKind.TOTP


def a_person(number: int) -> ListedPerson:
    """The person of that number; some are disabled, some have a role, some no address."""
    name = NAMES[number % 4]
    host = "orchard.example" if number % 3 else "mail.department-of-letters.orchard.example"
    return ListedPerson(
        id=PrincipalId(fixed_id(number)),
        name=name,
        address=f"somebody.{number}@{host}" if number % 4 else "",
        roles=frozenset({"administrator"} if number % 5 == 1 else ()),
        created_at=START - timedelta(days=400 - number),
        disabled_at=START if number % 7 == 3 else None,
        ways=frozenset({PASSPHRASE, TOTP} if number % 2 else {PASSPHRASE} if number % 6 else ()),
    )


def some_people(count: int = 30) -> list[ListedPerson]:
    you = replace(a_person(1), id=YOU, name="Ada Quill", address="ada@orchard.example")
    return [you, *(a_person(number) for number in range(2, count + 1))]


@dataclass
class FakePeople:
    """People in a list, and one link for every invitation."""

    kept: list[ListedPerson] = field(default_factory=some_people)
    sessions: list[ListedSession] = field(default_factory=lambda: some_sessions(2))
    sign_up: str = "invited"
    refuses: bool = False  # what takes a right that the actor does not hold
    is_fresh: bool = True  # whoever sits there proved it lately
    invited: list[tuple[str, frozenset[str]]] = field(default_factory=list)

    async def page(
        self, actor: Principal, *, after: str = "", limit: int = 50
    ) -> Sequence[ListedPerson]:
        places = [place for place, each in enumerate(self.kept) if each.id == after]
        first = places[0] + 1 if places else 0
        return self.kept[first : first + limit]

    async def find(self, actor: Principal, typed: str) -> ListedPerson | None:
        wanted = handle_text(typed)
        named = (
            each for each in self.kept if wanted in {handle_text(each.name), each.address or "-"}
        )
        return next(named, None)

    async def show(self, actor: Principal, id: PrincipalId) -> ListedPerson:
        return self.kept[self._place(id)]

    async def list_sessions(self, actor: Principal, id: PrincipalId) -> Sequence[ListedSession]:
        return self.sessions

    async def end_sessions(self, actor: Principal, id: PrincipalId) -> int:
        ended, self.sessions = len(self.sessions), []
        return ended

    async def end_session(self, actor: Principal, id: PrincipalId, session: str) -> None:
        left = [each for each in self.sessions if each.id != session]
        if len(left) == len(self.sessions):
            raise UnknownSession
        self.sessions = left

    async def disable(self, actor: Principal, id: PrincipalId) -> None:
        person = await self.show(actor, id)
        if person.roles:
            raise LastAdministrator
        self.kept[self._place(id)] = replace(person, disabled_at=START)
        self.sessions = []

    async def enable(self, actor: Principal, id: PrincipalId) -> None:
        person = await self.show(actor, id)
        self.kept[self._place(id)] = replace(person, disabled_at=None)

    async def give_roles(self, actor: Principal, id: PrincipalId, roles: frozenset[str]) -> None:
        if self.refuses:
            raise DeniedError("A role can be given by somebody who holds all of its rights.")
        person = await self.show(actor, id)
        self.kept[self._place(id)] = replace(person, roles=roles)

    async def invite(
        self,
        actor: Principal,
        *,
        address: str = "",
        roles: frozenset[str] = frozenset(),
        language: str = "en",
    ) -> MadeInvitation:
        if address == "taken@":
            raise UnacceptableAddress
        self.invited.append((parse_address(address) if address else "", roles))
        return MadeInvitation(fixed_id(40), LINK)

    async def require_fresh(self, actor: Principal, session: str) -> None:
        if not self.is_fresh:
            raise ProveAgain

    async def delete_freshly(self, actor: Principal, id: PrincipalId, *, session: str) -> None:
        await self.require_fresh(actor, session)
        person = await self.show(actor, id)
        if person.roles:
            raise LastAdministrator
        if self.refuses:
            raise DeniedError("An account can be deleted by somebody who holds all of its rights.")
        self.kept = [each for each in self.kept if each.id != id]

    def _place(self, id: PrincipalId) -> int:
        for place, each in enumerate(self.kept):
            if each.id == id:
                return place
        raise UnknownPerson


def an_invitation(number: int) -> ListedInvitation:
    """The one of that number: by people, the command line, a program, or who is gone."""
    kind = list(InviterKind)[number % 4]
    is_yours = kind is InviterKind.PERSON and number % 8 == 0
    return ListedInvitation(
        id=fixed_id(number),
        address=a_person(number).address,
        roles=frozenset({"administrator"} if number % 5 == 1 else ()),
        by=YOU if is_yours else PrincipalId(fixed_id(4)),
        by_kind=kind,
        inviter="Ada Quill" if is_yours else NAMES[1] if kind is InviterKind.PERSON else "",
        made_at=START - timedelta(hours=number),
        expires_at=START + timedelta(days=7, hours=-number),
        state=InvitationState.HALTED if kind is InviterKind.GONE else InvitationState.WAITING,
    )


@dataclass
class FakeInvitations:
    """Invitations in a list, the newest first."""

    kept: list[ListedInvitation] = field(
        default_factory=lambda: [an_invitation(number) for number in range(8, 0, -1)]
    )
    sign_up: str = "invited"
    refuses: bool = False  # what takes a right that the actor does not hold

    async def page(
        self, actor: Principal, *, before: str = "", limit: int = 50
    ) -> Sequence[ListedInvitation]:
        older = [each for each in self.kept if not before or each.id < before]
        return older[:limit]

    async def withdraw(self, actor: Principal, id: str) -> None:
        left = [each for each in self.kept if each.id != id]
        if len(left) == len(self.kept):
            raise UnknownInvitation
        if self.refuses:
            raise DeniedError(
                "An invitation can be taken back by somebody who holds all of its rights."
            )
        self.kept = left


@dataclass
class FakeApps:
    """What people allowed apps: the same for everybody."""

    kept: list[ConnectedApp] = field(
        default_factory=lambda: [
            ConnectedApp(
                fixed_id(81),
                "Orchard notes",
                ["Know that it is you, by an identifier", "See your e-mail address"],
                START - timedelta(days=3),
            ),
            ConnectedApp(fixed_id(82), "", ["Call AI models for you"], START),
        ]
    )
    own: str = "/oauth2/apps"

    async def list_apps(self, actor: Principal, person: PrincipalId) -> Sequence[ConnectedApp]:
        return self.kept

    async def end_app(self, actor: Principal, person: PrincipalId, app: str) -> None:
        self.kept = [each for each in self.kept if each.id != app]


@dataclass
class FakeOutbox:
    """Messages that were written and not sent."""

    messages: list[SentMail] = field(
        default_factory=lambda: [
            SentMail(
                fixed_id(2),
                "ada@orchard.example",
                "You are invited to orchard.example",
                f"An administrator made room for you. Open this link:\n\n{LINK}\n\nIt works once.\n",
            ),
            SentMail(fixed_id(1), "bob@orchard.example", "A <b>subject</b>", "Hello.\n"),
        ]
    )

    async def read(self) -> Sequence[SentMail]:
        return self.messages
