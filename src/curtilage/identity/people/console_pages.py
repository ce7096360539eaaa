"""People in the console: who is there, inviting, signing out, disabling, roles.

No name and no address is ever in a URL: people are found by a form and shown by their ids.
"""

from collections.abc import Awaitable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from curtilage.core.errors import ConflictError, DeniedError, InputError, MissingRight
from curtilage.core.models import Principal, PrincipalId
from curtilage.core.page import Flash, Page, SeeOther, Visit
from curtilage.core.refusal import Refusal
from curtilage.core.slice import NavItem, Route
from curtilage.core.words import say, say_count
from curtilage.identity.models import MANAGE_PEOPLE, MANAGE_SESSIONS
from curtilage.identity.people.desk_ports import AppsOfPeople, NoApps
from curtilage.identity.people.errors import UnknownSession
from curtilage.identity.people.rules import mask
from curtilage.identity.people.views import ListedPerson, ListedSession, MadeInvitation

HOME = "/console/people"
ROWS = 25
NOT_FOUND = say("Nobody has this name or address; enter all of it")


class PeopleDesk(Protocol):
    """What these pages do with people."""

    async def page(
        self, actor: Principal, *, after: str = "", limit: int = 50
    ) -> Sequence[ListedPerson]: ...

    async def find(self, actor: Principal, typed: str) -> ListedPerson | None: ...

    async def show(self, actor: Principal, id: PrincipalId) -> ListedPerson: ...

    async def list_sessions(self, actor: Principal, id: PrincipalId) -> Sequence[ListedSession]: ...

    async def end_sessions(self, actor: Principal, id: PrincipalId) -> int: ...

    async def end_session(self, actor: Principal, id: PrincipalId, session: str) -> None: ...

    async def disable(self, actor: Principal, id: PrincipalId) -> None: ...

    async def enable(self, actor: Principal, id: PrincipalId) -> None: ...

    async def give_roles(
        self, actor: Principal, id: PrincipalId, roles: frozenset[str]
    ) -> None: ...


class InviteDesk(Protocol):
    """What invites people."""

    @property
    def sign_up(self) -> str: ...

    async def invite(
        self,
        actor: Principal,
        *,
        address: str = "",
        roles: frozenset[str] = frozenset(),
        language: str = "en",
    ) -> MadeInvitation:
        """The message to the address is in the language of whoever invites."""


