"""Pages that go by way of a mailbox: joining, signing in by mail, a new passphrase.

Looking at a link changes nothing, however often it is done; only its form does. Whether an
address has an account shows on none of these pages.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from curtilage.core.errors import (
    AuthenticationError,
    ConflictError,
    DeniedError,
    InputError,
    LimitError,
)
from curtilage.core.page import Flash, Page, SeeOther, Visit
from curtilage.core.slice import Route
from curtilage.core.words import say
from curtilage.identity.errors import CeremonyOver, UnacceptableName
from curtilage.identity.people.desk_ports import MailDesk, SignInDesk
from curtilage.identity.people.errors import MailSignInOff
from curtilage.identity.people.first_pages import (
    BY_MAILBOX,
    BY_PASSKEY,
    NOT_MADE,
    FirstForm,
    is_made,
    made_of,
    show_making,
)
from curtilage.identity.people.pages import find_name_problems, find_new_problems, find_problems
from curtilage.identity.people.steps import arrival_of, say_wait, second_of
from curtilage.identity.people.views import Recovering
from curtilage.identity.wire.errors import PasskeyRefused, PasskeyUnreadable, UnacceptablePasskey

WRONG_CODE = say("That is not the code of the newest message")
CODE_OVER = say("The code no longer works; ask for a new one")
JOIN = "people/join.html"
JOINED = say("Your account is made. You are signed in.")
OVER = Page("people/link_over.html", status=401)


@dataclass(frozen=True, slots=True)
class MailPages:
    """Open to people who are not signed in."""

    desk: MailDesk
    sign_ins: SignInDesk

    def routes(self) -> Sequence[Route]:
        """All public: what they open, a link opens."""
        return (
            Route("GET", "/join", self.ask_address, "", "people.join"),
            Route("POST", "/join", self.take_address, "", "people.join-ask"),
            Route("GET", "/join/{link}", self.ask_name, "", "people.join-link"),
            Route("POST", "/join/{link}", self.join, "", "people.join-run"),
            Route("GET", "/login/mail", self.ask_mailbox, "", "people.mail"),
            Route("POST", "/login/mail", self.take_mailbox, "", "people.mail-ask"),
            Route("POST", "/login/mail-code", self.take_code, "", "people.mail-code"),
            Route("GET", "/login/mail/{link}", self.show_link, "", "people.mail-link"),
            Route("POST", "/login/mail/{link}", self.take_link, "", "people.mail-run"),
            Route("GET", "/recover", self.ask_who, "", "people.recover"),
            Route("POST", "/recover", self.take_who, "", "people.recover-ask"),
            Route("GET", "/recover/{link}", self.ask_new, "", "people.recover-link"),
            Route("POST", "/recover/{link}", self.take_new, "", "people.recover-run"),
        )

    async def ask_address(self, visit: Visit) -> Page:
        """The form for an address, where everybody may come."""
        if self.desk.sign_up != "open":
            return Page("people/join_closed.html")
        return _asking("join")

    async def take_address(self, visit: Visit) -> Page:
        """Send a link, and say so whoever it is."""
        address = visit.form.get("address", "").strip()
        try:
            await self.desk.ask_to_join(address, peer=visit.peer, language=visit.language)
        except DeniedError:
            return Page("people/join_closed.html", status=403)
        except InputError as refusal:
            problem = {"address": refusal.told}
            return _asking("join", problem, address, 422)
        except LimitError as limit:
            return _asking("join", {"address": say_wait(limit)}, address, 429)
        return _sent("join")

    async def ask_name(self, visit: Visit) -> Page:
        """The form for a name, and how to sign in from now on."""
        try:
            offer = await self.desk.look_at_invitation(visit.params["link"])
        except AuthenticationError:
            return OVER
        return FirstForm(JOIN, offer).page()

    async def join(self, visit: Visit) -> Page | SeeOther:
        """Make the account and sign in."""
        try:
            offer = await self.desk.look_at_invitation(visit.params["link"])
        except AuthenticationError:
            return OVER
        form = FirstForm(JOIN, offer, visit.form.get("name", "").strip())
        problems = _find_problems(visit, form)
        if problems:
            return replace(form, problems=problems).page()
        try:
            return await self._join(visit, form.name)
        except (PasskeyRefused, PasskeyUnreadable, UnacceptablePasskey, MailSignInOff):
            return replace(form, problems={"name": NOT_MADE}).page()
        except AuthenticationError:
            return OVER
        except (UnacceptableName, ConflictError) as refusal:
            return replace(form, problems={"name": refusal.told}).page()
        except InputError as refusal:
            return replace(form, problems={"passphrase": refusal.detail}).page()

    async def _join(self, visit: Visit, name: str) -> Page | SeeOther:
        link, way, arrival = visit.params["link"], visit.form.get("way", ""), arrival_of(visit)
        if is_made(visit):
            session = await self.desk.join_by_passkey(
                link, name=name, made=made_of(visit), arrival=arrival
            )
        elif way == BY_PASSKEY:
            offer = await self.desk.offer_first_passkey(link, name=name, browser=visit.browser)
            return show_making(offer, action=f"/join/{link}", name=name)
        elif way == BY_MAILBOX:
            session = await self.desk.join_by_mailbox(link, name=name, arrival=arrival)
        else:
            session = await self.desk.join(
                link, name=name, passphrase=visit.form.get("passphrase", ""), arrival=arrival
            )
        onward = SeeOther("/", flash=Flash(JOINED), begins=session)
        return await self._go_on(session.secret, onward)

    async def ask_mailbox(self, visit: Visit) -> Page:
        """The form for an address to send a link to."""
        if not self.desk.mail_sign_in:
            return Page("people/mail_off.html")
        return _asking("mail")

    async def take_mailbox(self, visit: Visit) -> Page:
        """Send a link and a code, and ask for the code."""
        address = visit.form.get("address", "").strip()
        if not address:
            return _asking("mail", {"address": say("Enter your e-mail address")}, "", 422)
        try:
            await self.desk.ask_to_sign_in(
                address, browser=visit.browser, peer=visit.peer, language=visit.language
            )
        except DeniedError:
            return Page("people/mail_off.html", status=403)
        except LimitError as limit:
            return _asking("mail", {"address": say_wait(limit)}, address, 429)
        return _sent("mail")

    async def take_code(self, visit: Visit) -> Page | SeeOther:
        """Sign in by the code that was typed."""
        try:
            session = await self.desk.sign_in_by_code(visit.form.get("code", ""), arrival_of(visit))
        except CeremonyOver:
            return _sent("mail", {"code": CODE_OVER}, 401)
        except AuthenticationError:
            return _sent("mail", {"code": WRONG_CODE}, 401)
        return await self._go_on(session.secret, SeeOther("/", begins=session))

    async def show_link(self, visit: Visit) -> Page:
        """Whom the link signs in, and a button; in another browser the code."""
        try:
            link = await self.desk.look_at_sign_in(visit.params["link"], browser=visit.browser)
        except AuthenticationError:
            return OVER
        return Page("people/mail_link.html", {"link": link})

    async def take_link(self, visit: Visit) -> Page | SeeOther:
        """Sign in by the link."""
        try:
            session = await self.desk.sign_in_by_link(visit.params["link"], arrival_of(visit))
        except AuthenticationError:
            return OVER
        return await self._go_on(session.secret, SeeOther("/", begins=session))

    async def _go_on(self, secret: str, onward: SeeOther) -> SeeOther:
        if await self.sign_ins.find_waiting(secret) is None:
            return onward
        return SeeOther(second_of(onward.location), begins=onward.begins)

    async def ask_who(self, visit: Visit) -> Page:
        """The form for a name or an address."""
        return _asking("recover")

    async def take_who(self, visit: Visit) -> Page:
        """Send a link, and say so whoever it is."""
        name = visit.form.get("address", "").strip()
        if not name:
            return _asking("recover", {"address": say("Enter your address or name")}, "", 422)
        try:
            await self.desk.ask_to_recover(name, peer=visit.peer, language=visit.language)
        except LimitError as limit:
            return _asking("recover", {"address": say_wait(limit)}, name, 429)
        return _sent("recover")

    async def ask_new(self, visit: Visit) -> Page:
        """The form for the new passphrase."""
        try:
            found = await self.desk.look_at_recovery(visit.params["link"])
        except AuthenticationError:
            return OVER
        return _recovering(found)

    async def take_new(self, visit: Visit) -> Page | SeeOther:
        """Keep the new passphrase; signing in comes after, as always."""
        link, passphrase = visit.params["link"], visit.form.get("passphrase", "")
        try:
            found = await self.desk.look_at_recovery(link)
        except AuthenticationError:
            return OVER
        problems = find_new_problems(passphrase, visit.form.get("again", ""), least=found.shortest)
        if problems:
            return _recovering(found, problems)
        try:
            await self.desk.recover(link, passphrase)
        except AuthenticationError:
            return OVER
        except InputError as refusal:
            return _recovering(found, {"passphrase": refusal.detail})
        return SeeOther("/login", flash=Flash(say("Your passphrase is new. Sign in with it.")))


def _asking(
    about: str,
    problems: Mapping[str, str] | None = None,
    address: str = "",
    status: int = 200,
) -> Page:
    context = {"about": about, "problems": problems or {}, "address": address}
    return Page("people/ask_mailbox.html", context, status=status)


def _sent(about: str, problems: Mapping[str, str] | None = None, status: int = 200) -> Page:
    context = {"about": about, "problems": problems or {}}
    return Page("people/mail_sent.html", context, status=status)


def _find_problems(visit: Visit, form: FirstForm) -> Mapping[str, str]:
    """What is wrong with what was typed; a passphrase is looked at where one was chosen."""
    if is_made(visit) or visit.form.get("way", "") in (BY_PASSKEY, BY_MAILBOX):
        return find_name_problems(form.name)
    passphrase, again = visit.form.get("passphrase", ""), visit.form.get("again", "")
    return find_problems(form.name, passphrase, again, least=form.offer.shortest)


def _recovering(found: Recovering, problems: Mapping[str, str] | None = None) -> Page:
    context = {"problems": problems or {}, "name": found.name, "shortest": found.shortest}
    return Page("people/recover.html", context, status=422 if problems else 200)
