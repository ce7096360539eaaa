"""Sign-in, set-up and sign-out: one thing to do on each page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from curtilage.core.errors import AuthenticationError, InputError, LimitError
from curtilage.core.page import Flash, NewSession, Page, SeeOther, Visit
from curtilage.core.slice import Route
from curtilage.core.words import say
from curtilage.identity.errors import UnacceptableName
from curtilage.identity.passphrases import LEAST, MOST_BYTES
from curtilage.identity.people.desk_ports import Elsewhere, NobodyElse, SignInDesk
from curtilage.identity.people.errors import AlreadyEnrolled
from curtilage.identity.people.first_pages import (
    BY_PASSKEY,
    NOT_MADE,
    FirstForm,
    is_made,
    made_of,
    show_making,
)
from curtilage.identity.people.rules import parse_acr
from curtilage.identity.people.steps import again_of, arrival_of, say_wait, second_of
from curtilage.identity.people.views import Arrival
from curtilage.identity.wire.errors import PasskeyRefused, PasskeyUnreadable, UnacceptablePasskey

LONGEST_NAME = 64
WRONG = say("The name or the passphrase is not right")
WRONG_PASSKEY = say("That passkey does not sign in here; use another one, or your passphrase")
WELCOME = say("It is set up. You are signed in.")
SET_UP = "people/set_up.html"
LINK_USED = Page("people/link_used.html", status=401)
DIFFERENT = say("The two passphrases are not the same; type it again")


@dataclass(frozen=True, slots=True)
class SignInPages:
    """The doors that are open to people who are not signed in yet."""

    desk: SignInDesk
    home: str = "/"
    by_mail: bool = False
    may_join: bool = False
    elsewhere: Elsewhere = NobodyElse()  # noqa: RUF009 -- frozen

    def routes(self) -> Sequence[Route]:
        """The routes that these pages answer; all public but for what they check."""
        return (
            Route("GET", "/login", self.ask_passphrase, "", "identity.sign-in"),
            Route("POST", "/login", self.sign_in, "", "identity.sign-in-run"),
            Route("GET", "/login/passkey", self.ask_passphrase, "", "people.passkey-ask"),
            Route("POST", "/login/passkey", self.take_passkey, "", "people.passkey-sign-in"),
            Route("GET", "/setup/{link}", self.ask_first_passphrase, "", "identity.set-up"),
            Route("POST", "/setup/{link}", self.enrol, "", "identity.set-up-run"),
            Route("POST", "/logout", self.sign_out, "", "identity.sign-out"),
        )

    async def ask_passphrase(self, visit: Visit) -> Page | SeeOther:
        """The sign-in form; what comes next stays in the form."""
        onward, acr = visit.query.get("next", self.home), visit.query.get("acr", "")
        if visit.principal is not None:
            level = parse_acr(acr)
            if visit.query.get("again") == "1" or visit.principal.assurance < level:
                return SeeOther(again_of(onward, level))
            return SeeOther(onward)
        if not await self.desk.is_enrolled():
            return Page("people/not_set_up.html")
        return self._sign_in_page(visit, onward)

    async def sign_in(self, visit: Visit) -> Page | SeeOther:
        """Sign in and go on, or say what was wrong without saying more."""
        onward = visit.form.get("next", self.home)
        name, passphrase = visit.form.get("name", ""), visit.form.get("passphrase", "")
        if not passphrase and self.elsewhere.find_realm(name):
            return leads_elsewhere(self.elsewhere.find_realm(name), onward, name)
        missing = find_missing(name, passphrase)
        if missing:
            return self._sign_in_page(visit, onward, problems=missing, name=name, status=422)
        try:
            session = await self._sign_in(name, passphrase, arrival_of(visit))
        except AuthenticationError:
            wrong = {"passphrase": WRONG}
            return self._sign_in_page(visit, onward, problems=wrong, name=name, status=401)
        except LimitError as limit:
            wait = {"passphrase": say_wait(limit)}
            return self._sign_in_page(visit, onward, problems=wait, name=name, status=429)
        return await self._go_on(session, onward)

    async def take_passkey(self, visit: Visit) -> Page | SeeOther:
        """Sign in by what the browser's passkey answered."""
        onward, answer = visit.form.get("next", self.home), visit.form.get("passkey", "")
        try:
            session = await self.desk.sign_in_by_passkey(answer, arrival_of(visit))
        except AuthenticationError:
            wrong = {"passkey": WRONG_PASSKEY}
            return self._sign_in_page(visit, onward, problems=wrong, status=401)
        except LimitError as limit:
            wait = {"passkey": say_wait(limit)}
            return self._sign_in_page(visit, onward, problems=wait, status=429)
        return await self._go_on(session, onward)

    async def _go_on(self, session: NewSession, onward: str) -> SeeOther:
        if await self.desk.find_waiting(session.secret) is not None:
            return SeeOther(second_of(onward), begins=session)
        return SeeOther(onward, begins=session)

    async def _sign_in(self, name: str, passphrase: str, arrival: Arrival) -> NewSession:
        if max(len(name), len(passphrase)) > MOST_BYTES:
            raise AuthenticationError
        return await self.desk.sign_in(name=name, passphrase=passphrase, arrival=arrival)

    def _sign_in_page(
        self,
        visit: Visit,
        onward: str,
        *,
        problems: Mapping[str, str] | None = None,
        name: str = "",
        status: int = 200,
    ) -> Page:
        context = {
            "next": onward,
            "problems": problems or {},
            "name": name,
            "mail": self.by_mail,
            "join": self.may_join,
            "passkey": self.desk.offer_passkey(visit.browser),
            "elsewhere": self.elsewhere,
        }
        return Page("people/sign_in.html", context, status=status)

    async def ask_first_passphrase(self, visit: Visit) -> Page:
        """The set-up form, or a page that says how to get a new link."""
        try:
            offer = await self.desk.look_at_link(visit.params["link"])
        except AuthenticationError:
            return LINK_USED
        return FirstForm(SET_UP, offer).page()

    async def enrol(self, visit: Visit) -> Page | SeeOther:
        """Keep the passphrase or the passkey, and sign in with it."""
        try:
            offer = await self.desk.look_at_link(visit.params["link"])
        except AuthenticationError:
            return LINK_USED
        form = FirstForm(SET_UP, offer, visit.form.get("name", "").strip())
        problems = _find_first_problems(visit, form)
        if problems:
            return replace(form, problems=problems).page()
        try:
            return await self._enrol(visit, form.name)
        except (PasskeyRefused, PasskeyUnreadable, UnacceptablePasskey):
            return replace(form, problems={"name": NOT_MADE}).page()
        except (AuthenticationError, AlreadyEnrolled):
            return LINK_USED
        except UnacceptableName as refusal:
            return replace(form, problems={"name": refusal.told}).page()
        except InputError as refusal:
            return replace(form, problems={"passphrase": refusal.detail}).page()

    async def _enrol(self, visit: Visit, name: str) -> Page | SeeOther:
        link, arrival = visit.params["link"], arrival_of(visit)
        if is_made(visit):
            session = await self.desk.enrol_by_passkey(
                link, name=name, made=made_of(visit), arrival=arrival
            )
        elif visit.form.get("way", "") == BY_PASSKEY:
            offer = await self.desk.offer_first_passkey(link, name=name, browser=visit.browser)
            return show_making(offer, action=f"/setup/{link}", name=name)
        else:
            passphrase = visit.form.get("passphrase", "")
            session = await self.desk.enrol(
                link=link, name=name, passphrase=passphrase, arrival=arrival
            )
        return replace(await self._go_on(session, self.home), flash=Flash(WELCOME))

    async def sign_out(self, visit: Visit) -> SeeOther:
        """End the session here and in the store."""
        await self.desk.sign_out(visit.session)
        return SeeOther("/login", flash=Flash(say("You are signed out.")), ends_session=True)


