"""One's own account: how somebody signs in, and where they are signed in."""

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from curtilage.core.errors import ConflictError, NotFoundError
from curtilage.core.page import Flash, Page, SeeOther, Visit
from curtilage.core.refusal import Refusal
from curtilage.core.slice import Route
from curtilage.core.words import join_sentences, say, say_count
from curtilage.identity.errors import CeremonyOver, ProveAgain, WeakPassphrase
from curtilage.identity.people.desk_ports import AccountDesk, Elsewhere, NobodyElse
from curtilage.identity.people.models import Assurance
from curtilage.identity.people.pages import find_new_problems
from curtilage.identity.people.steps import again_of
from curtilage.identity.people.views import TotpOffer
from curtilage.identity.totp_picture import draw_address
from curtilage.identity.wire.errors import CodeRefused

HOME = "/account"
RIGHT = "account:manage"
LEAVE = f"{HOME}/delete"
NOT_THE_CODE = say("That is not the code that the app shows now; type the newest one")


@dataclass(frozen=True, slots=True)
class AccountPages:
    """The pages of whoever is signed in."""

    desk: AccountDesk
    elsewhere: Elsewhere = NobodyElse()  # noqa: RUF009 -- frozen
    apps: str = ""  # where somebody sees what they allowed apps

    def routes(self) -> Sequence[Route]:
        """All need a session; what changes how one signs in asks for a fresh proof first."""
        return (
            Route("GET", HOME, self.show, RIGHT, "people.account"),
            Route("GET", f"{HOME}/passphrase", self.ask_passphrase, RIGHT, "people.passphrase"),
            Route("POST", f"{HOME}/passphrase", self.change, RIGHT, "people.passphrase-change"),
            Route("POST", f"{HOME}/app", self.offer, RIGHT, "people.app-offer"),
            Route("POST", f"{HOME}/app/check", self.add, RIGHT, "people.app-add"),
            Route("POST", f"{HOME}/codes", self.renew, RIGHT, "people.codes-renew"),
            Route("POST", f"{HOME}/ways/{{id}}/remove", self.remove, RIGHT, "people.way-remove"),
            Route("POST", f"{HOME}/sessions/{{id}}/end", self.end, RIGHT, "people.session-end"),
            Route("GET", LEAVE, self.ask_leave, RIGHT, "people.leave"),
            Route("POST", LEAVE, self.leave, RIGHT, "people.leave-run"),
            Route("POST", f"{HOME}/sessions/end", self.end_others, RIGHT, "people.sessions-end"),
        )

    async def show(self, visit: Visit) -> Page:
        """How this person signs in, and where they are signed in."""
        overview = await self.desk.overview(visit.session)
        context = {"overview": overview, "elsewhere": self.elsewhere, "apps": self.apps}
        return Page("people/account.html", context)

    async def ask_passphrase(self, visit: Visit) -> Page | SeeOther:
        """The form for a new passphrase."""
        return await self._passphrase_page(visit)

    async def change(self, visit: Visit) -> Page | SeeOther:
        """Keep the new passphrase; every other session ends."""
        passphrase, again = visit.form.get("passphrase", ""), visit.form.get("again", "")
        least = await self.desk.shortest(visit.session)
        problems = find_new_problems(passphrase, again, least=least)
        if problems:
            return await self._passphrase_page(visit, problems)
        try:
            ended = await self.desk.change_passphrase(visit.session, passphrase)
        except ProveAgain as refusal:
            return prove_first(f"{HOME}/passphrase", refusal)
        except WeakPassphrase as refusal:
            return await self._passphrase_page(visit, {"passphrase": refusal.detail})
        said = join_sentences(say("Your passphrase is changed."), _ended(ended))
        return SeeOther(HOME, flash=Flash(said))

    async def offer(self, visit: Visit) -> Page | SeeOther:
        """A picture for an authenticator app, and the field for its first code."""
        try:
            return show_app(await self.desk.offer_totp(visit.session))
        except ProveAgain as refusal:
            return prove_first(HOME, refusal)

    async def add(self, visit: Visit) -> Page | SeeOther:
        """Keep the app if the code is right."""
        ceremony, code = visit.form.get("ceremony", ""), visit.form.get("code", "")
        try:
            session = await self.desk.add_totp(visit.session, ceremony, code)
        except CodeRefused:
            offer = await self.desk.look_at_totp(visit.session, ceremony)
            return show_app(offer, {"code": NOT_THE_CODE})
        except CeremonyOver as over:
            return SeeOther(HOME, flash=Flash(over.told, "attention"), refused=Refusal(over.code))
        except ProveAgain as refusal:
            return prove_first(HOME, refusal)
        said = say("The app is set up. From now on a code of it follows your passphrase.")
        return SeeOther(HOME, flash=Flash(said), begins=session)

    async def renew(self, visit: Visit) -> Page | SeeOther:
        """Show ten new recovery codes, this once."""
        try:
            codes = await self.desk.renew_recovery_codes(visit.session)
        except ProveAgain as refusal:
            return prove_first(HOME, refusal)
        return Page("people/codes.html", {"codes": codes})

    async def remove(self, visit: Visit) -> SeeOther:
        """Take away one way to sign in."""
        work = self.desk.remove(visit.session, visit.params["id"])
        return await _changed(work, say("It is taken away."))

    async def end(self, visit: Visit) -> SeeOther:
        """Sign out one browser."""
        ended = await self.desk.end_session(visit.session, visit.params["id"])
        said = (
            say("That browser is signed out.")
            if ended
            else say("That browser was signed out already.")
        )
        return SeeOther(HOME, flash=Flash(said))

    async def end_others(self, visit: Visit) -> SeeOther:
        """Sign out every browser but this one."""
        ended = await self.desk.end_other_sessions(visit.session)
        said = _signed_out(ended) if ended else say("There was no other.")
        return SeeOther(HOME, flash=Flash(said))

    async def ask_leave(self, visit: Visit) -> Page:
        """What deleting the account means, and the button."""
        return Page("people/leave.html", {"problem": ""})

    async def leave(self, visit: Visit) -> Page | SeeOther:
        """Delete the account; nobody is signed in after it."""
        try:
            await self.desk.leave(visit.session)
        except ProveAgain as refusal:
            return prove_first(LEAVE, refusal)
        except ConflictError as refusal:
            return Page("people/leave.html", {"problem": refusal.told}, status=409)
        said = say("Your account is deleted.")
        return SeeOther("/login", flash=Flash(said), ends_session=True)

    async def _passphrase_page(
        self, visit: Visit, problems: Mapping[str, str] | None = None
    ) -> Page:
        context = {
            "problems": problems or {},
            "shortest": await self.desk.shortest(visit.session),
            "action": f"{HOME}/passphrase",
            "next": "",
            "leaked": False,
        }
        return Page("people/passphrase.html", context, status=422 if problems else 200)


