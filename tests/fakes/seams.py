"""The rim of a worker, where each crossing is counted and the n-th one goes wrong.

A seam is a place where the data plane waits for something outside: a provider, the
disk, the control process, the caller. Each fake of `dataplane` is crossed twice, before
it has its effect and after it: an answer may be lost as well as a question.
"""

import asyncio
import errno
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

from curtilage.core.models import Event, Scope, TenantId
from curtilage.gateway.errors import ControlSilent, UpstreamFailed
from curtilage.gateway.ports import UpstreamReply, UpstreamRequest
from curtilage.identity.budgets import (
    Budget,
    BudgetAsk,
    BudgetPortion,
    Measure,
    Tally,
    Window,
    lease,
)
from curtilage.identity.limits import Ask, LimitBook, Portion
from curtilage.ledger.disk import sync_data
from curtilage.ledger.errors import LedgerUnavailable
from curtilage.ledger.writer import LedgerWriter
from curtilage.vault.models import LoadedScope
from tests.fakes.clock import FixedClock
from tests.fakes.dataplane import Caller, FakeKeptRows, FakeLoader, FakeReply

SECRET = "what an error must not tell: ada at the orchard"  # in every fault nobody foresaw


SEAMS: dict[str, tuple[str, ...]] = {
    "Upstream.send": ("provider connect", "provider send"),
    "UpstreamReply.read": ("provider read",),
    "UpstreamReply.close": ("provider close",),
    "ScopeLoader.load_scope": ("scope asked", "scope answered"),
    "KeptRows.find_kept": ("kept asked",),
    "KeptRows.page_kept": ("page asked",),
    "KeptRows.keep_row": ("keeping asked", "keeping answered"),
    "KeptRows.forget_kept": ("forgetting asked", "forgetting answered"),
    "Recorder.append": ("record given", "disk sync", "record written"),
    "Limits.lease": ("limit asked", "limit answered"),
    "Budgets.reserve": ("budget asked", "budget answered"),
    "ASGI receive": ("caller's body",),
    "ASGI send": ("caller takes",),
}
"""Where a call waits, by the ports of `gateway.ports`, and the crossings that stand for it."""


class Fault(Enum):
    """What goes wrong at a seam."""

    REFUSED = "the error that its port names"
    BUG = "an error that nobody foresaw"
    STOPPED = "the worker stops while it waits"
    LEFT = "the caller leaves while it waits"
    SILENT = "no answer, until it is too late"


class CallerGone(ConnectionError):
    """What a server's `send` raises once its caller has gone."""


@dataclass
class Seams:
    """Counts crossings; at the crossing number `at`, `fault` happens."""

    fault: Fault | None = None
    at: int = -1
    crossed: list[str] = field(default_factory=list)
    struck: str = ""  # where it happened
    stuck: threading.Event = field(default_factory=threading.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)
    disk_released: threading.Event = field(default_factory=threading.Event)

    async def cross(self, name: str, error: Callable[[], Exception]) -> None:
        fault = self.begin(name)
        if fault is None:
            return
        if fault is Fault.REFUSED:
            raise error()
        if fault is Fault.BUG:
            raise RuntimeError(SECRET)
        await self.wait()

    def begin(self, name: str) -> Fault | None:
        """Count a crossing; the fault that happens here, if one does."""
        self.crossed.append(name)
        if len(self.crossed) - 1 != self.at:
            return None
        self.struck = name
        return self.fault

    async def wait(self) -> None:
        """Be stuck until the test lets go."""
        self.stuck.set()
        await self.released.wait()

    def cross_disk(self, fd: int) -> None:
        """Sync a file of the ledger, in the writer's thread."""
        fault = self.begin("disk sync")
        if fault is Fault.REFUSED:
            raise OSError(errno.EIO, SECRET)
        if fault is Fault.BUG:
            raise RuntimeError(SECRET)
        if fault is not None:
            self.stuck.set()
            self.disk_released.wait()
        sync_data(fd)

    def release(self) -> None:
        """Let go on what was stuck: it comes late, and well."""
        self.stuck.clear()
        self.released.set()
        self.disk_released.set()


def unreached() -> Exception:
    return UpstreamFailed("connect", sent=False)


def broken() -> Exception:
    return UpstreamFailed("broken", sent=True)


@dataclass
class SeamUpstream:
    """A provider, and what it was sent."""

    seams: Seams
    answer: Callable[[UpstreamRequest], FakeReply]
    received: list[UpstreamRequest] = field(default_factory=list)
    replies: list["SeamReply"] = field(default_factory=list)

    async def send(self, request: UpstreamRequest) -> UpstreamReply:
        await self.seams.cross("provider connect", unreached)
        self.received.append(request)
        await self.seams.cross("provider send", broken)
        reply = SeamReply(self.seams, self.answer(request))
        self.replies.append(reply)
        return reply

    async def close(self) -> None: ...


