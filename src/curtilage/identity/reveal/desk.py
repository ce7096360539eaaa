"""Reveals as the pages show them: by the names of people, and what the reader may do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from curtilage.core.models import Principal, PrincipalId
from curtilage.identity.reveal.models import (
    APPROVE,
    ASK,
    READ,
    Opened,
    Reveal,
    State,
    Step,
    Target,
    ValueKind,
)
from curtilage.identity.reveal.rules import (
    DECIDE_WITHIN,
    ends_at,
    list_steps,
    settles_at,
    state_at,
)
from curtilage.identity.reveal.service import RevealService
from curtilage.identity.reveal.settings import Mode
from curtilage.identity.reveal.views import Board, ListedReveal, ShownReveal

MOST_OPEN = 200
NEEDS = {Step.APPROVE: APPROVE, Step.REFUSE: APPROVE, Step.WITHDRAW: ASK, Step.OPEN: ASK}


@dataclass(frozen=True, slots=True)
class Desk:
    """Implements `views.RevealDesk`."""

    service: RevealService

    @property
    def mode(self) -> Mode:
        return self.service.mode

    async def is_fresh(self, session: str) -> bool:
        return await self.service.proofs.is_fresh(session)

    def may_ask(self, actor: Principal) -> bool:
        return ASK in self._rights(actor)

    async def find_name(self, actor: Principal, target: Target) -> str:
        self._require(actor, ASK)
        found = await self.service.originals.find(target)
        return "" if found.person is None else (await self._name([found.person]))[found.person]

    async def board(self, actor: Principal, *, before: str = "", limit: int) -> Board:
        self._require(actor, READ)
        service, since = self.service, self.service.clock.now() - DECIDE_WITHIN
        async with service.database.read() as connection:
            open_ones = await service.store.load_open(
                connection, service.tenant, since=since, limit=MOST_OPEN
            )
            found = await service.store.page(
                connection, service.tenant, before=before, limit=limit + 1
            )
        names = await self._name(_everybody([*open_ones, *found]))
        waiting = [each for each in open_ones if Step.APPROVE in self._steps(actor, each)]
        mine = [each for each in open_ones if Step.WITHDRAW in self._steps(actor, each)]
        return Board(
            [await self._list(each, names, why=True) for each in waiting],
            [await self._list(each, names, why=True) for each in mine],
            [await self._list(each, names) for each in found[:limit]],
            found[limit - 1].id if len(found) > limit else "",
        )

    async def show(self, actor: Principal, id: str) -> ShownReveal:
        self._require(actor, READ)
        service = self.service
        async with service.database.read() as connection:
            reveal = await service.get(connection, id)
        names = await self._name(_everybody([reveal]))
        about, state = await service.open_about(reveal), self._state(reveal)
        person = ""
        if about is not None and about.target.kind is ValueKind.ADDRESS:
            person = names.get(reveal.sealed_for, "")
        steps = self._steps(actor, reveal)
        return ShownReveal(
            reveal=reveal,
            state=state,
            asker=names.get(reveal.asker, ""),
            decider=_decider(reveal, names),
            target=None if about is None else about.target,
            reason="" if about is None else about.reason,
            person=person,
            steps=steps,
            ends_at=ends_at(reveal) if state is not State.EXPIRED else None,
            settles_at=await self._find_settling(actor) if Step.APPROVE in steps else None,
        )

    async def ask(self, actor: Principal, session: str, target: Target, reason: str) -> str:
        return await self.service.ask(actor, session, target, reason)

    async def approve(self, actor: Principal, session: str, id: str) -> None:
        await self.service.approve(actor, session, id)

    async def refuse(self, actor: Principal, session: str, id: str) -> None:
        await self.service.refuse(actor, session, id)

    async def withdraw(self, actor: Principal, id: str) -> None:
        await self.service.withdraw(actor, id)

    async def open(self, actor: Principal, session: str, id: str) -> Opened:
        return await self.service.open(actor, session, id)

    async def _find_settling(self, actor: Principal) -> datetime | None:
        """When the reader's right begins to count; None where it does."""
        service = self.service
        async with service.database.begin() as connection:
            found = await service.colleagues.find_standing(
                connection, service.tenant, actor.id, APPROVE
            )
        if found is None or service.clock.now() >= settles_at(found):
            return None
        return settles_at(found)

    def _state(self, reveal: Reveal) -> State:
        return state_at(reveal, self.service.clock.now())

    def _steps(self, actor: Principal, reveal: Reveal) -> frozenset[Step]:
        held = self._rights(actor)
        open_steps = list_steps(reveal, actor.id, at=self.service.clock.now())
        return frozenset(step for step in open_steps if NEEDS[step] in held)

    def _rights(self, actor: Principal) -> frozenset[str]:
        return self.service.authority.list_held(actor)

    def _require(self, actor: Principal, right: str) -> None:
        self.service.authority.require(actor, right, tenant=self.service.tenant)

    async def _list(
        self, reveal: Reveal, names: Mapping[PrincipalId, str], *, why: bool = False
    ) -> ListedReveal:
        about = await self.service.open_about(reveal) if why else None
        return ListedReveal(
            reveal,
            self._state(reveal),
            names.get(reveal.asker, ""),
            _decider(reveal, names),
            "" if about is None else about.reason,
        )

    async def _name(self, people: Sequence[PrincipalId]) -> Mapping[PrincipalId, str]:
        return await self.service.colleagues.find_names(self.service.tenant, people)


def _everybody(reveals: Sequence[Reveal]) -> Sequence[PrincipalId]:
    found = dict.fromkeys(
        person for each in reveals for person in (each.asker, each.decided_by, each.sealed_for)
    )
    return [person for person in found if person is not None]


def _decider(reveal: Reveal, names: Mapping[PrincipalId, str]) -> str:
    return "" if reveal.decided_by is None else names.get(reveal.decided_by, "")
