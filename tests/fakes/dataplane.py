"""One worker's data plane in this process: no socket, no disk, no control process.

What lies outside (provider, vault, ledger, limits) is faked here, each fake as
small as its port; everything between the caller's bytes and the provider's is
the real thing.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from curtilage.consent.models import Policy
from curtilage.consent.shelf import PolicyShelf
from curtilage.core.errors import CurtilageError
from curtilage.core.models import Event, Finding, Scope, TenantId
from curtilage.gateway.engine import Engine
from curtilage.gateway.errors import ControlSilent
from curtilage.gateway.exchange.services import Services
from curtilage.gateway.files.holdings import HOLDINGS, Holdings
from curtilage.gateway.meters import Meters
from curtilage.gateway.ports import UpstreamReply, UpstreamRequest
from curtilage.gateway.pulse import Pulse
from curtilage.gateway.recall import KEPT_REPLIES, Recall
from curtilage.gateway.recording import Registrar
from curtilage.gateway.rejections import Rejections
from curtilage.gateway.replycache import ReplyCache
from curtilage.gateway.routes import RouteTable
from curtilage.gateway.sealed import SealedRows
from curtilage.gateway.session import Session
from curtilage.gateway.sessioncache import Sessions
from curtilage.gateway.settings import (
    BUILT_IN_ROUTES,
    BUILT_IN_UPSTREAMS,
    GatewaySettings,
    RouteSettings,
    UpstreamSettings,
)
from curtilage.gateway.snapshot import Snapshot
from curtilage.gateway.storedids import STORED_IDS, StoredIds
from curtilage.gateway.upstream_calls import UpstreamCalls
from curtilage.identity.budgets import Amount, Shortage
from curtilage.identity.models import ApiKey, KeyTable
from curtilage.identity.wire.apikey import mint_api_key
from curtilage.identity.worker_budgets import Reservation
from curtilage.ledger.errors import LedgerUnavailable
from curtilage.vault.models import LoadedScope
from curtilage.vault.seal import EVENT_PARTS, derive
from tests.builders import ASSIST, SERVICE, TENANT
from tests.fakes.clock import START, FixedClock
from tests.fakes.entropy import FixedEntropy
from tests.fakes.ids import FixedIds

KEY = mint_api_key(FixedEntropy("the caller's key"))
CREDENTIALS = {"openai": "credential-of-the-service", "anthropic": "credential-of-the-service"}
Answer = Callable[[UpstreamRequest], "FakeReply"]


def an_api_key(**given: Any) -> ApiKey:
    """The key behind `KEY`: a service that may use `assist` and sees values again."""
    defaults: dict[str, Any] = {
        "id": "key-1", "tenant": TENANT, "principal": SERVICE, "name": "helpdesk",
        "digest": KEY.digest, "created_at": START, "purposes": frozenset({ASSIST}),
        "rights": frozenset({"restore"}),
    }  # fmt: skip
    return ApiKey(**(defaults | given))


def a_policy(name: str = "balanced", **given: Any) -> Policy:
    return replace(PolicyShelf().load(name), **given)


def a_route_table(
    *routes: RouteSettings, upstreams: dict[str, UpstreamSettings] | None = None
) -> RouteTable:
    return RouteTable((*routes, *BUILT_IN_ROUTES), {**BUILT_IN_UPSTREAMS, **(upstreams or {})})


def a_snapshot(*keys: ApiKey, **given: Any) -> Snapshot:
    """Keys, policy and routes of one instant; without keys, the one behind `KEY`."""
    defaults: dict[str, Any] = {
        "generation": "1", "tenant": TENANT, "keys": KeyTable(keys or (an_api_key(),)),
        "policy": a_policy(), "routes": a_route_table(), "settings": GatewaySettings(retries=0, note_to_model=False),
        "upstreams": BUILT_IN_UPSTREAMS, "credentials": CREDENTIALS,
    }  # fmt: skip
    return Snapshot(**(defaults | given))


def event_key(session: Session) -> bytes:
    """What opens the sealed parts of a session's Events."""
    return derive(session.loaded.current[1], EVENT_PARTS)


def a_loaded_scope(scope: Scope, **given: Any) -> LoadedScope:
    """A scope under a key that depends on the scope alone, as the vault's does."""
    entropy = FixedEntropy(f"scope {scope.encode().hex()}")
    defaults: dict[str, Any] = {
        "scope": scope, "current": (1, entropy.token_bytes(32)), "older": (),
        "actor": f"actor of {scope.principal}",
        "subject": f"subject {scope.subject}" if scope.subject else "", "key_id": b"k" * 16,
    }  # fmt: skip
    return LoadedScope(**(defaults | given))


