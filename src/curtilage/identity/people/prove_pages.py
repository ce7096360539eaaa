"""One proof more: the second factor after the first, and saying again who one is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from curtilage.core.errors import AuthenticationError, LimitError
from curtilage.core.page import NewSession, Page, SeeOther, Visit
from curtilage.core.slice import Route
from curtilage.core.words import say
from curtilage.identity.people.desk_ports import Elsewhere, NobodyElse, SignInDesk
from curtilage.identity.people.models import AuthenticatorKind, ProofKind, Step
from curtilage.identity.people.rules import parse_acr
from curtilage.identity.people.steps import AGAIN, SECOND, again_of, say_wait, second_of, step_of
from curtilage.identity.people.views import Offer, Waiting

FIELDS = {
    "code": ProofKind.TOTP,
    "recovery": ProofKind.RECOVERY_CODE,
    "passphrase": ProofKind.PASSPHRASE,
    "passkey": ProofKind.PASSKEY,
}
WRONG = {
    "code": say("That is not the code that your app shows now; type the newest one"),
    "recovery": say("That code was used before, or is from an older list; try another one"),
    "passphrase": say("The passphrase is not right"),
    "passkey": say("That passkey does not open this account; use another one, or another way"),
}
MORE = "more"  # says that a proof was taken, and that perhaps another is needed
MISSING = say("Type it here")
NOT_SHOWN = say("Your browser showed no passkey; use another way")


@dataclass(frozen=True, slots=True)
class Asked:
    """What one of these pages shows."""

    path: str
    onward: str
    ways: Waiting
    problems: Mapping[str, str] = field(default_factory=dict)
    status: int = 200
    offers: Sequence[Offer] = ()

    def page(self) -> Page:
        """Only the ways that lead somewhere: a passphrase twice is one factor."""
        kinds = self.ways.ways
        second = self.path == SECOND
        context = {
            "path": self.path,
            "next": self.onward,
            "again": not second,
            "app": AuthenticatorKind.TOTP in kinds,
            "codes": second and AuthenticatorKind.RECOVERY_CODE in kinds,
            "passphrase": AuthenticatorKind.PASSPHRASE in kinds,
            "passkey": self.ways.passkey,
            "account": self.ways.account,
            "problems": self.problems,
            "offers": self.offers,
        }
        return Page("people/prove.html", context, status=self.status)


@dataclass(frozen=True, slots=True)
class ProvePages:
    """Open to whoever has a session that is on its way, or one that is signed in."""

    desk: SignInDesk
    home: str = "/"
    elsewhere: Elsewhere = NobodyElse()  # noqa: RUF009 -- frozen

    def routes(self) -> Sequence[Route]:
        """Public: what they show depends on the session alone."""
        return (
            Route("GET", SECOND, self.ask_second, "", "people.second"),
            Route("POST", SECOND, self.take_second, "", "people.second-run"),
            Route("GET", AGAIN, self.ask_again, "", "people.again"),
            Route("POST", AGAIN, self.take_again, "", "people.again-run"),
        )

    async def ask_second(self, visit: Visit) -> Page | SeeOther:
        """What the first factor left open."""
        onward = visit.query.get("next", self.home)
        ways = await self.desk.find_waiting(visit.session)
        if ways is None:
            return SeeOther(onward if visit.principal else "/login")
        if ways.step is not Step.PROVE:
            return SeeOther(step_of(ways.step, onward))
        return Asked(SECOND, onward, ways).page()

    async def ask_again(self, visit: Visit) -> Page | SeeOther:
        """Who one is, once more."""
        level, onward = parse_acr(visit.query.get("acr", "")), visit.query.get("next", self.home)
        ways = await self.desk.list_ways(visit.session, level)
        if ways is None or visit.principal is None:
            return SeeOther("/login")
        if MORE in visit.query and await self.desk.has_level(visit.session, level):
            return SeeOther(onward)
        if level:  # one proof may not be enough: then the next is asked for here
            onward = f"{again_of(onward, level)}&{MORE}=1"
        offers = await self.elsewhere.list_again(visit.session, level)
        return Asked(AGAIN, onward, ways, offers=offers).page()

    async def take_second(self, visit: Visit) -> Page | SeeOther:
        """Take the second factor, and go on signed in."""
        ways = await self.desk.find_waiting(visit.session)
        return await self._take(SECOND, visit, ways)

    async def take_again(self, visit: Visit) -> Page | SeeOther:
        """Take the proof, and go on in the same session."""
        ways = await self.desk.list_ways(visit.session) if visit.principal else None
        return await self._take(AGAIN, visit, ways)

    async def _take(self, path: str, visit: Visit, ways: Waiting | None) -> Page | SeeOther:
        if ways is None:
            return SeeOther("/login")
        onward = visit.form.get("next", self.home)
        if ways.step is not Step.PROVE:
            return SeeOther(step_of(ways.step, onward))
        name = next((each for each in FIELDS if visit.form.get(each, "").strip()), "")
        if not name:
            shown = next((each for each in FIELDS if each in visit.form), "code")
            said = NOT_SHOWN if shown == "passkey" else MISSING
            return Asked(path, onward, ways, {shown: said}, 422).page()
        try:
            session = await self._prove(visit, name)
        except AuthenticationError:
            return Asked(path, onward, ways, {name: WRONG[name]}, 401).page()
        except LimitError as limit:
            return Asked(path, onward, ways, {name: say_wait(limit)}, 429).page()
        return await self._go_on(session, onward)

    async def _prove(self, visit: Visit, name: str) -> NewSession:
        value = visit.form.get(name, "")
        return await self.desk.prove(visit.session, FIELDS[name], value, address=visit.peer)

    async def _go_on(self, session: NewSession, onward: str) -> SeeOther:
        """On, or to what is still missing: a passphrase after a code."""
        if await self.desk.find_waiting(session.secret) is not None:
            return SeeOther(second_of(onward), begins=session)
        return SeeOther(onward, begins=session)