def _ended(sessions: int) -> str:
    if not sessions:
        return ""
    return say_count("{count} other session ended.", "{count} other sessions ended.", sessions)


def _signed_out(browsers: int) -> str:
    return say_count(
        "{count} other browser signed out.", "{count} other browsers signed out.", browsers
    )


async def _changed(work: Awaitable[None], said: str) -> SeeOther:
    try:
        await work
    except ProveAgain as refusal:
        return prove_first(HOME, refusal)
    except (ConflictError, NotFoundError) as refusal:
        return SeeOther(HOME, flash=Flash(refusal.told, "attention"), refused=Refusal(refusal.code))
    return SeeOther(HOME, flash=Flash(said))


def prove_first(onward: str, refusal: ProveAgain) -> SeeOther:
    """To where one says again who one is, as strongly as is asked, and back."""
    return SeeOther(again_of(onward, Assurance(refusal.level)))


def show_app(
    offer: TotpOffer,
    problems: Mapping[str, str] | None = None,
    *,
    action: str = f"{HOME}/app/check",
    onward: str = "",
) -> Page:
    """The page on which an app is set up; `onward` where that is a step on the way in."""
    context = {
        "offer": offer,
        "picture": Markup(draw_address(offer.address)),  # noqa: S704 -- drawn here, no text in it
        "problems": problems or {},
        "action": action,
        "next": onward,
    }
    return Page("people/app.html", context, status=422 if problems else 200)
