"""Requests to see values behind the console's pages, kept in a list."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

from curtilage.core.models import Principal, PrincipalId
from curtilage.identity.errors import ProveAgain
from curtilage.identity.reveal.errors import UnknownReveal, UnknownValue
from curtilage.identity.reveal.models import Opened, Reveal, State, Step, Target, ValueKind
from curtilage.identity.reveal.rules import (
    check_reason,
    ends_at,
    list_steps,
    state_at,
    take_step,
)
from curtilage.identity.reveal.settings import Mode
from curtilage.identity.reveal.views import Board, ListedReveal, ShownReveal
from tests.builders import TENANT
from tests.fakes.clock import START
from tests.fakes.ids import fixed_id

YOU, BEN, WEI = PrincipalId("person-admin"), PrincipalId("p-ben"), PrincipalId("p-wei")
NAMES = {YOU: "Ada Quill", BEN: "Bartholomäus Freiherr von Habsburg-Lothringen", WEI: "Wei"}
MINUTE = timedelta(minutes=1)
REASON = (
    "Ticket 4711: she says that no message of ours reaches her, and the mail server refuses an "
    "address that we cannot see. We need to know whether it is spelled as she spells it."
)
TOKEN = "EMAIL_ADDRESS_1a2k7qz4mbwd3fjx9c5tgh8nrv6ypel0su"
TARGETS = {
    ValueKind.ADDRESS: Target(ValueKind.ADDRESS, fixed_id(5)),
    ValueKind.TOKEN: Target(ValueKind.TOKEN, TOKEN, "support/2026-03"),
    ValueKind.RECORD: Target(ValueKind.RECORD, fixed_id(7)),
}
VALUE = "grace.hopper@department-of-letters.orchard.example"
WAITING, MINE, APPROVED, REFUSED, SEEN, EXPIRED = (fixed_id(900 - n) for n in range(6))


def a_reveal(id: str, kind: ValueKind = ValueKind.ADDRESS, asker: PrincipalId = BEN) -> Reveal:
    return Reveal(TENANT, id, kind, asker, START - 5 * MINUTE, asker)


def some_reveals() -> list[Reveal]:
    """One of each state, the newest first."""
    decided = {"decided_by": WEI, "decided_at": START - 2 * MINUTE}
    return [
        a_reveal(WAITING),
        a_reveal(MINE, ValueKind.TOKEN, YOU),
        replace(a_reveal(APPROVED, asker=YOU), state=State.APPROVED, right_from_asker=True,
                **decided),
        replace(a_reveal(REFUSED, ValueKind.RECORD), state=State.REFUSED,
                closed_at=START - MINUTE, **decided),
        replace(a_reveal(SEEN), state=State.OPENED, closed_at=START - MINUTE, **decided),
        replace(a_reveal(EXPIRED, asker=WEI), asked_at=START - timedelta(days=2)),
    ]  # fmt: skip


def many_reveals(count: int) -> list[Reveal]:
    return [a_reveal(fixed_id(2000 - n), list(ValueKind)[n % 3]) for n in range(count)]


@dataclass
class FakeReveals:
    """Implements `views.RevealDesk`: the rules are the real ones, the rest is a list."""

    kept: list[Reveal] = field(default_factory=some_reveals)
    mode: Mode = Mode.TWO_PEOPLE
    fresh: bool = True

    async def is_fresh(self, session: str) -> bool:
        return self.fresh

    def may_ask(self, actor: Principal) -> bool:
        return True

    async def find_name(self, actor: Principal, target: Target) -> str:
        return "Grace Hopper" if target.kind is ValueKind.ADDRESS else ""

    async def board(self, actor: Principal, *, before: str = "", limit: int) -> Board:
        steps = {each.id: list_steps(each, actor.id, at=START) for each in self.kept}
        found = [each for each in self.kept if not before or each.id < before]
        return Board(
            [_list(each) for each in self.kept if Step.APPROVE in steps[each.id]],
            [_list(each) for each in self.kept if Step.WITHDRAW in steps[each.id]],
            [_list(each) for each in found[:limit]],
            found[limit - 1].id if len(found) > limit else "",
        )

    async def show(self, actor: Principal, id: str) -> ShownReveal:
        reveal = self._get(id)
        return ShownReveal(
            reveal,
            state_at(reveal, START),
            asker=NAMES[reveal.asker],
            decider=NAMES.get(reveal.decided_by or PrincipalId(""), ""),
            target=TARGETS[reveal.kind],
            reason=REASON,
            person="Grace Hopper",
            steps=list_steps(reveal, actor.id, at=START),
            ends_at=ends_at(reveal),
        )

    async def ask(self, actor: Principal, session: str, target: Target, reason: str) -> str:
        self._require(session)
        check_reason(reason)
        if target.reference not in {each.reference for each in TARGETS.values()}:
            raise UnknownValue
        reveal = replace(a_reveal(fixed_id(999), target.kind, actor.id), asked_at=START)
        self.kept.insert(0, reveal)
        return reveal.id

    async def approve(self, actor: Principal, session: str, id: str) -> None:
        self._require(session)
        self._take(actor, Step.APPROVE, id)

    async def refuse(self, actor: Principal, session: str, id: str) -> None:
        self._require(session)
        self._take(actor, Step.REFUSE, id)

    async def withdraw(self, actor: Principal, id: str) -> None:
        self._take(actor, Step.WITHDRAW, id)

    async def open(self, actor: Principal, session: str, id: str) -> Opened:
        """As often as a browser asks: that it is once is shown over the real service."""
        self._require(session)
        take_step(self._get(id), Step.OPEN, actor.id, at=START)
        return Opened((("Address", VALUE),))

    def _require(self, session: str) -> None:
        if not self.fresh:
            raise ProveAgain

    def _take(self, actor: Principal, step: Step, id: str) -> None:
        reveal = self._get(id)
        self.kept[self.kept.index(reveal)] = take_step(reveal, step, actor.id, at=START)

    def _get(self, id: str) -> Reveal:
        for each in self.kept:
            if each.id == id:
                return each
        raise UnknownReveal


def _list(reveal: Reveal) -> ListedReveal:
    decider = NAMES.get(reveal.decided_by or PrincipalId(""), "")
    return ListedReveal(reveal, state_at(reveal, START), NAMES[reveal.asker], decider, REASON)