@dataclass
class FakeLoader:
    """The vault's side: counts what was asked, waits while `gate` is closed."""

    asked: list[Scope] = field(default_factory=list)
    gate: asyncio.Event | None = None
    problem: CurtilageError | None = None
    begun_at: datetime | None = None

    async def load_scope(self, scope: Scope) -> LoadedScope:
        self.asked.append(scope)
        if self.gate is not None:
            await self.gate.wait()
        if self.problem is not None:
            raise self.problem
        return a_loaded_scope(scope, begun_at=self.begun_at)


@dataclass
class FakeRecorder:
    """A ledger in memory. `broken` refuses as a full disk does."""

    events: list[Event] = field(default_factory=list)
    broken: bool = False

    @property
    def is_available(self) -> bool:
        return not self.broken

    def append(self, event: Event) -> "asyncio.Future[None]":
        future = asyncio.get_running_loop().create_future()
        if self.broken:
            future.set_exception(LedgerUnavailable())
        else:
            self.events.append(event)
            future.set_result(None)
        return future

    @property
    def kinds(self) -> list[str]:
        return [event.kind for event in self.events]


@dataclass
class FakeKeptRows:
    """Sealed rows in memory. `broken` answers as a control process that is gone."""

    rows: dict[tuple[str, str], dict[str, bytes]] = field(default_factory=dict)
    broken: bool = False

    def _require(self) -> None:
        if self.broken:
            raise ControlSilent

    async def find_kept(self, tenant: TenantId, lookup: str) -> Sequence[bytes]:
        self._require()
        return [sealed for _, sealed in sorted(self.rows.get((tenant, lookup), {}).items())]

    async def page_kept(
        self, tenant: TenantId, lookup: str, *, after: str, newest_first: bool, limit: int
    ) -> Sequence[bytes]:
        self._require()
        rows = sorted(self.rows.get((tenant, lookup), {}).items(), reverse=newest_first)
        behind = [
            sealed
            for id, sealed in rows
            if not after or (id < after if newest_first else id > after)
        ]
        return behind[:limit]

    async def keep_row(
        self, tenant: TenantId, lookup: str, *, id: str, sealed: bytes, until: datetime
    ) -> None:
        self._require()
        self.rows.setdefault((tenant, lookup), {})[id] = sealed

    async def forget_kept(self, tenant: TenantId, lookup: str, *, id: str = "") -> None:
        self._require()
        if id:
            self.rows.get((tenant, lookup), {}).pop(id, None)
        else:
            self.rows.pop((tenant, lookup), None)


@dataclass
class FakeLimits:
    """Limits that grant until told otherwise."""

    wait: int | None = 0
    leased: int = 0
    settled: list[tuple[str, int]] = field(default_factory=list)

    def take(self, key_id: str, *, tokens: int) -> int | None:
        return self.wait

    async def lease(self, key_id: str, *, tokens: int) -> int:
        return self.leased

    def settle(self, key_id: str, *, tokens: int) -> None:
        self.settled.append((key_id, tokens))


@dataclass
class FakeBudgets:
    """Budgets with room until told otherwise; keeps what each call took and used."""

    shortage: Shortage | None = None
    taken: list[Amount] = field(default_factory=list)
    used: list[Amount] = field(default_factory=list)

    async def reserve(self, payer_id: str, want: Amount) -> Reservation | Shortage:
        if self.shortage is not None:
            return self.shortage
        self.taken.append(want)
        return Reservation(payer_id, "2026-11-28T10:05", want)

    def settle(self, reservation: Reservation, used: Amount) -> None:
        self.used.append(used)


class FakeReply:
    """A reply in the pieces that the network would give."""

    def __init__(
        self,
        pieces: Iterable[bytes],
        *,
        status: int = 200,
        headers: Sequence[tuple[str, str]] = (("content-type", "application/json"),),
    ) -> None:
        self.status = status
        self.headers = headers
        self.closed = False
        self._pieces = iter(pieces)

    async def read(self) -> bytes:
        return next(self._pieces, b"")

    async def close(self) -> None:
        self.closed = True


STREAM = (("content-type", "text/event-stream; charset=utf-8"),)


@dataclass
class FakeUpstream:
    """Answers each request by a function; keeps what it was sent."""

    answer: Answer = lambda request: FakeReply((b"{}",))
    received: list[UpstreamRequest] = field(default_factory=list)
    closed: bool = False

    async def send(self, request: UpstreamRequest) -> UpstreamReply:
        self.received.append(request)
        return self.answer(request)

    async def close(self) -> None:
        self.closed = True


