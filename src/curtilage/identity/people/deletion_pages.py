"""Deleting somebody in the console: what it means, after a fresh proof of who does it.

It cannot be undone, so a page that was left open does not do it. One's own account is deleted
on its own page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from curtilage.core.errors import ConflictError, DeniedError
from curtilage.core.models import Principal, PrincipalId
from curtilage.core.page import Flash, Page, SeeOther, Visit
from curtilage.core.slice import Route
from curtilage.core.words import say
from curtilage.identity.errors import ProveAgain
from curtilage.identity.models import MANAGE_PEOPLE
from curtilage.identity.people.account_pages import LEAVE, prove_first
from curtilage.identity.people.console_pages import HOME
from curtilage.identity.people.rules import mask
from curtilage.identity.people.views import ListedPerson


class ShowPeople(Protocol):
    """Where somebody is looked up."""

    async def show(self, actor: Principal, id: PrincipalId) -> ListedPerson: ...


class DeletionDesk(Protocol):
    """What deletes people. `session` is the secret in the cookie."""

    async def require_fresh(self, actor: Principal, session: str) -> None:
        """Raises `ProveAgain`."""

    async def delete_freshly(self, actor: Principal, id: PrincipalId, *, session: str) -> None:
        """Raises `ProveAgain`, `UnknownPerson`, `LastAdministrator` or a DeniedError."""


@dataclass(frozen=True, slots=True)
class DeletionPages:
    """Doors to the end of an account."""

    people: ShowPeople
    desk: DeletionDesk

    def routes(self) -> Sequence[Route]:
        """The routes that these pages answer."""
        path = f"{HOME}/{{id}}/delete"
        return (
            Route("GET", path, self.ask, MANAGE_PEOPLE, "people.delete"),
            Route("POST", path, self.delete, MANAGE_PEOPLE, "people.delete-run"),
        )

    async def ask(self, visit: Visit) -> Page | SeeOther:
        """What deleting them means, and the button; a fresh proof first."""
        person = await self.people.show(visit.actor, _id(visit))
        if person.id == visit.actor.id:
            return SeeOther(LEAVE)
        try:
            await self.desk.require_fresh(visit.actor, visit.session)
        except ProveAgain as refusal:
            return prove_first(_path(person.id), refusal)
        return _page(person)

    async def delete(self, visit: Visit) -> Page | SeeOther:
        """Delete the account."""
        person = await self.people.show(visit.actor, _id(visit))
        if person.id == visit.actor.id:
            return SeeOther(LEAVE)
        try:
            await self.desk.delete_freshly(visit.actor, person.id, session=visit.session)
        except ProveAgain as refusal:
            return prove_first(_path(person.id), refusal)
        except (ConflictError, DeniedError) as refusal:
            return _page(person, refusal.told, status=refusal.status)
        said = say("The account is deleted, and the key of what was kept of it is destroyed.")
        return SeeOther(HOME, flash=Flash(said))


def _page(person: ListedPerson, problem: str = "", *, status: int = 200) -> Page:
    context = {
        "person": person,
        "masked": mask(person.address),
        "path": _path(person.id),
        "back": f"{HOME}/{person.id}",
        "problem": problem,
    }
    return Page("people/delete.html", context, status=status)


def _id(visit: Visit) -> PrincipalId:
    return PrincipalId(visit.params["id"])


def _path(id: PrincipalId) -> str:
    return f"{HOME}/{id}/delete"
