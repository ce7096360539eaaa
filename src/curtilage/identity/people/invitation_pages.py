"""Invitations that wait, in the console: whom for, by whom, until when; taking one back.

Links are not here: each was shown once, to whoever made it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from curtilage.core.errors import DeniedError
from curtilage.core.models import Principal
from curtilage.core.page import Flash, Page, SeeOther, Visit
from curtilage.core.refusal import Refusal
from curtilage.core.slice import Route
from curtilage.core.words import say
from curtilage.identity.models import MANAGE_PEOPLE
from curtilage.identity.people.errors import UnknownInvitation
from curtilage.identity.people.rules import mask
from curtilage.identity.people.views import ListedInvitation

HOME = "/console/people/invitations"  # so that the console marks People as where one is
ROWS = 25


class InvitationDesk(Protocol):
    """What these pages do with invitations."""

    @property
    def sign_up(self) -> str: ...

    async def page(
        self, actor: Principal, *, before: str = "", limit: int = 50
    ) -> Sequence[ListedInvitation]: ...

    async def withdraw(self, actor: Principal, id: str) -> None:
        """Raises `UnknownInvitation` or a DeniedError."""


@dataclass(frozen=True, slots=True)
class InvitationPages:
    """Doors to invitations."""

    desk: InvitationDesk

    def routes(self) -> Sequence[Route]:
        """What these pages answer. They come before one person's: no id is like ours."""
        return (
            Route("GET", HOME, self.list, MANAGE_PEOPLE, "people.invitations"),
            Route(
                "POST", f"{HOME}/{{id}}/withdraw", self.withdraw, MANAGE_PEOPLE, "people.withdraw"
            ),
        )

    async def list(self, visit: Visit) -> Page:
        """Those that wait, the newest first."""
        before = visit.query.get("before", "")
        found = await self.desk.page(visit.actor, before=before, limit=ROWS + 1)
        shown = found[:ROWS]
        context = {
            "rows": [{"invitation": each, "masked": mask(each.address)} for each in shown],
            "you": visit.actor.id,
            "home": HOME,
            "older": shown[-1].id if len(found) > ROWS else "",
            "before": before,
            "is_closed": self.desk.sign_up == "closed",
        }
        return Page("people/invitations.html", context)

    async def withdraw(self, visit: Visit) -> SeeOther:
        """Take one back."""
        try:
            await self.desk.withdraw(visit.actor, visit.params["id"])
        except (DeniedError, UnknownInvitation) as refusal:
            return SeeOther(
                HOME, flash=Flash(refusal.told, "attention"), refused=Refusal(refusal.code)
            )
        said = say("The invitation is taken back. Its link lets nobody in any more.")
        return SeeOther(HOME, flash=Flash(said))
