"""What comes before anything opens: setting a second factor up, or a passphrase anew.

Whoever has none where one is demanded is led here right after the first proof, and so is
whoever came with a passphrase that leaked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from curtilage.core.errors import ConflictError, InputError, NotFoundError
from curtilage.core.page import Flash, NewSession, Page, SeeOther, Visit
from curtilage.core.refusal import Refusal
from curtilage.core.slice import Route
from curtilage.core.words import say
from curtilage.identity.errors import CeremonyOver, ProveAgain, WeakPassphrase
from curtilage.identity.people.account_pages import NOT_THE_CODE, show_app
from curtilage.identity.people.desk_ports import SignInDesk, StepDesk
from curtilage.identity.people.models import Step
from curtilage.identity.people.pages import find_new_problems
from curtilage.identity.people.steps import ENROL, NEW_PASSPHRASE, second_of
from curtilage.identity.people.views import StepOffer
from curtilage.identity.wire.errors import CodeRefused

CHECK, PASSKEY = f"{ENROL}/app/check", f"{ENROL}/passkey"
REFUSALS = (CeremonyOver, InputError, ConflictError, NotFoundError)
ADDED = say("It is set up. Make recovery codes on your account page, in case you lose it.")
CHANGED = say("Your passphrase is new. Every other browser is signed out.")


@dataclass(frozen=True, slots=True)
class StepPages:
    """Open to whoever has a session that is on its way; what they may do, that tells."""

    desk: StepDesk
    sign_ins: SignInDesk
    home: str = "/"

    def routes(self) -> Sequence[Route]:
        """Public: what they show depends on the session alone."""
        return (
            Route("GET", ENROL, self.show, "", "people.enrol"),
            Route("POST", f"{ENROL}/app", self.offer_app, "", "people.enrol-app"),
            Route("POST", CHECK, self.add_app, "", "people.enrol-app-add"),
            Route("GET", PASSKEY, self.offer_passkey, "", "people.enrol-passkey"),
            Route("POST", PASSKEY, self.add_passkey, "", "people.enrol-passkey-add"),
            Route("GET", NEW_PASSPHRASE, self.ask_passphrase, "", "people.new-passphrase"),
            Route("POST", NEW_PASSPHRASE, self.set_passphrase, "", "people.new-passphrase-set"),
        )

    async def show(self, visit: Visit) -> Page | SeeOther:
        """The ways to get a second factor."""
        offer = await self.desk.look(visit.session)
        if offer is None or offer.step is not Step.ENROL:
            return self._elsewhere(visit)
        return Page("people/enrol.html", {"offer": offer, "next": self._onward(visit)})

    async def offer_app(self, visit: Visit) -> Page | SeeOther:
        """A picture for an authenticator app, and the field for its first code."""
        try:
            offer = await self.desk.offer_totp(visit.session)
        except (CeremonyOver, ProveAgain):
            return self._elsewhere(visit)
        return show_app(offer, action=CHECK, onward=self._onward(visit))

    async def add_app(self, visit: Visit) -> Page | SeeOther:
        """Keep the app if the code is right."""
        ceremony, code = visit.form.get("ceremony", ""), visit.form.get("code", "")
        try:
            session = await self.desk.add_totp(visit.session, ceremony, code)
        except CodeRefused:
            offer = await self.desk.look_at_totp(visit.session, ceremony)
            problems = {"code": NOT_THE_CODE}
            return show_app(offer, problems, action=CHECK, onward=self._onward(visit))
        except (CeremonyOver, ProveAgain):
            return self._elsewhere(visit)
        return await self._go_on(visit, session, ADDED)

    async def offer_passkey(self, visit: Visit) -> Page | SeeOther:
        """What a passkey is, and the button that makes one."""
        try:
            offer = await self.desk.offer_passkey(visit.session)
        except (*REFUSALS, ProveAgain):
            return self._elsewhere(visit)
        context = {"offer": offer, "action": PASSKEY, "next": self._onward(visit)}
        return Page("people/passkey.html", context)

    async def add_passkey(self, visit: Visit) -> SeeOther:
        """Keep what the browser made."""
        ceremony, answer = visit.form.get("ceremony", ""), visit.form.get("passkey", "")
        try:
            session = await self.desk.add_passkey(
                visit.session, ceremony, answer, agent=visit.agent
            )
        except REFUSALS as refusal:
            said = refusal.told.removesuffix(" ")
            seen = self._elsewhere(visit, Flash(said, "attention"))
            return replace(seen, refused=Refusal(refusal.code))
        except ProveAgain:
            return self._elsewhere(visit)
        return await self._go_on(visit, session, ADDED)

    async def ask_passphrase(self, visit: Visit) -> Page | SeeOther:
        """The form for a new passphrase."""
        offer = await self.desk.look(visit.session)
        if not _may_choose(offer):
            return self._elsewhere(visit)
        return self._passphrase_page(visit, offer)

    async def set_passphrase(self, visit: Visit) -> Page | SeeOther:
        """Keep the new passphrase; every other session ends."""
        offer = await self.desk.look(visit.session)
        if offer is None or not _may_choose(offer):
            return self._elsewhere(visit)
        passphrase, again = visit.form.get("passphrase", ""), visit.form.get("again", "")
        problems = find_new_problems(passphrase, again, least=offer.shortest)
        if problems:
            return self._passphrase_page(visit, offer, problems)
        try:
            session = await self.desk.set_passphrase(visit.session, passphrase)
        except WeakPassphrase as refusal:
            return self._passphrase_page(visit, offer, {"passphrase": refusal.detail})
        except (CeremonyOver, ProveAgain):
            return self._elsewhere(visit)
        return await self._go_on(visit, session, CHANGED)

    def _passphrase_page(
        self, visit: Visit, offer: StepOffer | None, problems: Mapping[str, str] | None = None
    ) -> Page:
        context = {
            "problems": problems or {},
            "shortest": offer.shortest if offer else 0,
            "action": NEW_PASSPHRASE,
            "leaked": offer is not None and offer.step is Step.PASSPHRASE,
            "next": self._onward(visit),
        }
        return Page("people/passphrase.html", context, status=422 if problems else 200)

    async def _go_on(self, visit: Visit, session: NewSession, said: str) -> SeeOther:
        """On, or to the step that is left."""
        onward = self._onward(visit)
        if await self.sign_ins.find_waiting(session.secret) is not None:
            return SeeOther(second_of(onward), begins=session)
        return SeeOther(onward, flash=Flash(said), begins=session)

    def _elsewhere(self, visit: Visit, flash: Flash | None = None) -> SeeOther:
        """To the page of the step that is next, which may be to sign in."""
        return SeeOther(second_of(self._onward(visit)), flash=flash)

    def _onward(self, visit: Visit) -> str:
        return visit.form.get("next") or visit.query.get("next", self.home)


def _may_choose(offer: StepOffer | None) -> bool:
    if offer is None or offer.step is Step.PROVE:
        return False
    return offer.step is Step.PASSPHRASE or offer.passphrase
