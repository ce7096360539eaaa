"""The two records of one call: what is about to happen, and how it ended.

`intend` returns when the intent is durable: nothing has left before. `close`
writes the outcome once, and returns when that is durable. A call that is
refused gets both, one after the other in the same log, so that waiting for the
second is waiting for both.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from time import perf_counter_ns

import orjson

from curtilage.core.canonical import LARGEST, Json
from curtilage.core.clock import Clock
from curtilage.core.ids import Ids
from curtilage.core.models import Event, Sealed, TenantId
from curtilage.gateway import records
from curtilage.gateway.admitting import Admitted
from curtilage.gateway.asgi import ASGIScope, Headers
from curtilage.gateway.billing import Bill
from curtilage.gateway.meters import Meters
from curtilage.gateway.ports import Recorder, Traces
from curtilage.gateway.replywatch import ReplyWatch
from curtilage.gateway.session import Session
from curtilage.gateway.spans import Parent
from curtilage.gateway.wire.facts import ReplyStats


@dataclass(frozen=True, slots=True)
class Registrar:
    """What writing records needs, made once per worker."""

    recorder: Recorder
    meters: Meters
    clock: Clock
    ids: Ids
    traces: Traces | None = None  # None: nobody asked for traces


@dataclass(frozen=True, slots=True)
class Who:
    """The caller of one call, as far as the record tells it. `address` is sealed."""

    tenant: TenantId
    admitted: Admitted
    session: Session | None
    address: str


class Recording:
    """The records of one call, and the facts that gather for them on the way."""

    __slots__ = (
        "_began", "_commit_us", "_intent", "_parent", "_registrar", "_route",
        "account", "bill", "bytes_in", "bytes_out", "is_closed", "passage", "request_id", "stats", "status", "watch", "work_ns",
    )  # fmt: skip

    def __init__(self, registrar: Registrar, route: str, bill: Bill) -> None:
        self._registrar = registrar
        self._route = route
        self._began = perf_counter_ns()
        self._commit_us = 0
        self._intent: Event | None = None
        self._parent: Parent | None = None
        self.request_id = registrar.ids.new()
        self.is_closed = False
        self.status = 0
        self.bytes_in = self.bytes_out = self.work_ns = 0
        self.account = records.Account()
        self.bill = bill
        self.passage = records.Passage()
        self.stats: Mapping[str, Json] = {}
        self.watch: ReplyWatch | None = None

    @property
    def is_begun(self) -> bool:
        return self._intent is not None

    def headers(self) -> Headers:
        """What a reply says of ourselves: which call this is, and what was protected."""
        protected = self.account.count_protected()
        counts = ", ".join(f"{kind}={count}" for kind, count in sorted(protected.items()))
        return [
            (b"x-curtilage-request-id", self.request_id.encode()),
            (b"x-curtilage-protected", counts.encode() or b"none"),
            (b"cache-control", b"no-store"),  # what was restored is for this caller alone
            *self.policy_headers(),
            *self._hostile_headers(),
            *self._cache_headers(),
        ]

    def policy_headers(self) -> Headers:
        """That nothing is protected is said in every reply."""
        return [(b"x-curtilage-policy", b"observe")] if self.account.observes else []

    def _hostile_headers(self) -> Headers:
        """What an application may want to show beside the reply: of the request, and of
        the reply itself, where that did not begin before it was found."""
        found = [(b"x-curtilage-hostile", self.account.hostile)]
        if self.watch is not None:
            found.append((b"x-curtilage-hostile-reply", self.watch.found))
        return [(name, _counted(counts)) for name, counts in found if counts]

    def _cache_headers(self) -> Headers:
        """Whether the cache answered, where it was asked."""
        return [(b"x-curtilage-cache", self.account.cache.encode())] if self.account.cache else []

    async def intend(self, who: Who) -> None:
        """Write the intent; durable when this returns.

        One that failed may be there none the less. So it is left to itself, and the call
        goes on under another id: no outcome without its intent, and no intent twice."""
        began = perf_counter_ns()
        intent = self._make_intent(who)
        writing = self._registrar.recorder.append(intent)
        self._intent = intent
        try:
            await writing
        except Exception:  # whatever failed: raised on, once no outcome can name this intent
            self._intent, self.request_id = None, self._registrar.ids.new()
            raise
        self._commit_us = (perf_counter_ns() - began) // 1000

    def intend_refused(self, who: Who) -> None:
        """Write the intent of a call that is refused; `close` waits for both records."""
        intent = self._make_intent(who)
        append_first(self._registrar.recorder, intent)
        self._intent = intent

    async def close(self, kind: str, reason: str = "") -> None:
        """Write the outcome, once; durable when this returns."""
        intent = self._intent
        if intent is None or self.is_closed:
            return
        self.is_closed = True
        self._count(kind)
        registrar, bill = self._registrar, self.bill.count(kind, self.stats)
        outcome = records.outcome(
            event_id=registrar.ids.new(),
            at=registrar.clock.now(),
            kind=kind,
            intent=intent,
            facts=self._outcome_facts(reason, bill),
        )
        await registrar.recorder.append(outcome)
        self.bill.settle(bill)  # what is not durable stands at its reservation, as recovery has it
        if registrar.traces is not None:
            registrar.traces.tell(intent, outcome, self._parent)

    def trace(self, scope: ASGIScope) -> None:
        """Note where the caller's own trace stands, where traces are made and callers trusted."""
        if self._registrar.traces is not None:
            self._parent = self._registrar.traces.find_parent(scope)

    def _outcome_facts(self, reason: str, bill: dict[str, Json]) -> dict[str, Json]:
        facts: dict[str, Json] = {
            "status": self.status,
            "bytes_out": self.bytes_out,
            "overhead_us": self.work_ns // 1000,
            "commit_us": self._commit_us,
            "total_us": (perf_counter_ns() - self._began) // 1000,
            **self.stats,
            **self.passage.facts(),
            **(self.watch.facts() if self.watch is not None else {}),
        }
        if bill:
            facts["bill"] = bill
        if self.account.cache:
            facts["cache"] = self.account.cache
        if reason:
            facts["reason"] = reason
        if self.account.shadow:
            facts["shadow"] = dict(self.account.shadow)
        return facts

    def _count(self, kind: str) -> None:
        meters = self._registrar.meters
        meters.count(f"exchanges:{self._route}:{kind.removeprefix('exchange.')}")
        meters.observe_overhead(self.work_ns // 1000)
        for name, count in self.account.found.items():
            meters.count(f"findings:{name}", count)

    def _make_intent(self, who: Who) -> Event:
        session = who.session
        return records.intended(
            request_id=self.request_id,
            at=self._registrar.clock.now(),
            tenant=who.tenant,
            actor=session.loaded.actor if session else "",
            actor_kind=who.admitted.principal.kind.value,
            subject=session.loaded.subject if session else "",
            purpose=who.admitted.purpose,
            decision=self.account.decision,
            facts={
                "route": self._route,
                "bytes_in": self.bytes_in,
                **records.app_facts(who.admitted.app),
                **self.account.facts(),
            },
            sealed=self._seal(who),
        )

    def _seal(self, who: Who) -> Sealed | None:
        """What only the key of this scope opens: which key, session and address asked."""
        if who.session is None:
            return None
        headers = who.admitted.headers
        part = {
            "key": who.admitted.key.id,
            "session": headers.session,
            "subject": headers.subject,
            "address": who.address,
        }
        return who.session.sealer.seal(orjson.dumps(part), self.request_id)


def _counted(counts: Mapping[str, int]) -> bytes:
    return ", ".join(f"{kind}={count}" for kind, count in sorted(counts.items())).encode()


def facts_of(stats: ReplyStats) -> dict[str, Json]:
    """What the record keeps of a reply: counts and the protocol's own short words."""
    facts: dict[str, Json] = {"restored": dict(stats.restored), "finish": list(stats.finish)}
    for name in ("mangled", "unknown", "withheld"):
        if getattr(stats, name):
            facts[name] = getattr(stats, name)
    usage = stats.usage
    for name, count in (
        ("tokens_in", usage.prompt),
        ("tokens_out", usage.completion),
        ("tokens_cached", usage.cached),
        ("tokens_written", usage.cache_written),
        ("tokens_reasoning", usage.reasoning),
    ):
        if count is not None:
            facts[name] = min(count, LARGEST)
    return facts


def append_first(recorder: Recorder, intent: Event) -> None:
    """Append an intent whose outcome comes right behind it: who waits for that waits for both.

    Raises what refused it at once; then no outcome may follow."""
    writing = recorder.append(intent)
    if writing.done():
        writing.result()
    writing.add_done_callback(_retrieve)


def _retrieve(future: "asyncio.Future[None]") -> None:
    """Look at a future whose outcome another one tells, so that it is not lost loudly."""
    if not future.cancelled():
        future.exception()
