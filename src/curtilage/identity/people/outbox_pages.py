"""The messages that were not sent but written to files: while trying out, and only then."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from curtilage.core.page import Page, Visit
from curtilage.core.slice import NavItem, Route
from curtilage.identity.models import MANAGE_PEOPLE
from curtilage.identity.people.views import SentMail

HOME = "/console/outbox"


class Outbox(Protocol):
    """Where messages lie."""

    async def read(self) -> Sequence[SentMail]:
        """The newest ones, the newest first."""


@dataclass(frozen=True, slots=True)
class OutboxPages:
    """Not built outside of `mode = "dev"`: messages hold links that sign people in."""

    outbox: Outbox

    def routes(self) -> Sequence[Route]:
        return (Route("GET", HOME, self.show, MANAGE_PEOPLE, "people.outbox"),)

    def nav(self) -> Sequence[NavItem]:
        return (NavItem("Outbox", HOME, "mail", "b", 95),)

    async def show(self, visit: Visit) -> Page:
        """What people would have got by mail."""
        return Page("people/outbox.html", {"messages": await self.outbox.read()})