@dataclass
class StaticSnapshots:
    """A snapshot that stays until a test puts another in its place."""

    snapshot: Snapshot

    def current(self) -> Snapshot:
        return self.snapshot


def find_planted(text: str) -> tuple[Finding, ...]:
    """A scan of its own: finds `‹EMAIL_ADDRESS:ada›`-like marks, whatever they hold."""
    found = []
    at = text.find("‹")
    while at >= 0:
        end = text.index("›", at) + 1
        kind = text[at + 1 : text.index(":", at)]
        found.append(Finding(at, end, kind, 1.0, CATEGORIES[kind], "planted"))
        at = text.find("‹", end)
    return tuple(found)


CATEGORIES = {
    "EMAIL_ADDRESS": "user.contact.email",
    "CREDIT_CARD": "user.financial.card",
    "SEC_GITHUB": "secret.token",
    "URL": "user.content.public",
}


def an_engine(scan: Callable[[str], tuple[Finding, ...]] = find_planted) -> Engine:
    return Engine(scan=scan, rules="1", categories=CATEGORIES, cache_key=b"c" * 32)


@dataclass
class DataPlane:
    """All of one worker, and what a test looks at."""

    engine: Engine = field(default_factory=an_engine)
    snapshots: StaticSnapshots = field(default_factory=lambda: StaticSnapshots(a_snapshot()))
    loader: FakeLoader = field(default_factory=FakeLoader)
    recorder: FakeRecorder = field(default_factory=FakeRecorder)
    limits: FakeLimits = field(default_factory=FakeLimits)
    budgets: FakeBudgets = field(default_factory=FakeBudgets)
    upstream: FakeUpstream = field(default_factory=FakeUpstream)
    replies: FakeKeptRows = field(default_factory=FakeKeptRows)
    clock: FixedClock = field(default_factory=FixedClock)
    ids: FixedIds = field(default_factory=FixedIds)

    def services(self) -> Services:
        upstream_calls = UpstreamCalls(lambda _: self.upstream)
        upstream_calls.take_over(self.snapshots.snapshot.upstreams)
        sessions = Sessions(self.loader, clock=self.clock, entropy=FixedEntropy())
        return Services(
            engine=self.engine,
            snapshots=self.snapshots,
            sessions=sessions,
            limits=self.limits,
            budgets=self.budgets,
            registrar=Registrar(self.recorder, Meters(), self.clock, self.ids),
            upstream_calls=upstream_calls,
            pulse=Pulse(self.clock.monotonic, 600.0, 15.0),
            rejections=Rejections(self.recorder, TENANT, self.clock, self.ids),
            clock=self.clock,
            recall=Recall(SealedRows(self.replies, self.clock, KEPT_REPLIES), sessions, self.ids),
            holdings=Holdings(SealedRows(self.replies, self.clock, HOLDINGS), self.ids),
            stored_ids=StoredIds(SealedRows(self.replies, self.clock, STORED_IDS), sessions),
            cache=ReplyCache(self.clock, most=1024 * 1024, rules="1"),
        )


@dataclass
class Caller:
    """The caller's end of one ASGI call: sends a body, keeps what comes back.

    `leaves` says that the caller hangs up as soon as the body is sent.
    """

    body: bytes
    path: str = "/v1/chat/completions"
    method: str = "POST"
    query: bytes = b""
    headers: Sequence[tuple[bytes, bytes]] = ()
    leaves: bool = False
    sent: list[dict[str, Any]] = field(default_factory=list)
    _given: bool = False

    @property
    def scope(self) -> dict[str, Any]:
        key = (b"authorization", b"Bearer " + KEY.text.encode())
        return {
            "type": "http", "method": self.method, "path": self.path, "query_string": self.query,
            "headers": [(b"host", b"localhost"), key, *self.headers], "client": ("127.0.0.1", 5000),
        }  # fmt: skip

    async def receive(self) -> dict[str, Any]:
        if not self._given:
            self._given = True
            return {"type": "http.request", "body": self.body, "more_body": False}
        if not self.leaves:
            await asyncio.get_running_loop().create_future()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        self.sent.append(message)

    @property
    def status(self) -> int:
        status: int = self.sent[0]["status"]
        return status

    @property
    def reply_headers(self) -> dict[str, str]:
        return {name.decode(): value.decode() for name, value in self.sent[0]["headers"]}

    @property
    def reply(self) -> bytes:
        return b"".join(message["body"] for message in self.sent[1:])

    @property
    def has_ended(self) -> bool:
        return not self.sent[-1].get("more_body", True)
