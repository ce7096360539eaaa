"""Reads model calls for people: lists, one call with its time line."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from curtilage.core.authority import Authority
from curtilage.core.ids import id_instant
from curtilage.core.models import Principal
from curtilage.core.words import say, say_count
from curtilage.gateway.errors import UnknownRequest
from curtilage.gateway.ports import ExchangeReader, RecordFinder, TokenCallers
from curtilage.gateway.records import HIT
from curtilage.gateway.rows import ExchangeRow, Wanted
from curtilage.gateway.search import Search
from curtilage.gateway.service.askers import Askers, name_askers
from curtilage.gateway.service.words import (
    HOSTILE,
    HOSTILE_REPLY,
    explain_code,
    find_code,
    tell_reason,
)
from curtilage.gateway.views import (
    Caller,
    Counted,
    Exchange,
    LiveChoices,
    LivePage,
    LiveRow,
    RecordPlace,
    Step,
    TokenCounts,
)

READ = "requests:read"
TITLES: Mapping[str, str] = {
    "exchange.intended": say("Asked, scanned, decided; written down before anything left"),
    "exchange.completed": say("Answered and restored"),
    "exchange.refused": say("Refused; nothing left"),
    "exchange.failed": say("Ended in an error"),
    "exchange.aborted": say("Cut short before the end"),
    "exchange.unknown": say("Nobody knows how it ended"),
}

TURNED_AWAY = say("Asked; turned away before anything was scanned")
STOPPED = say("Asked, scanned, decided")
LISTED = say("Asked; there is no text in it to scan")


@dataclass(frozen=True, slots=True)
class LiveService:
    """Implements the `LiveReader` of the pages.

    `callers` are the keys that are still known, `by_token` knows who came with an access
    token; `titles` a type in plain words.
    """

    store: ExchangeReader
    records: RecordFinder
    authority: Authority
    callers: Callable[[], Awaitable[Sequence[Caller]]]
    titles: Mapping[str, str]
    by_token: TokenCallers

    async def choices(self, actor: Principal) -> LiveChoices:
        self.authority.require(actor, READ, tenant=actor.tenant)
        keys = [(caller.key_id, caller.name) for caller in await self.callers()]
        kinds = [(kind, title) for kind, title in self.titles.items()]
        return LiveChoices(_by_title(keys), _by_title(kinds))

    async def page(
        self, actor: Principal, search: Search, *, after: str | None, limit: int
    ) -> LivePage:
        self.authority.require(actor, READ, tenant=actor.tenant)
        callers = await self.callers()
        wanted = _wanted(search, callers)
        found = await self.store.page(actor.tenant, wanted, before=after, limit=limit + 1)
        askers = await self._name(actor, found.rows[:limit], callers)
        shown = [self._row(row, askers) for row in found.rows[:limit]]
        if len(found.rows) > limit:
            return LivePage(shown, shown[-1].id)
        reached = id_instant(found.reached) if found.reached else None
        return LivePage(shown, found.reached, reached)

    async def newer(self, actor: Principal, *, since: str, limit: int) -> Sequence[LiveRow]:
        self.authority.require(actor, READ, tenant=actor.tenant)
        rows = await self.store.since(actor.tenant, after=since, limit=limit)
        askers = await self._name(actor, rows, await self.callers())
        return [self._row(row, askers) for row in rows]

    async def get(self, actor: Principal, request_id: str) -> Exchange:
        self.authority.require(actor, READ, tenant=actor.tenant)
        row = await self.store.find(actor.tenant, request_id)
        if row is None:
            raise UnknownRequest
        places = await self.records.find_places(request_id)
        askers = await self._name(actor, [row], await self.callers())
        return self._exchange(row, askers, places)

    async def tokens(self, actor: Principal, *, recent: int) -> Sequence[TokenCounts]:
        self.authority.require(actor, READ, tenant=actor.tenant)
        found = await self.store.page(actor.tenant, Wanted(), before=None, limit=recent)
        return count_tokens(found.rows)

    async def _name(
        self, actor: Principal, rows: Sequence[ExchangeRow], callers: Sequence[Caller]
    ) -> Askers:
        keys = {caller.pseudonym: caller.name for caller in callers}
        return await name_askers(
            rows, actor, keys=keys, tokens=self.by_token, authority=self.authority
        )

    def _row(self, row: ExchangeRow, askers: Askers) -> LiveRow:
        overhead, asker = row.ending.get("overhead_us"), askers.find(row)
        return LiveRow(
            id=row.id,
            at=row.at,
            who=asker.who,
            purpose=row.purpose,
            model=str(row.facts.get("model", "")),
            protocol=str(row.facts.get("route", "")),
            streamed=bool(row.facts.get("stream")),
            counts=self._counts(row),
            outcome=row.outcome,
            overhead_ms=overhead / 1000 if overhead else None,  # 0: turned away before any work
            scanned="slots" in row.facts,
            asker=asker,
        )

    def _counts(self, row: ExchangeRow) -> list[Counted]:
        found: Mapping[str, int] = row.facts.get("found", {})
        treatments = {
            name.rpartition(":")[2]: how for name, how in row.decision.get("treatments", {}).items()
        }
        return [
            Counted(kind, self.titles.get(kind, kind), treatments.get(kind, "refused"), number)
            for kind, number in sorted(found.items())
        ]

    def _exchange(
        self, row: ExchangeRow, askers: Askers, places: Sequence[RecordPlace]
    ) -> Exchange:
        ending = row.ending
        return Exchange(
            row=self._row(row, askers),
            upstream=str(row.facts.get("upstream", "")),
            policy=str(row.decision.get("policy") or row.facts.get("policy", "")),
            reason=tell_reason(row, self.titles),
            code=find_code(row),
            steps=_steps(row, places),
            status=ending.get("status"),
            duration_ms=_ms(ending.get("total_us")),
            first_byte_ms=_ms(ending.get("first_byte_us")),
            restored=sum(ending.get("restored", {}).values()),
            mangled=int(ending.get("mangled", 0)),
            unknown_tokens=int(ending.get("unknown", 0)),
            is_cached=row.facts.get("cache") == HIT,
            hostile=self._titled(row.facts.get("hostile", {})),
            hostile_done=HOSTILE.get(str(row.facts.get("hostile_action")), ""),
            hostile_reply=self._titled(ending.get("hostile_reply", {})),
            hostile_reply_done=HOSTILE_REPLY.get(str(ending.get("hostile_reply_action")), ""),
        )

    def _titled(self, counts: Mapping[str, int]) -> Sequence[tuple[str, int]]:
        return [(self.titles.get(kind, kind), count) for kind, count in sorted(counts.items())]


def _by_title(choices: Sequence[tuple[str, str]]) -> Sequence[tuple[str, str]]:
    return sorted(choices, key=lambda choice: choice[1].casefold())


def _wanted(search: Search, callers: Sequence[Caller]) -> Wanted:
    """A search in the words of the ledger, which knows keys by pseudonyms."""
    actors = [caller.pseudonym for caller in callers if caller.key_id == search.key]
    return Wanted(
        id=search.id,
        actors=actors if search.key else None,
        kind=search.kind,
        model=search.model,
        outcome=search.outcome,
        since=search.since,
        until=search.until,
    )


def count_tokens(rows: Sequence[ExchangeRow]) -> Sequence[TokenCounts]:
    """What became of tokens in replies, by model.

    Requests without a reply do not count, nor do those that no model was asked."""
    by_model: dict[str, Counter[str]] = {}
    for row in rows:
        if "restored" not in row.ending or row.facts.get("cache") == HIT:
            continue
        counts = by_model.setdefault(str(row.facts.get("model", "")), Counter())
        counts["requests"] += 1
        counts["restored"] += sum(row.ending["restored"].values())
        for name in ("mangled", "unknown", "withheld"):
            counts[name] += int(row.ending.get(name, 0))
    found = [
        TokenCounts(
            model=model,
            requests=counts["requests"],
            restored=counts["restored"],
            mangled=counts["mangled"],
            unknown=counts["unknown"],
            withheld=counts["withheld"],
        )
        for model, counts in by_model.items()
    ]
    return sorted(found, key=lambda each: (-each.requests, each.model))


def _ms(microseconds: Any) -> float | None:
    return microseconds / 1000 if microseconds is not None else None


def _steps(row: ExchangeRow, places: Sequence[RecordPlace]) -> list[Step]:
    intent = next((place for place in places if place.record_id == row.id), None)
    ending = next((place for place in places if place.record_id != row.id), None)
    slots = row.facts.get("slots")
    detail = (
        "" if slots is None else say_count("{count} text scanned", "{count} texts scanned", slots)
    )
    steps = [Step(row.at, "exchange.intended", _begun(row), detail, intent)]
    if row.ended_at is not None:
        kind = f"exchange.{row.outcome}"
        code = str(row.ending.get("reason", ""))
        steps.append(Step(row.ended_at, kind, TITLES[kind], explain_code(code), ending))
    return steps


def _begun(row: ExchangeRow) -> str:
    if "slots" not in row.facts:
        return LISTED if row.outcome == "completed" else TURNED_AWAY
    return STOPPED if row.outcome == "refused" else TITLES["exchange.intended"]
