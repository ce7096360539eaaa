"""Asks for a value, decides, opens it once: each step with its Event in one transaction.

The value is read before that transaction and shown after it: what was not written down is
not shown, and of two who open at once one gets it. Whoever asks, decides or opens has proved
within minutes, by two factors, who they are: a stolen session opens nothing.
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.acts import Pseudonyms, describe_act
from curtilage.core.authority import Authority
from curtilage.core.canonical import Json
from curtilage.core.clock import Clock
from curtilage.core.db import outbox
from curtilage.core.db.engine import Database
from curtilage.core.ids import Ids
from curtilage.core.models import Event, Principal, TenantId
from curtilage.identity.errors import ProveAgain
from curtilage.identity.reveal.errors import (
    RevealClosed,
    RevealsOff,
    StandingLost,
    TooManyReveals,
    UnknownReveal,
    ValueErased,
)
from curtilage.identity.reveal.models import (
    APPROVE,
    ASK,
    About,
    Found,
    Opened,
    Reveal,
    Standing,
    State,
    Step,
    Target,
)
from curtilage.identity.reveal.ports import Colleagues, Originals, Proofs, Reasons, RevealStore
from curtilage.identity.reveal.rules import (
    DECIDE_WITHIN,
    KEPT_FOR,
    MOST_WAITING,
    approve,
    check_reason,
    open_once,
    take_step,
)
from curtilage.identity.reveal.settings import Mode
from curtilage.identity.reveal.wire import encode_about, parse_about

log = logging.getLogger(__name__)
Change = Callable[[AsyncConnection, Reveal], Awaitable[Reveal]]


@dataclass(frozen=True, slots=True)
class RevealService:
    """The use cases of one tenant. `mode` is the setting `console.reveal`."""

    tenant: TenantId
    mode: Mode
    database: Database
    store: RevealStore
    originals: Originals
    proofs: Proofs
    colleagues: Colleagues
    reasons: Reasons
    authority: Authority
    pseudonyms: Pseudonyms
    clock: Clock
    ids: Ids

    async def announce(self) -> None:
        """Say at a start, in log and ledger, that one person alone may see values."""
        if self.mode is not Mode.REASON:  # off is no lowering: nobody sees any
            return
        said = {"event": "reveals.lowered", "reason": self.mode.value}
        log.warning("raw values in the console take no second person", extra=said)
        facts: dict[str, Json] = {"mode": self.mode.value}
        at = self.clock.now()
        event = Event(self.ids.new(), at, "reveals.lowered", self.tenant, facts=facts)
        async with self.database.begin() as connection:
            await outbox.record(connection, event)

    async def ask(self, actor: Principal, session: str, target: Target, reason: str) -> str:
        """Ask to see one value; gives the id of the request."""
        await self._require(actor, ASK, session)
        reason = check_reason(reason)
        found = await self.originals.find(target)
        reveal, event = await self._prepare(actor, About(target, reason), found)
        async with self.database.begin() as connection:
            await self._stand(connection, actor, ASK)
            await self.store.delete_before(connection, self.tenant, reveal.asked_at - KEPT_FOR)
            since = reveal.asked_at - DECIDE_WITHIN
            waiting = await self.store.count_open(connection, self.tenant, actor.id, since)
            if waiting >= MOST_WAITING:
                raise TooManyReveals
            await self.store.insert(connection, self.tenant, reveal)
            await outbox.record(connection, event)
        return reveal.id

    async def approve(self, actor: Principal, session: str, id: str) -> None:
        """Agree that whoever asked sees the value, within a quarter of an hour."""
        await self._require(actor, APPROVE, session)

        async def change(connection: AsyncConnection, reveal: Reveal) -> Reveal:
            second = await self._stand(connection, actor, APPROVE)
            return approve(reveal, second, at=self.clock.now())

        await self._take(actor, id, "approved", change)

    async def refuse(self, actor: Principal, session: str, id: str) -> None:
        """Say no, also to what was approved and is not opened yet."""
        await self._require(actor, APPROVE, session)

        async def change(connection: AsyncConnection, reveal: Reveal) -> Reveal:
            await self._stand(connection, actor, APPROVE)
            return take_step(reveal, Step.REFUSE, actor.id, at=self.clock.now())

        await self._take(actor, id, "refused", change)

    async def withdraw(self, actor: Principal, id: str) -> None:
        """Need the value no longer. Takes no fresh proof: it opens nothing."""
        self.authority.require(actor, ASK, tenant=self.tenant)

        async def change(_: AsyncConnection, reveal: Reveal) -> Reveal:
            return take_step(reveal, Step.WITHDRAW, actor.id, at=self.clock.now())

        await self._take(actor, id, "withdrawn", change)

    async def open(self, actor: Principal, session: str, id: str) -> Opened:
        """The value, this once; that it was opened is written down before this returns."""
        await self._require(actor, ASK, session)
        async with self.database.read() as connection:
            reveal = await self.get(connection, id)
        take_step(reveal, Step.OPEN, actor.id, at=self.clock.now())  # before any key is touched
        about = await self.open_about(reveal)
        if about is None:
            raise ValueErased
        opened = await self.originals.open(about.target)

        async def change(connection: AsyncConnection, reveal: Reveal) -> Reveal:
            return await self._judge_opening(connection, reveal, actor)

        await self._take(actor, id, "opened", change)
        return opened

    async def open_about(self, reveal: Reveal) -> About | None:
        """What is asked for and why; None once the key that sealed it was destroyed."""
        plain = await self.reasons.open(reveal.sealed_for, reveal.about)
        return None if plain is None else parse_about(plain)

    async def _judge_opening(
        self, connection: AsyncConnection, reveal: Reveal, actor: Principal
    ) -> Reveal:
        """Both are looked at again: a role that was taken away meanwhile counts no more."""
        wanted = [(reveal.asker, ASK)]
        if reveal.decided_by is not None:
            wanted.append((reveal.decided_by, APPROVE))
        found = {  # in one order, as all who hold several people
            right: await self.colleagues.find_standing(connection, self.tenant, each, right)
            for each, right in sorted(wanted)
        }
        return open_once(
            reveal,
            actor.id,
            mode=self.mode,
            asker=found[ASK],
            approver=found.get(APPROVE),
            at=self.clock.now(),
        )

    async def _require(self, actor: Principal, right: str, session: str) -> None:
        """The right, by whoever sits there now. Raises `MissingRight`, `RevealsOff`,
        `ProveAgain`."""
        self.authority.require(actor, right, tenant=self.tenant)
        if self.mode is Mode.OFF:
            raise RevealsOff
        if await self.proofs.require(session) != actor.id:
            raise ProveAgain

    async def _stand(self, connection: AsyncConnection, actor: Principal, right: str) -> Standing:
        """As the register has it now, not as the session began with it."""
        found = await self.colleagues.find_standing(connection, self.tenant, actor.id, right)
        if found is None:
            raise StandingLost
        return found

    async def get(self, connection: AsyncConnection, id: str) -> Reveal:
        """Raises `UnknownReveal`. Asks for no right: the steps and the desk do."""
        found = await self.store.find(connection, self.tenant, id)
        if found is None:
            raise UnknownReveal
        return found

    async def _prepare(self, actor: Principal, about: About, found: Found) -> tuple[Reveal, Event]:
        at, alone = self.clock.now(), self.mode is Mode.REASON
        owner, plain = found.person or actor.id, encode_about(about)
        reveal = Reveal(
            tenant=self.tenant,
            id=self.ids.new(),
            kind=about.target.kind,
            asker=actor.id,
            asked_at=at,
            sealed_for=owner,
            about=await self.reasons.seal(owner, plain),
            subject=found.subject,
            state=State.APPROVED if alone else State.ASKED,
            decided_at=at if alone else None,
        )
        id = self.ids.new()
        sealed = await self.reasons.seal_for_record(owner, plain, id)
        facts: dict[str, Json] = {
            "reveal": reveal.id,
            "value": reveal.kind.value,
            "mode": self.mode.value,
        }
        event = Event(
            id=id,
            at=at,
            kind="reveal.asked",
            tenant=self.tenant,
            actor=await self.pseudonyms.pseudonym(self.tenant, actor.id),
            actor_kind=actor.kind.value,
            subject=found.subject,
            facts=facts,
            sealed=sealed,
        )
        return reveal, event

    async def _take(self, actor: Principal, id: str, done: str, change: Change) -> None:
        """One step: judge, keep and record, or none of it."""
        async with self.database.begin() as connection:
            reveal = await self.get(connection, id)
            changed = await change(connection, reveal)
            if not await self.store.move(connection, self.tenant, changed, before=reveal.state):
                raise RevealClosed
            await outbox.record(connection, await self._describe(actor, changed, done))

    async def _describe(self, actor: Principal, reveal: Reveal, done: str) -> Event:
        """Who, of whom, with whose word: never what."""
        asker = await self.pseudonyms.pseudonym(self.tenant, reveal.asker)
        facts: dict[str, Json] = {
            "reveal": reveal.id,
            "value": reveal.kind.value,
            "asker": asker,
        }
        if reveal.decided_by is not None:
            decider = await self.pseudonyms.pseudonym(self.tenant, reveal.decided_by)
            facts |= {"decider": decider, "right_from_asker": reveal.right_from_asker}
        event = await describe_act(
            actor,
            f"reveal.{done}",
            facts,
            ids=self.ids,
            clock=self.clock,
            pseudonyms=self.pseudonyms,
        )
        return replace(event, subject=reveal.subject)
