"""Signing in through others: the way there, the way back, and what is connected."""

from collections.abc import Sequence
from dataclasses import dataclass

from curtilage.core.errors import ConflictError, NotFoundError, PeerError, UnavailableError
from curtilage.core.page import Flash, Page, SeeOther, Visit
from curtilage.core.refusal import Refusal
from curtilage.core.slice import Route
from curtilage.core.words import say
from curtilage.identity.errors import ProveAgain
from curtilage.identity.people.desk_ports import SignInDesk
from curtilage.identity.people.steps import again_of, arrival_of, second_of
from curtilage.identity.providers.errors import (
    LinkTaken,
    ProviderReason,
    ProviderRefused,
)
from curtilage.identity.providers.models import Intent
from curtilage.identity.providers.views import Back, Departure, ProviderDesk

HOME = "/account/with"
RIGHT = "account:manage"
WITH = "/login/with/{name}"


@dataclass(frozen=True, slots=True)
class ProviderPages:
    """Public but for what somebody does with their own account.

    People leave by a page that sends them on, not by the answer to a form: a browser asks
    `form-action` of the whole way, and a provider's way is its own."""

    desk: ProviderDesk
    sign_ins: SignInDesk
    home: str = "/"

    def routes(self) -> Sequence[Route]:
        """The routes that these pages answer."""
        return (
            Route("POST", WITH, self.leave, "", "providers.leave"),
            Route("GET", f"{WITH}/callback", self.come_back, "", "providers.callback"),
            Route("POST", "/login/again/with/{name}", self.again, RIGHT, "providers.again"),
            Route("GET", HOME, self.show, RIGHT, "providers.show"),
            Route("POST", f"{HOME}/{{name}}", self.connect, RIGHT, "providers.connect"),
            Route("POST", f"{HOME}/links/{{id}}/remove", self.remove, RIGHT, "providers.remove"),
        )

    async def leave(self, visit: Visit) -> Page | SeeOther:
        """On to the provider, to sign in."""
        onward = visit.form.get("next", self.home)
        if visit.principal is not None:
            return SeeOther(onward)
        if not await self.sign_ins.is_enrolled():  # the first is who holds the set-up link
            return SeeOther("/login")
        try:
            departure = await self.desk.leave(
                visit.params["name"],
                browser=visit.browser,
                onward=onward,
                hint=visit.form.get("hint", ""),
            )
        except (PeerError, UnavailableError):
            return _away()
        return _leaving(departure)

    async def again(self, visit: Visit) -> Page | SeeOther:
        """On to the provider, to prove oneself once more."""
        onward = visit.form.get("next", self.home)
        try:
            departure = await self.desk.leave_again(
                visit.params["name"], visit.session, onward=onward
            )
        except (PeerError, UnavailableError):
            return _away()
        except (ProviderRefused, ProveAgain):
            return SeeOther(again_of(onward))
        return _leaving(departure)

    async def come_back(self, visit: Visit) -> Page | SeeOther:
        """Whatever the provider sent: signed in, or a page that says what to do."""
        try:
            back = await self.desk.come_back(visit.params["name"], visit.query, arrival_of(visit))
        except ProviderRefused as refusal:
            return _refused(refusal, signed_in=visit.principal is not None)
        except LinkTaken as taken:
            return SeeOther(HOME, flash=Flash(taken.told, "attention"), refused=Refusal(taken.code))
        except (PeerError, UnavailableError):
            return _away()
        return await self._go_on(back)

    async def _go_on(self, back: Back) -> Page | SeeOther:
        if back.intent is Intent.CONNECT:
            return SeeOther(
                HOME,
                flash=Flash(say("Your account at {provider} is connected.", provider=back.label)),
            )
        if back.session is None:
            return Page("providers/nobody.html", {"label": back.label}, status=403)
        if await self.sign_ins.find_waiting(back.session.secret) is not None:
            return SeeOther(second_of(back.onward), begins=back.session)
        return SeeOther(back.onward, begins=back.session)

    async def show(self, visit: Visit) -> Page:
        """Accounts elsewhere that sign this person in."""
        links = await self.desk.list_links(visit.session)
        return Page("providers/connected.html", {"links": links, "offers": self.desk.offers})

    async def connect(self, visit: Visit) -> Page | SeeOther:
        """On to the provider, to connect an account there."""
        try:
            departure = await self.desk.leave_to_connect(visit.params["name"], visit.session)
        except ProveAgain:
            return SeeOther(again_of(HOME))
        except (PeerError, UnavailableError):
            return _away()
        return _leaving(departure)

    async def remove(self, visit: Visit) -> SeeOther:
        """Take one away."""
        try:
            await self.desk.remove(visit.session, visit.params["id"])
        except ProveAgain:
            return SeeOther(again_of(HOME))
        except (ConflictError, NotFoundError) as refusal:
            return SeeOther(
                HOME, flash=Flash(refusal.told, "attention"), refused=Refusal(refusal.code)
            )
        return SeeOther(HOME, flash=Flash(say("It is taken away.")))


def _leaving(departure: Departure) -> Page:
    return Page(
        "providers/leaving.html",
        {"departure": departure},
        headers={"refresh": f"0; url={departure.location}"},
    )


def _away() -> Page:
    return Page("providers/away.html", status=502)


def _refused(refusal: ProviderRefused, *, signed_in: bool) -> Page:
    context = {"denied": refusal.reason is ProviderReason.DENIED, "signed_in": signed_in}
    return Page("providers/refused.html", context, status=401)
