"""Sign-in, set-up and sign-out: one thing to do on each page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from curtilage.core.errors import AuthenticationError, InputError, LimitError
from curtilage.core.page import Flash, NewSession, Page, SeeOther, Visit
from curtilage.core.slice import Route
from curtilage.identity.views import BegunSession, SignInDesk

SHORTEST_PASSPHRASE = 15  # NIST SP 800-63B-4 §3.1.1.2: 15 where it is the only factor
LONGEST_PASSPHRASE = 1024  # more is not a passphrase but work for the hash
WRONG = "The passphrase is not right"
DIFFERENT = "The two passphrases are not the same; type it again"
TOO_SHORT = f"Use at least {SHORTEST_PASSPHRASE} characters; four or five random words will do"


@dataclass(frozen=True, slots=True)
class IdentityPages:
    """The doors that are open to people who are not signed in yet."""

    desk: SignInDesk
    home: str = "/"

    def routes(self) -> Sequence[Route]:
        """The routes that these pages answer; all public but for what they check."""
        return (
            Route("GET", "/login", self.ask_passphrase, "", "identity.sign-in"),
            Route("POST", "/login", self.sign_in, "", "identity.sign-in-run"),
            Route("GET", "/setup/{link}", self.ask_first_passphrase, "", "identity.set-up"),
            Route("POST", "/setup/{link}", self.enrol, "", "identity.set-up-run"),
            Route("POST", "/logout", self.sign_out, "", "identity.sign-out"),
        )

    async def ask_passphrase(self, visit: Visit) -> Page | SeeOther:
        """The sign-in form; what comes next stays in the form."""
        onward = visit.query.get("next", self.home)
        if visit.principal is not None:
            return SeeOther(onward)
        if not await self.desk.is_enrolled():
            return Page("identity/not_set_up.html")
        return _sign_in_page(onward)

    async def sign_in(self, visit: Visit) -> Page | SeeOther:
        """Sign in and go on, or say what was wrong without saying more."""
        onward = visit.form.get("next", self.home)
        passphrase = visit.form.get("passphrase", "")
        if not passphrase:
            return _sign_in_page(onward, problem="Enter your passphrase", status=422)
        if len(passphrase) > LONGEST_PASSPHRASE:
            return _sign_in_page(onward, problem=WRONG, status=401)
        try:
            session = await self.desk.sign_in(passphrase=passphrase, peer=visit.peer)
        except AuthenticationError:
            return _sign_in_page(onward, problem=WRONG, status=401)
        except LimitError as limit:
            return _sign_in_page(onward, problem=_wait(limit), status=429)
        return SeeOther(onward, begins=_new(session))

    async def ask_first_passphrase(self, visit: Visit) -> Page:
        """The set-up form, or a page that says how to get a new link."""
        try:
            await self.desk.look_at_link(visit.params["link"])
        except AuthenticationError:
            return Page("identity/link_used.html", status=401)
        return _set_up_page()

    async def enrol(self, visit: Visit) -> Page | SeeOther:
        """Keep the passphrase and sign in with it."""
        passphrase = visit.form.get("passphrase", "")
        problems = find_problems(passphrase, visit.form.get("again", ""))
        if problems:
            return _set_up_page(problems)
        try:
            session = await self.desk.enrol(
                link=visit.params["link"], passphrase=passphrase, peer=visit.peer
            )
        except AuthenticationError:
            return Page("identity/link_used.html", status=401)
        except InputError as weak:
            return _set_up_page({"passphrase": weak.detail})
        welcome = Flash("Your passphrase is set. You are signed in.")
        return SeeOther(self.home, flash=welcome, begins=_new(session))

    async def sign_out(self, visit: Visit) -> SeeOther:
        """End the session here and in the store."""
        await self.desk.sign_out(visit.session)
        return SeeOther("/login", flash=Flash("You are signed out."), ends_session=True)


def find_problems(passphrase: str, again: str) -> dict[str, str]:
    """What is wrong with a new passphrase, by field. Length alone is asked for (no composition)."""
    if not passphrase:
        return {"passphrase": "Choose a passphrase"}
    if len(passphrase) < SHORTEST_PASSPHRASE:
        return {"passphrase": TOO_SHORT}
    if len(passphrase) > LONGEST_PASSPHRASE:
        return {"passphrase": f"Use at most {LONGEST_PASSPHRASE} characters"}
    return {} if passphrase == again else {"again": DIFFERENT}


def _sign_in_page(onward: str, *, problem: str = "", status: int = 200) -> Page:
    problems = {"passphrase": problem} if problem else {}
    return Page("identity/sign_in.html", {"next": onward, "problems": problems}, status=status)


def _set_up_page(problems: Mapping[str, str] | None = None) -> Page:
    context = {"problems": problems or {}, "shortest": SHORTEST_PASSPHRASE}
    return Page("identity/set_up.html", context, status=422 if problems else 200)


def _wait(limit: LimitError) -> str:
    if limit.retry_after is None:
        return "There were too many tries; wait a while and try again"
    return f"There were too many tries; try again in {limit.retry_after} seconds"


def _new(session: BegunSession) -> NewSession:
    return NewSession(session.secret, session.expires_at)
