"""Policies as the console shows them: files, versions and what decides, together."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from curtilage.consent.diff import compare
from curtilage.consent.errors import PolicyError
from curtilage.consent.models import Policy
from curtilage.consent.service import READ, History, PolicyLife
from curtilage.consent.shelf import PolicyShelf
from curtilage.consent.versions import PolicyVersion
from curtilage.consent.views import SHOWN, Comparison, PolicyList, PolicyRow, PolicyView, VersionRow
from curtilage.consent.wire import parse_policy
from curtilage.core.models import Principal, PrincipalId
from curtilage.core.words import say

NOBODY = say("somebody who is no longer here")
FILE = "file"
Names = Callable[[Collection[PrincipalId]], Awaitable[Mapping[PrincipalId, str]]]


@dataclass(frozen=True, slots=True)
class PolicyReader:
    """Implements the `PolicyReading` of the pages. `decides` gives the policy in force.

    `names` tells what people are called, as far as that is known."""

    life: PolicyLife
    shelf: PolicyShelf
    decides: Callable[[], Policy]
    needs_approval: bool
    names: Names

    async def overview(self, actor: Principal, hours: int) -> PolicyList:
        history = await self.life.history(actor)
        return PolicyList(
            [self._row(name) for name in self._offered()],
            await self._versions(actor, history),
            self.needs_approval,
            await self.life.shadow(actor, timedelta(hours=hours)),
        )

    async def show(self, actor: Principal, name: str) -> PolicyView:
        self.life.authority.require(actor, READ, tenant=actor.tenant)
        text = self.shelf.read(name).decode(errors="replace")
        history = await self.life.history(actor, name)
        row = self._row(name)
        waiting = "" if row.problem or not row.decides else self.shelf.load(name).version
        return PolicyView(
            row=row,
            versions=await self._versions(actor, history),
            text=text,
            waiting="" if waiting == row.version else waiting,
            needs_approval=self.needs_approval,
        )

    async def compare(self, actor: Principal, name: str, before: str, after: str) -> Comparison:
        history = await self.life.history(actor, name)
        kept = [each.version for each in history.versions]
        after = after or (FILE if self._is_changed(name, kept) else kept[0])
        before = before or self._before(name, after, kept)
        one, other = [await self._find(actor, name, side) for side in (before, after)]
        changes = compare(one, other, self.life.vocabulary())
        return Comparison(name, before, after, changes, self._sides(name, history))

    async def propose(self, actor: Principal, name: str, reason: str) -> str:
        return await self.life.propose(
            actor, self.shelf.load(name), self.shelf.read(name).decode(), reason
        )

    async def approve(self, actor: Principal, version: str) -> None:
        await self.life.approve(actor, version)

    def _offered(self) -> Sequence[str]:
        """What decides first, then the shelf."""
        decides = self.decides().name
        return [decides, *(name for name in self.shelf.names() if name != decides)]

    def _row(self, name: str) -> PolicyRow:
        decides = self.decides()
        if name == decides.name:
            return PolicyRow(name, decides.title, decides.version, decides=True)
        try:
            policy = self.shelf.load(name)
        except PolicyError as error:
            return PolicyRow(name, problem=error.detail)
        return PolicyRow(name, policy.title, policy.version)

    async def _versions(self, actor: Principal, history: History) -> list[VersionRow]:
        people = {each.author for each in history.versions} | {
            each.approved_by for each in history.versions
        }
        names = await self.names([each for each in people if each is not None])
        return [self._version(actor, each, history, names) for each in history.versions]

    def _version(
        self,
        actor: Principal,
        version: PolicyVersion,
        history: History,
        names: Mapping[PrincipalId, str],
    ) -> VersionRow:
        since = [each.since for each in history.activations if each.reference == version.reference]
        return VersionRow(
            name=version.name,
            version=version.version,
            state=self._state(version),
            seen_at=version.seen_at,
            since=max(since, default=None),
            author=_name(version.author, actor, names),
            approver=_name(version.approved_by, actor, names),
            reason=version.reason,
            mine=version.author == actor.id,
        )

    def _state(self, version: PolicyVersion) -> str:
        if version.reference == self.decides().reference:
            return "decides"
        if version.approved_at is not None:
            return "approved"
        if version.author is not None:
            return "proposed"
        return "past"

    def _is_changed(self, name: str, kept: Sequence[str]) -> bool:
        """Whether the file holds something else than the newest version that is kept."""
        return not kept or self.shelf.load(name).version != kept[0]

    def _before(self, name: str, after: str, kept: Sequence[str]) -> str:
        """The usual other side: what decides; of that itself, the version before it."""
        decides = self.decides()
        if name != decides.name or decides.version not in kept:
            return decides.name
        older = kept[kept.index(decides.version) + 1 :]
        return older[0] if after == decides.version and older else decides.version

    def _sides(self, name: str, history: History) -> list[tuple[str, str]]:
        """What can be compared: the file, each version that is kept, the other policies."""
        kept = [
            (each.version, f"{each.version[:SHOWN]}, {each.seen_at:%d %b %Y %H:%M}")
            for each in history.versions
        ]
        others = [(each, each) for each in self._offered() if each != name]
        return [(FILE, say("its file as it is now")), *kept, *others]

    async def _find(self, actor: Principal, name: str, side: str) -> Policy:
        if side == FILE:
            return self.shelf.load(name)
        if side in self._offered():
            return self.decides() if side == self.decides().name else self.shelf.load(side)
        kept = await self.life.get(actor, side)
        return parse_policy(kept.text.encode(), kept.name)


def _name(person: PrincipalId | None, actor: Principal, names: Mapping[PrincipalId, str]) -> str:
    if person is None:
        return ""
    return say("you", context="the reader") if person == actor.id else names.get(person, NOBODY)
