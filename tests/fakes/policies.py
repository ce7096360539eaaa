"""The policies behind the pages: invented versions, and what was asked of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from curtilage.consent.diff import ANYWHERE, EVERYWHERE, TREATED, Change, Direction
from curtilage.consent.errors import NoReason, SecondPersonNeeded, UnknownPolicy
from curtilage.consent.shadow import ShadowRow, ShadowSummary
from curtilage.consent.views import Comparison, PolicyList, PolicyRow, PolicyView, VersionRow
from curtilage.core.models import Principal, Treatment
from curtilage.core.words import say
from tests.fakes.clock import START

DIGITS = "3f2a9c0d11e8b07c55e1a94042d79b3f"
BROKEN = "Rule 3 names data that is not looked for."


def a_version(number: int, **given: object) -> VersionRow:
    """A version of the helpdesk's policy; a higher number is newer."""
    at = START + timedelta(days=number)
    version = VersionRow("helpdesk", f"{number:02x}{DIGITS[2:]}", "past", at, at)
    return replace(version, **given)


PROPOSED = a_version(
    9, state="proposed", since=None, author="Grace Marl",
    reason="Mail addresses go to the model on our own machines",
)  # fmt: skip
MINE = a_version(
    8, state="proposed", since=None, author="you", mine=True, reason="Cards are masked everywhere"
)
APPROVED = a_version(
    7, state="decides", author="you", approver="the operator of this machine",
    reason="Phone numbers are masked; an answer never needs one",
)  # fmt: skip
CHANGES = (
    Change(
        Direction.LOOSER,
        "EMAIL_ADDRESS",
        TREATED[Treatment.TOKEN],
        TREATED[Treatment.ALLOW],
        say("{purposes} to {places}", purposes="support", places="local"),
    ),
    Change(
        Direction.STRICTER,
        "user.contact, user.financial.bank_account",
        TREATED[Treatment.TOKEN],
        TREATED[Treatment.MASK],
        EVERYWHERE,
    ),
    Change(Direction.STRICTER, say("Where {key} may go", key="support"), ANYWHERE, "eu, local"),
)


SHADOW = ShadowSummary(
    f"strict@{DIGITS}", START, calls=12_480, refused=31, permitted=0,
    rows=[
        ShadowRow("CREDIT_CARD", "support", 214, 0),
        ShadowRow("EMAIL_ADDRESS", "assist", 0, 9),
    ],
)  # fmt: skip


def some_versions(count: int = 3) -> list[VersionRow]:
    past = [a_version(number) for number in range(count, 0, -1)]
    return [PROPOSED, MINE, APPROVED, *past]


@dataclass
class FakePolicies:
    """Policies in lists. Who approves what they put forward themselves is refused."""

    versions: list[VersionRow] = field(default_factory=some_versions)
    changes: Sequence[Change] = CHANGES
    shadows: Sequence[ShadowSummary] = (SHADOW,)
    hours: int = 0
    needs_approval: bool = True
    waiting: str = PROPOSED.version
    approved: list[str] = field(default_factory=list)
    proposed: list[str] = field(default_factory=list)

    def rows(self) -> list[PolicyRow]:
        return [
            PolicyRow("helpdesk", "Answers customers' questions", APPROVED.version, decides=True),
            PolicyRow("strict", "As little as can be leaves", DIGITS),
            PolicyRow("letters", problem=BROKEN),
        ]

    async def overview(self, actor: Principal, hours: int) -> PolicyList:
        self.hours = hours
        return PolicyList(self.rows(), self.versions, self.needs_approval, self.shadows)

    async def show(self, actor: Principal, name: str) -> PolicyView:
        row = next((row for row in self.rows() if row.name == name), None)
        if row is None:
            raise UnknownPolicy
        versions = [each for each in self.versions if each.name == name]
        waiting = self.waiting if row.decides else ""
        return PolicyView(
            row, versions, 'format = 1\ndefault = "token"\n', waiting, self.needs_approval
        )

    async def compare(self, actor: Principal, name: str, before: str, after: str) -> Comparison:
        await self.show(actor, name)
        kept = [
            (each.version, f"{each.version[:12]}, {each.seen_at:%d %b %Y %H:%M}")
            for each in self.versions
        ]
        sides = [("file", "its file as it is now"), *kept]
        return Comparison(name, before or APPROVED.version, after or "file", self.changes, sides)

    async def propose(self, actor: Principal, name: str, reason: str) -> str:
        if not reason.strip() or len(reason) > 500:
            raise NoReason
        self.proposed.append(reason)
        return DIGITS

    async def approve(self, actor: Principal, version: str) -> None:
        if version == MINE.version:
            raise SecondPersonNeeded
        self.approved.append(version)