@dataclass
class SeamReply:
    """A reply; `closed` says that the call was let go."""

    seams: Seams
    reply: FakeReply
    closed: bool = False

    @property
    def status(self) -> int:
        return self.reply.status

    @property
    def headers(self) -> Sequence[tuple[str, str]]:
        return self.reply.headers

    async def read(self) -> bytes:
        await self.seams.cross("provider read", broken)
        return await self.reply.read()

    async def close(self) -> None:
        self.closed = True
        await self.seams.cross("provider close", broken)


@dataclass
class SeamLoader:
    """The vault, across the link."""

    seams: Seams
    inner: FakeLoader = field(default_factory=FakeLoader)

    async def load_scope(self, scope: Scope) -> LoadedScope:
        await self.seams.cross("scope asked", ControlSilent)
        loaded = await self.inner.load_scope(scope)
        await self.seams.cross("scope answered", ControlSilent)
        return loaded


@dataclass
class SeamKeptRows:
    """What is kept, across the link."""

    seams: Seams
    inner: FakeKeptRows = field(default_factory=FakeKeptRows)

    async def find_kept(self, tenant: TenantId, lookup: str) -> Sequence[bytes]:
        await self.seams.cross("kept asked", ControlSilent)
        return await self.inner.find_kept(tenant, lookup)

    async def page_kept(
        self, tenant: TenantId, lookup: str, *, after: str, newest_first: bool, limit: int
    ) -> Sequence[bytes]:
        await self.seams.cross("page asked", ControlSilent)
        return await self.inner.page_kept(
            tenant, lookup, after=after, newest_first=newest_first, limit=limit
        )

    async def keep_row(
        self, tenant: TenantId, lookup: str, *, id: str, sealed: bytes, until: datetime
    ) -> None:
        await self.seams.cross("keeping asked", ControlSilent)
        await self.inner.keep_row(tenant, lookup, id=id, sealed=sealed, until=until)
        await self.seams.cross("keeping answered", ControlSilent)

    async def forget_kept(self, tenant: TenantId, lookup: str, *, id: str = "") -> None:
        await self.seams.cross("forgetting asked", ControlSilent)
        await self.inner.forget_kept(tenant, lookup, id=id)
        await self.seams.cross("forgetting answered", ControlSilent)


@dataclass
class Counting:
    """The process that counts limits and budgets, across the link."""

    seams: Seams
    clock: FixedClock
    book: LimitBook = field(default_factory=LimitBook)
    tallies: list[Tally] = field(
        default_factory=lambda: [
            Tally("key-1", Budget(Measure.REQUESTS, Window.TOTAL, 50)),
            Tally("key-1", Budget(Measure.TOKENS, Window.TOTAL, 1_000_000)),
        ]
    )

    async def lease(self, ask: Ask) -> Portion:
        await self.seams.cross("limit asked", ControlSilent)
        now = self.clock.monotonic()
        portion = self.book.lease(ask, now, requests_per_minute=1000, tokens_per_minute=10**6)
        await self.seams.cross("limit answered", ControlSilent)
        return portion

    async def lease_budget(self, ask: BudgetAsk) -> BudgetPortion:
        await self.seams.cross("budget asked", ControlSilent)
        self.tallies, portion = lease(self.tallies, ask, self.clock.now())
        await self.seams.cross("budget answered", ControlSilent)
        return portion

    @property
    def used(self) -> list[int]:
        """What is taken: requests, tokens."""
        return [tally.used for tally in self.tallies]


@dataclass
class SeamRecorder:
    """A real ledger; what it answers comes by a seam."""

    seams: Seams
    writer: LedgerWriter

    @property
    def is_available(self) -> bool:
        return self.writer.is_available

    def append(self, event: Event) -> "asyncio.Future[None]":
        """Written at once, as the ledger does it; the answer may come late or not at all."""
        begun = self.seams.begin("record given")
        if begun is Fault.REFUSED:
            refused = asyncio.get_running_loop().create_future()
            refused.set_exception(LedgerUnavailable())
            return refused
        if begun is Fault.BUG:
            raise RuntimeError(SECRET)
        return asyncio.ensure_future(
            self._answer(self.writer.append(event), late=begun is not None)
        )

    async def _answer(self, written: "asyncio.Future[None]", *, late: bool) -> None:
        if late:
            await self.seams.wait()
        await asyncio.shield(written)
        await self.seams.cross("record written", LedgerUnavailable)


@dataclass
class SeamCaller(Caller):
    """The caller's end of a call."""

    seams: Seams = field(default_factory=Seams)
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    escaped: BaseException | None = None  # what the application raised at its server
    is_cut: bool = False  # the application was ended before it answered
    _rest: bytes | None = None

    async def receive(self) -> dict[str, Any]:
        if not self._given:
            self._given = True
            half = len(self.body) // 2
            await self.seams.cross("caller's body", CallerGone)
            self._rest = self.body[half:]
            return {"type": "http.request", "body": self.body[:half], "more_body": True}
        if self._rest is not None:
            rest, self._rest = self._rest, None
            return {"type": "http.request", "body": rest, "more_body": False}
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        await self.seams.cross("caller takes", CallerGone)
        self.sent.append(message)