@dataclass(frozen=True, slots=True)
class ConsolePages:
    """Doors to people. `roles` are those that can be given."""

    people: PeopleDesk
    invitations: InviteDesk
    roles: Collection[str]
    apps: AppsOfPeople = NoApps()  # noqa: RUF009 -- frozen

    def routes(self) -> Sequence[Route]:
        """The routes that these pages answer."""
        one = f"{HOME}/{{id}}"
        return (
            Route("GET", HOME, self.list, MANAGE_PEOPLE, "people.list"),
            Route("POST", "/console/find-person", self.find, MANAGE_PEOPLE, "people.find"),
            Route("POST", "/console/invite-person", self.invite, MANAGE_PEOPLE, "people.invite"),
            Route("GET", one, self.show, MANAGE_PEOPLE, "people.person"),
            Route("POST", f"{one}/sign-out", self.sign_out, MANAGE_SESSIONS, "people.sign-out"),
            Route(
                "POST",
                f"{one}/sessions/{{session}}/end",
                self.end,
                MANAGE_SESSIONS,
                "people.end-session",
            ),
            Route(
                "POST", f"{one}/apps/{{client}}/end", self.end_app, MANAGE_PEOPLE, "people.end-app"
            ),
            Route("POST", f"{one}/disable", self.disable, MANAGE_PEOPLE, "people.disable"),
            Route("POST", f"{one}/enable", self.enable, MANAGE_PEOPLE, "people.enable"),
            Route("POST", f"{one}/roles", self.give_roles, MANAGE_PEOPLE, "people.roles"),
        )

    def nav(self) -> Sequence[NavItem]:
        """Where the console names them."""
        return (NavItem(say("People"), HOME, "users", "o", 45),)

    async def list(self, visit: Visit) -> Page:
        """People in the order in which they came, and the forms to find and to invite."""
        return await self._page(visit)

    async def find(self, visit: Visit) -> Page | SeeOther:
        """Whose name or address was typed."""
        typed = visit.form.get("who", "").strip()
        found = await self.people.find(visit.actor, typed) if typed else None
        if found is None:
            return await self._page(visit, {"who": NOT_FOUND}, who=typed[:254])
        return SeeOther(_path(found.id))

    async def invite(self, visit: Visit) -> Page:
        """Make a link and show it, this once."""
        address, role = visit.form.get("address", "").strip(), visit.form.get("role", "")
        roles = frozenset({role}) if role else frozenset()
        try:
            made = await self.invitations.invite(
                visit.actor, address=address, roles=roles, language=visit.language
            )
        except InputError as refusal:
            problems = {"address": refusal.told}
            return await self._page(visit, problems, address=address[:254], role=role)
        return Page("people/invited.html", {"shown": made.link, "address": address})

    async def show(self, visit: Visit) -> Page:
        """One person: what they are, how they sign in, where they are signed in."""
        id = _id(visit)
        person = await self.people.show(visit.actor, id)
        context = {
            "person": person,
            "masked": mask(person.address),
            "sessions": await self._sessions(visit.actor, id),
            "apps": await self.apps.list_apps(visit.actor, id),
            "path": _path(id),
            "open_roles": sorted(person.roles if person.disabled_at else self.roles),
            "is_you": id == visit.actor.id,
        }
        return Page("people/person.html", context)

    async def _sessions(self, actor: Principal, id: PrincipalId) -> Sequence[ListedSession] | None:
        """None for whoever may see people and not where they are signed in."""
        try:
            return await self.people.list_sessions(actor, id)
        except MissingRight:
            return None

    async def end(self, visit: Visit) -> SeeOther:
        """End one session of somebody."""
        work = self.people.end_session(visit.actor, _id(visit), visit.params["session"])
        return await _done(visit, work, say("Signed out there."))

    async def end_app(self, visit: Visit) -> SeeOther:
        """Take back all that an app has of somebody."""
        work = self.apps.end_app(visit.actor, _id(visit), visit.params["client"])
        return await _done(visit, work, say("The app has nothing of this person any more."))

    async def sign_out(self, visit: Visit) -> SeeOther:
        """End all sessions of somebody."""
        ended = await self.people.end_sessions(visit.actor, _id(visit))
        said = _signed_out(ended) if ended else say("They were nowhere.")
        return SeeOther(_path(_id(visit)), flash=Flash(said))

    async def disable(self, visit: Visit) -> SeeOther:
        """End all that acts for somebody."""
        work = self.people.disable(visit.actor, _id(visit))
        return await _done(visit, work, say("Disabled. Nothing acts for this person any more."))

    async def enable(self, visit: Visit) -> SeeOther:
        """Let somebody sign in again."""
        work = self.people.enable(visit.actor, _id(visit))
        return await _done(visit, work, say("Enabled. This person can sign in again."))

    async def give_roles(self, visit: Visit) -> SeeOther:
        """Let somebody have the roles that are ticked and no other.

        `before` is what the page showed: one that was left open undoes nobody's change."""
        person = await self.people.show(visit.actor, _id(visit))
        roles = frozenset(role for role in self.roles if f"role:{role}" in visit.form)
        if visit.form.get("before", "").split() != sorted(person.roles):
            said = say("The roles were changed meanwhile. Nothing was done; look at them again.")
            return SeeOther(_path(person.id), flash=Flash(said, "attention"))
        if roles == person.roles:  # nobody has to sign in again for nothing
            return SeeOther(_path(person.id))
        work = self.people.give_roles(visit.actor, person.id, roles)
        return await _done(visit, work, say("The roles are changed."))

    async def _page(
        self, visit: Visit, problems: Mapping[str, str] | None = None, **typed: str
    ) -> Page:
        after = visit.query.get("after", "")
        found = await self.people.page(visit.actor, after=after, limit=ROWS + 1)
        context: dict[str, Any] = {
            "rows": [{"person": each, "masked": mask(each.address)} for each in found[:ROWS]],
            "you": visit.actor.id,
            "next": found[ROWS - 1].id if len(found) > ROWS else "",
            "after": after,
            "roles": [
                ("", say("No role")),
                *((role, role.capitalize()) for role in sorted(self.roles)),
            ],
            "is_closed": self.invitations.sign_up == "closed",
            "problems": problems or {},
            "typed": {"who": "", "address": "", "role": "", **typed},
        }
        return Page("people/people.html", context, status=422 if problems else 200)


def _signed_out(browsers: int) -> str:
    return say_count("Signed out of {count} browser.", "Signed out of {count} browsers.", browsers)


async def _done(visit: Visit, work: Awaitable[None], said: str) -> SeeOther:
    try:
        await work
    except (ConflictError, DeniedError, UnknownSession) as refusal:
        return SeeOther(
            _path(_id(visit)), flash=Flash(refusal.told, "attention"), refused=Refusal(refusal.code)
        )
    return SeeOther(_path(_id(visit)), flash=Flash(said))


def _id(visit: Visit) -> PrincipalId:
    return PrincipalId(visit.params["id"])


def _path(id: PrincipalId) -> str:
    return f"{HOME}/{id}"
