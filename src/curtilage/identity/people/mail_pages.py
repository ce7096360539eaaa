"""Pages that go by way of a mailbox: joining, signing in by mail, a new passphrase.

Looking at a link changes nothing, however often it is done; only its form does. Whether an
address has an account shows on none of these pages.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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
from curtilage.identity.passphrases import LEAST
from curtilage.identity.people.pages import find_new_problems, find_problems
from curtilage.identity.people.steps import arrival_of, say_wait, second_of
from curtilage.identity.people.views import MailDesk, Recovering, SignInDesk

WRONG_CODE = say("That is not the code of the newest message")
CODE_OVER = say("The code no longer works; ask for a new one")
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
        """The form for a name and a passphrase."""
        try:
            await self.desk.look_at_invitation(visit.params["link"])
        except AuthenticationError:
            return OVER
        return _joining()

    async def join(self, visit: Visit) -> Page | SeeOther:
        """Make the account and sign in."""
        name, passphrase = visit.form.get("name", "").strip(), visit.form.get("passphrase", "")
        problems = find_problems(name, passphrase, visit.form.get("again", ""))
        if problems:
            return _joining(problems, name)
        try:
            session = await self.desk.join(
                visit.params["link"], name=name, passphrase=passphrase, arrival=arrival_of(visit)
            )
        except AuthenticationError:
            return OVER
        except (UnacceptableName, ConflictError) as refusal:
            return _joining({"name": refusal.told}, name)
        except InputError as refusal:
            return _joining({"passphrase": refusal.detail}, name)
        return SeeOther(
            "/", flash=Flash(say("Your account is made. You are signed in.")), begins=session
        )

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


def _joining(problems: Mapping[str, str] | None = None, name: str = "") -> Page:
    context = {"problems": problems or {}, "name": name, "shortest": LEAST}
    return Page("people/join.html", context, status=422 if problems else 200)


def _recovering(found: Recovering, problems: Mapping[str, str] | None = None) -> Page:
    context = {"problems": problems or {}, "name": found.name, "shortest": found.shortest}
    return Page("people/recover.html", context, status=422 if problems else 200)
