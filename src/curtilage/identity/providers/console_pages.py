"""Sign-in providers in the console: what is configured, how it fares. Nothing is changed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from curtilage.core.models import Principal
from curtilage.core.page import Flash, Page, SeeOther, Visit
from curtilage.core.slice import NavItem, Route
from curtilage.core.words import join_sentences, say
from curtilage.identity.models import READ_SETTINGS
from curtilage.identity.providers.views import OverseenProvider

HOME = "/console/providers"
FIRST = """[identity.providers.staff]
preset = "keycloak"
issuer = "https://id.example/realms/staff"
client_id = "curtilage"
client_secret_env = "STAFF_CLIENT_SECRET"\n"""


class ProviderOversight(Protocol):
    """What these pages ask."""

    async def list(self, actor: Principal) -> Sequence[OverseenProvider]: ...

    async def check(self, actor: Principal, name: str) -> OverseenProvider:
        """Raises `UnknownProvider`."""


@dataclass(frozen=True, slots=True)
class ProviderConsolePages:
    """Doors to the providers. `address_of` makes the public address of a path."""

    oversight: ProviderOversight
    address_of: Callable[[str], str]

    def routes(self) -> Sequence[Route]:
        """The routes that these pages answer."""
        check = f"{HOME}/{{name}}/check"
        return (
            Route("GET", HOME, self.show, READ_SETTINGS, "providers.list"),
            Route("POST", check, self.check, READ_SETTINGS, "providers.check"),
        )

    def nav(self) -> Sequence[NavItem]:
        """Where the console names them."""
        return (NavItem(say("Providers"), HOME, "log-in", "i", 47),)

    async def show(self, visit: Visit) -> Page:
        """All providers, or how to configure the first."""
        rows = await self.oversight.list(visit.actor)
        context = {
            "rows": [
                {"provider": each, "back": f"/login/with/{each.name}/callback"} for each in rows
            ],
            "first": FIRST.rstrip(),
            "back": self.address_of("/login/with/staff/callback"),
        }
        return Page("providers/providers.html", context)

    async def check(self, visit: Visit) -> SeeOther:
        """Ask one for its document now, and say what came."""
        seen = await self.oversight.check(visit.actor, visit.params["name"])
        if seen.state == "answers":
            flash = Flash(say("{provider} answers as it should.", provider=seen.label))
        else:
            said = join_sentences(
                say("{provider} cannot be signed in through now.", provider=seen.label),
                seen.problem,
            )
            flash = Flash(said, "attention")
        return SeeOther(HOME, flash=flash)
