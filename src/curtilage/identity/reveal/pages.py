"""Reveals in the console: what waits, asking, one request, the value once.

No value is in an address, a flash or a log: it is in one answer to one form, kept nowhere.
Tokens and scopes are typed into forms; addresses of pages hold ids that say nothing.
"""

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from curtilage.core.errors import ConflictError, DeniedError
from curtilage.core.page import Flash, Page, SeeOther, Visit
from curtilage.core.refusal import Refusal
from curtilage.core.slice import NavItem, Route
from curtilage.core.words import say
from curtilage.identity.errors import ProveAgain
from curtilage.identity.people.models import Assurance
from curtilage.identity.people.steps import again_of
from curtilage.identity.reveal.errors import (
    RevealReasonUnfit,
    RevealsOff,
    TooManyReveals,
    UnknownValue,
    ValueErased,
)
from curtilage.identity.reveal.models import (
    APPROVE,
    ASK,
    READ,
    State,
    Target,
    ValueKind,
)
from curtilage.identity.reveal.settings import Mode
from curtilage.identity.reveal.views import RevealDesk, ShownReveal

HOME = "/console/reveals"
ROWS = 25
LONGEST = 512  # of what is typed for a token, a scope or an id
LEVEL = Assurance.TWO
FIELD = {RevealReasonUnfit: "reason", TooManyReveals: "reason", UnknownValue: "reference"}


@dataclass(frozen=True, slots=True)
class RevealPages:
    """Doors to reveals."""

    desk: RevealDesk

    def routes(self) -> Sequence[Route]:
        """The routes that these pages answer."""
        one, ask = f"{HOME}/{{id}}", f"{HOME}/ask/{{kind}}"
        return (
            Route("GET", HOME, self.list, READ, "reveals.list"),
            Route("GET", ask, self.begin, ASK, "reveals.ask"),
            Route("POST", ask, self.ask, ASK, "reveals.ask-run"),
            Route("GET", one, self.show, READ, "reveals.one"),
            Route("POST", f"{one}/approve", self.approve, APPROVE, "reveals.approve"),
            Route("POST", f"{one}/refuse", self.refuse, APPROVE, "reveals.refuse"),
            Route("POST", f"{one}/withdraw", self.withdraw, ASK, "reveals.withdraw"),
            Route("POST", f"{one}/open", self.open, ASK, "reveals.open"),
        )

    def nav(self) -> Sequence[NavItem]:
        """Where the console names them."""
        return (NavItem(say("Reveals"), HOME, "eye-off", "r", 47),)

    async def list(self, visit: Visit) -> Page:
        """What waits for the reader, what they asked for, and all of it by date."""
        before = visit.query.get("before", "")
        board = await self.desk.board(visit.actor, before=before, limit=ROWS)
        context = {
            "board": board,
            "mode": self.desk.mode.value,
            "before": before,
            "you": visit.actor.id,
            "may_ask": self.desk.may_ask(visit.actor),
        }
        return Page("reveals/reveals.html", context)

    async def begin(self, visit: Visit) -> Page | SeeOther:
        """The form, once whoever asks has said again who they are."""
        target = _target(visit, visit.query.get("of", ""))
        if self.desk.mode is Mode.OFF:
            raise RevealsOff
        if not await self.desk.is_fresh(visit.session):
            return SeeOther(again_of(_ask_path(target), LEVEL))
        return await self._form(visit, target)

    async def ask(self, visit: Visit) -> Page | SeeOther:
        """Take the request."""
        target = _target(visit, visit.form.get("reference", ""), visit.form.get("within", ""))
        reason = visit.form.get("reason", "")
        try:
            id = await self.desk.ask(visit.actor, visit.session, target, reason)
        except ProveAgain:
            return SeeOther(again_of(_ask_path(target), LEVEL))
        except ValueErased as erased:
            return Page("reveals/erased.html", {"kind": target.kind.value}, status=erased.status)
        except (RevealReasonUnfit, TooManyReveals, UnknownValue) as refusal:
            if target.kind is ValueKind.ADDRESS and isinstance(refusal, UnknownValue):
                raise
            problems = {FIELD[type(refusal)]: refusal.told}
            return await self._form(visit, target, problems, refusal.status, reason)
        alone = self.desk.mode is Mode.REASON
        said = (
            say("Open it within 15 minutes.") if alone else say("Asked. Somebody else decides now.")
        )
        return SeeOther(_path(id), flash=Flash(said))

    async def show(self, visit: Visit) -> Page:
        """One request: what and why on the left, what became of it on the right."""
        shown = await self.desk.show(visit.actor, visit.params["id"])
        return _page(shown, you=visit.actor.id)

    async def approve(self, visit: Visit) -> SeeOther:
        """Agree."""
        work = self.desk.approve(visit.actor, visit.session, visit.params["id"])
        return await _done(visit, work, say("Approved. They can open it within 15 minutes, once."))

    async def refuse(self, visit: Visit) -> SeeOther:
        """Say no."""
        work = self.desk.refuse(visit.actor, visit.session, visit.params["id"])
        return await _done(visit, work, say("Refused. Nobody sees the value."))

    async def withdraw(self, visit: Visit) -> SeeOther:
        """Need it no longer."""
        work = self.desk.withdraw(visit.actor, visit.params["id"])
        return await _done(visit, work, say("Withdrawn."))

    async def open(self, visit: Visit) -> Page | SeeOther:
        """The value, in this one answer."""
        id = visit.params["id"]
        try:
            opened = await self.desk.open(visit.actor, visit.session, id)
        except ProveAgain:
            return SeeOther(again_of(_path(id), LEVEL))
        except ValueErased as erased:
            shown = await self.desk.show(visit.actor, id)
            page = _page(shown, you=visit.actor.id, erased=True)
            return replace(page, status=erased.status)
        except (ConflictError, DeniedError, UnknownValue) as refusal:
            return SeeOther(
                _path(id), flash=Flash(refusal.told, "attention"), refused=Refusal(refusal.code)
            )
        context = {"lines": opened.lines, "path": _path(id)}
        return Page("reveals/opened.html", context, headers={"cache-control": "no-store"})

    async def _form(
        self,
        visit: Visit,
        target: Target,
        problems: Mapping[str, str] | None = None,
        status: int = 200,
        reason: str = "",
    ) -> Page:
        person = ""
        if target.kind is ValueKind.ADDRESS:
            person = await self.desk.find_name(visit.actor, target)
        context: dict[str, Any] = {
            "kind": target.kind.value,
            "target": target,
            "person": person,
            "mode": self.desk.mode.value,
            "problems": problems or {},
            "reason": reason,
        }
        return Page("reveals/ask.html", context, status=status)


