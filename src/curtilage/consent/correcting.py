"""The use cases of corrections: say one, list them, withdraw one.

A value is hashed here, under a key from the vault, and kept nowhere; the Event
names the kind and the verdict. Each change wakes the workers. Who corrects may agree
that the words around the value are kept as a case: sealed, under a key that no worker
is given, until the correction ends.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.consent.casefile import KeptText, cut_text, encode_text, parse_text
from curtilage.consent.corrections import (
    LONGEST,
    MOST_WORDS,
    Correction,
    Corrections,
    Verdict,
    digest_value,
    find_shape,
)
from curtilage.consent.errors import (
    GuardedKind,
    TooManyCorrections,
    UnacceptableCorrection,
    UnknownCorrection,
    ValueNotThere,
)
from curtilage.consent.models import GUARDED
from curtilage.consent.ports import CorrectionStore, TextStore
from curtilage.core.acts import Pseudonyms, describe_act
from curtilage.core.authority import Authority
from curtilage.core.canonical import Json
from curtilage.core.clock import Clock
from curtilage.core.db import broadcast, outbox
from curtilage.core.db.engine import Database
from curtilage.core.ids import Ids
from curtilage.core.models import Event, Principal, TenantId
from curtilage.vault.seal import encode_context, open_sealed, seal

TOPIC = "corrections"
MANAGE = "corrections:manage"
EXPORT = "corrections:export"
MOST = 1000
LONGEST_REASON = 500
LONGEST_LIFE = timedelta(days=365)
KEPT_AFTER = timedelta(days=30)  # an epoch: so long a session may be that began before the end


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody says about a value: of the kind `qualified`, for so long.

    `text` is given where the words around the value may be kept as a case."""

    verdict: Verdict
    qualified: str
    value: str = field(repr=False)
    reason: str
    life: timedelta
    text: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class CorrectionService:
    """The use cases. `key` and `text_key` are 32 bytes each from the vault, `vocabulary` all
    that is looked for."""

    database: Database
    store: CorrectionStore
    texts: TextStore
    authority: Authority
    pseudonyms: Pseudonyms
    vocabulary: Callable[[], Collection[str]]
    key: bytes = field(repr=False)
    text_key: bytes = field(repr=False)
    clock: Clock
    ids: Ids
    most: int = MOST

    async def say(self, actor: Principal, said: Said) -> Correction:
        """Keep it. Raises `UnacceptableCorrection`, `ValueNotThere`, `GuardedKind`,
        `TooManyCorrections`."""
        self.authority.require(actor, MANAGE, tenant=actor.tenant)
        correction = self._make(actor, said)
        kept = _cut(said)
        event = await self._event(actor, "correction.made", correction)
        async with self.database.begin() as connection:
            await self.store.forget(connection, actor.tenant, event.at - KEPT_AFTER)
            if len(await self.store.load(connection, actor.tenant)) >= self.most:
                raise TooManyCorrections
            await self.store.add(connection, actor.tenant, correction)
            if kept is not None:
                await self._keep(connection, actor.tenant, correction.id, kept)
            await self._tell(connection, event)
        return correction

    async def export(self, actor: Principal) -> Sequence[tuple[Correction, KeptText]]:
        """Those that hold and whose texts are kept, with these. The ledger says that it was done."""
        self.authority.require(actor, EXPORT, tenant=actor.tenant)
        now = self.clock.now()
        async with self.database.begin() as connection:
            held = await self.store.load(connection, actor.tenant)
            texts = dict(await self.texts.load(connection, actor.tenant))
            kept = [
                (each, self._open(actor.tenant, each.id, texts[each.id]))
                for each in held
                if each.id in texts and each.ends_at > now
            ]
            facts: dict[str, Json] = {"cases": len(kept)}
            await outbox.record(
                connection, await self._describe(actor, "corrections.exported", facts)
            )
        return kept

    async def forget_texts(self) -> None:
        """Delete what is kept of corrections that have ended. Asks for no right: it is a duty."""
        async with self.database.begin() as connection:
            await self.texts.forget(connection, self.clock.now())

    async def list(self, actor: Principal) -> Sequence[Correction]:
        """Those that hold now, the newest first."""
        self.authority.require(actor, MANAGE, tenant=actor.tenant)
        now = self.clock.now()
        async with self.database.read() as connection:
            kept = await self.store.load(connection, actor.tenant)
        return [each for each in reversed(kept) if each.ends_at > now]

    async def withdraw(self, actor: Principal, id: str) -> Correction:
        """End it now. Doing it again changes nothing and is no error."""
        self.authority.require(actor, MANAGE, tenant=actor.tenant)
        async with self.database.begin() as connection:
            kept = await self.store.load(connection, actor.tenant)
            found = next((each for each in kept if each.id == id), None)
            if found is None:
                raise UnknownCorrection
            if found.ends_at > self.clock.now():
                event = await self._event(actor, "correction.withdrawn", found)
                await self.store.end(connection, actor.tenant, id, event.at)
                await self.texts.forget(connection, event.at)
                await self._tell(connection, event)
        return found

    async def load(self, tenant: TenantId) -> Corrections:
        """All that a worker needs. Asks for no right: it is the product itself."""
        async with self.database.read() as connection:
            kept = await self.store.load(connection, tenant)
        now = self.clock.now()
        recent = [each for each in kept if each.ends_at > now - KEPT_AFTER]
        over = frozenset(each.id for each in recent if each.ends_at <= now)
        return Corrections(self.key, recent, over)

    def _make(self, actor: Principal, said: Said) -> Correction:
        value, (words, length) = said.value.strip(), find_shape(said.value.strip())
        is_short = 0 < length <= LONGEST and 0 < len(said.reason.strip()) <= LONGEST_REASON
        is_timed = timedelta(0) < said.life <= LONGEST_LIFE
        is_shaped = said.verdict is Verdict.NOT_PERSONAL or 0 < words <= MOST_WORDS
        if said.qualified not in self.vocabulary() or not (is_short and is_timed and is_shaped):
            raise UnacceptableCorrection
        if said.verdict is Verdict.NOT_PERSONAL and said.qualified.startswith(GUARDED):
            raise GuardedKind
        now = self.clock.now()
        return Correction(
            id=self.ids.new(),
            verdict=said.verdict,
            qualified=said.qualified,
            digest=digest_value(self.key, said.verdict, said.qualified.rpartition(":")[2], value),
            words=words,
            length=length,
            reason=said.reason.strip(),
            author=actor.id,
            made_at=now,
            ends_at=now + said.life,
            is_case=bool(said.text),
        )

    async def _event(self, actor: Principal, kind: str, correction: Correction) -> Event:
        facts: dict[str, Json] = {
            "correction": correction.id,
            "verdict": correction.verdict.value,
            "type": correction.qualified.rpartition(":")[2],
        }
        if correction.is_case:
            facts["case"] = True
        return await self._describe(actor, kind, facts)

    async def _describe(self, actor: Principal, kind: str, facts: Mapping[str, Json]) -> Event:
        return await describe_act(
            actor, kind, facts, ids=self.ids, clock=self.clock, pseudonyms=self.pseudonyms
        )

    async def _keep(
        self, connection: AsyncConnection, tenant: TenantId, id: str, kept: KeptText
    ) -> None:
        sealed = seal(self.text_key, encode_text(kept), _context(tenant, id))
        await self.texts.add(connection, tenant, id, sealed)

    def _open(self, tenant: TenantId, id: str, sealed: bytes) -> KeptText:
        return parse_text(open_sealed(self.text_key, sealed, _context(tenant, id)))

    async def _tell(self, connection: AsyncConnection, event: Event) -> None:
        await outbox.record(connection, event)
        await broadcast.bump(connection, TOPIC)


def _cut(said: Said) -> KeptText | None:
    """The words around the value, where they may be kept. Raises `ValueNotThere`."""
    if not said.text:
        return None
    kept = cut_text(said.text, said.value.strip())
    if kept is None:
        raise ValueNotThere
    return kept


def _context(tenant: TenantId, id: str) -> bytes:
    return encode_context("correction text", tenant, id)