def leads_elsewhere(provider: str, onward: str, typed: str) -> Page:
    """One button on: to the provider that an address belongs to."""
    return Page("people/elsewhere.html", {"name": provider, "next": onward, "hint": typed})


def find_missing(name: str, passphrase: str) -> dict[str, str]:
    """What was left empty, by field."""
    missing: dict[str, str] = {}
    if not name.strip():
        missing["name"] = say("Enter your name")
    if not passphrase:
        missing["passphrase"] = say("Enter your passphrase")
    return missing


def find_problems(name: str, passphrase: str, again: str, *, least: int = LEAST) -> dict[str, str]:
    """What is wrong with what was typed at set-up, by field.

    Of a passphrase only its length is judged here (no rules of composition)."""
    return find_name_problems(name) | find_new_problems(passphrase, again, least=least)


def find_name_problems(name: str) -> dict[str, str]:
    """What is wrong with a name as it was typed, by field."""
    if not name:
        return {"name": say("Enter a name to sign in with")}
    if len(name) > LONGEST_NAME:
        return {"name": say("Use at most {most} characters", most=LONGEST_NAME)}
    return {}


def find_new_problems(passphrase: str, again: str, *, least: int = LEAST) -> dict[str, str]:
    """What is wrong with a new passphrase as it was typed twice, by field."""
    problems: dict[str, str] = {}
    if not passphrase:
        problems["passphrase"] = say("Choose a passphrase")
    elif len(passphrase) < least:
        problems["passphrase"] = say_too_short(least)
    elif len(passphrase.encode()) > MOST_BYTES:
        problems["passphrase"] = say(
            "Use at most {most} bytes, which is about as many letters", most=MOST_BYTES
        )
    elif passphrase != again:
        problems["again"] = DIFFERENT
    return problems


def say_too_short(least: int) -> str:
    return say("Use at least {least} characters; four or five random words will do", least=least)


def _find_first_problems(visit: Visit, form: FirstForm) -> Mapping[str, str]:
    if is_made(visit) or visit.form.get("way", "") == BY_PASSKEY:
        return find_name_problems(form.name)
    passphrase, again = visit.form.get("passphrase", ""), visit.form.get("again", "")
    return find_problems(form.name, passphrase, again, least=form.offer.shortest)