def _page(shown: ShownReveal, *, you: str, erased: bool = False) -> Page:
    context = {
        "shown": shown,
        "steps": _timeline(shown),
        "path": _path(shown.reveal.id),
        "may": {each.value for each in shown.steps},
        "is_yours": shown.reveal.asker == you,
        "erased": erased or shown.target is None,
    }
    return Page("reveals/reveal.html", context)


def _timeline(shown: ShownReveal) -> list[dict[str, Any]]:
    """What happened, the first thing first."""
    reveal, state = shown.reveal, shown.state
    erased = say("somebody erased")
    asker, decider = shown.asker or erased, shown.decider or erased
    steps = [
        _step(say("{name} asked", name=asker), reveal.asked_at, "information", "circle-dashed")
    ]
    if reveal.decided_by is not None and reveal.state is State.REFUSED:
        said = say("{name} refused", name=decider)
        steps.append(_step(said, reveal.decided_at, "danger", "ban"))
    elif reveal.decided_by is not None:
        from_asker = say("{name} had given them the right to.", name=asker)
        detail = from_asker if reveal.right_from_asker else ""
        said, tone = say("{name} approved", name=decider), "attention" if detail else "good"
        steps.append(_step(said, reveal.decided_at, tone, "circle-check", detail))
    if state is State.WITHDRAWN:
        said = say("{name} withdrew it", name=asker)
        steps.append(_step(said, reveal.closed_at, "neutral", "circle-slash"))
    if state is State.OPENED:
        said = say("{name} saw the value", name=asker)
        steps.append(_step(said, reveal.closed_at, "attention", "lock"))
    return steps


def _step(title: str, at: Any, tone: str, picture: str, detail: str = "") -> dict[str, Any]:
    return {"title": title, "at": at, "tone": tone, "picture": picture, "detail": detail}


async def _done(visit: Visit, work: Awaitable[None], said: str) -> SeeOther:
    path = _path(visit.params["id"])
    try:
        await work
    except ProveAgain:
        return SeeOther(again_of(path, LEVEL))
    except (ConflictError, DeniedError) as refusal:
        return SeeOther(path, flash=Flash(refusal.told, "attention"), refused=Refusal(refusal.code))
    return SeeOther(path, flash=Flash(said))


def _target(visit: Visit, reference: str, within: str = "") -> Target:
    """What is asked for. Raises `UnknownValue` for a kind that there is not."""
    kind = visit.params["kind"]
    if kind not in set(ValueKind):
        raise UnknownValue
    return Target(ValueKind(kind), reference.strip()[:LONGEST], within.strip()[:LONGEST])


def _ask_path(target: Target) -> str:
    """Where the form is: with an id, and never with a token."""
    path = f"{HOME}/ask/{target.kind.value}"
    if target.kind is ValueKind.TOKEN or not target.reference.isascii():
        return path
    return f"{path}?of={quote(target.reference, safe='')}"


def _path(id: str) -> str:
    return f"{HOME}/{quote(id, safe='')}"
