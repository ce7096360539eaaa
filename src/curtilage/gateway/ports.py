"""What the data plane needs from outside, implemented elsewhere and passed in."""

from asyncio import Future
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from curtilage.core.models import Event, Scope, TenantId
from curtilage.gateway.asgi import ASGIScope
from curtilage.gateway.rows import ExchangePage, ExchangeRow, Wanted
from curtilage.gateway.snapshot import Snapshot
from curtilage.gateway.spans import Parent
from curtilage.gateway.views import AppName, RecordPlace
from curtilage.gateway.wire.body import Body
from curtilage.identity.budgets import Amount, Shortage
from curtilage.identity.worker_budgets import Reservation
from curtilage.ledger.models import Cursor, Record
from curtilage.vault.models import LoadedScope


@dataclass(frozen=True, slots=True)
class UpstreamRequest:
    """One call to a provider. `headers` hold the credential and are never shown."""

    method: str
    path: str
    query: str
    headers: Sequence[tuple[str, str]] = field(repr=False)
    body: Body = field(repr=False)


class UpstreamReply(Protocol):
    """A provider's answer whose head has arrived."""

    status: int
    headers: Sequence[tuple[str, str]]

    async def read(self) -> bytes:
        """The next bytes as they come, b"" at the end. Raises UpstreamFailed."""

    async def close(self) -> None:
        """Let go of the call; what the provider still sends is cut off."""


class Upstream(Protocol):
    """A provider that can be called."""

    async def send(self, request: UpstreamRequest) -> UpstreamReply:
        """Send and wait for the head. Raises UpstreamFailed (with `sent`)."""

    async def close(self) -> None: ...


class ScopeLoader(Protocol):
    """Gives the keys of one scope; the first of the two awaited loads."""

    async def load_scope(self, scope: Scope) -> LoadedScope: ...


class KeptRows(Protocol):
    """Keeps the rows of `gateway.sealed`; the second of the two awaited loads."""

    async def find_kept(self, tenant: TenantId, lookup: str) -> Sequence[bytes]:
        """What is kept under a look-up, in the order of its rows."""

    async def page_kept(
        self, tenant: TenantId, lookup: str, *, after: str, newest_first: bool, limit: int
    ) -> Sequence[bytes]:
        """At most `limit` rows of a look-up behind the row `after`, which may be empty."""

    async def keep_row(
        self, tenant: TenantId, lookup: str, *, id: str, sealed: bytes, until: datetime
    ) -> None: ...

    async def forget_kept(self, tenant: TenantId, lookup: str, *, id: str = "") -> None:
        """Forget what is kept under a look-up, or the row `id` of it."""


class OldRows(Protocol):
    """Deletes what is kept no longer."""

    async def forget_old(self, now: datetime) -> int: ...


class Traces(Protocol):
    """Tells a tracing system of calls that ended. Raises nothing and waits for nobody."""

    def find_parent(self, scope: ASGIScope) -> Parent | None:
        """Where the caller's trace stands, if callers are trusted to say so."""

    def tell(self, intent: Event, outcome: Event, parent: Parent | None) -> None:
        """One call, by its two records: the outcome is durable."""


class SnapshotSource(Protocol):
    """The newest immutable snapshot. `current` raises when it is too old to trust."""

    def current(self) -> Snapshot: ...


class Recorder(Protocol):
    """Takes Events. The future is done when the record is durable."""

    @property
    def is_available(self) -> bool:
        """False where no Event can be taken, and trying would not help."""

    def append(self, event: Event) -> "Future[None]": ...


class Limits(Protocol):
    """Exact limits across workers, taken in advance in small portions."""

    def take(self, key_id: str, *, tokens: int) -> int | None:
        """Take one request and `tokens` from what this worker holds.

        0: granted. Above 0: refused, seconds to wait. None: ask with `lease`."""

    async def lease(self, key_id: str, *, tokens: int) -> int:
        """As `take`, after asking the control process for more."""

    def settle(self, key_id: str, *, tokens: int) -> None:
        """Give back (below zero) or take (above) what the estimate missed."""


class Budgets(Protocol):
    """Budgets across workers, taken in advance in small portions."""

    async def reserve(self, payer_id: str, want: Amount) -> Reservation | Shortage:
        """Take `want` from every budget of the payer, or say which has no room."""

    def settle(self, reservation: Reservation, used: Amount) -> None:
        """Correct a reservation to what its call used."""


class ExchangeReader(Protocol):
    """Reads the projection of model calls."""

    async def page(
        self, tenant: TenantId, wanted: Wanted, *, before: str | None, limit: int
    ) -> ExchangePage: ...

    async def since(self, tenant: TenantId, *, after: str, limit: int) -> Sequence[ExchangeRow]: ...

    async def find(self, tenant: TenantId, request_id: str) -> ExchangeRow | None: ...


class TokenCallers(Protocol):
    """Knows the people and apps whose calls came with access tokens."""

    async def find_people(self, actors: Collection[str]) -> Mapping[str, str]:
        """Ids of the people whom records call so, as far as they are known."""

    async def name_people(self, ids: Collection[str]) -> Mapping[str, str]:
        """What these people are called."""

    async def name_apps(self, ids: Collection[str]) -> Mapping[str, AppName]:
        """The apps that records call so, as far as they are known."""


class RecordFinder(Protocol):
    """Says where the ledger holds the records of a request."""

    async def find_places(self, request_id: str) -> Sequence[RecordPlace]: ...


class ExchangeWriter(Protocol):
    """Keeps the projection of model calls."""

    async def cursor(self) -> Cursor: ...

    async def add(self, events: Sequence[Event], cursor: Cursor) -> None: ...


class LedgerSource(Protocol):
    """Reads the ledger: what is new behind a cursor, and everything about one request."""

    def read(self, cursor: Cursor, *, limit: int) -> tuple[list[Record], Cursor]: ...

    def trail(self, id: str) -> list[Record]: ...
