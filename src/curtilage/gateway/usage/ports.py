"""What usage needs from outside."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from curtilage.core.models import Event, TenantId
from curtilage.gateway.usage.models import By, Counts, Period, UsageKey
from curtilage.ledger.models import Cursor, Record


class UsageWriter(Protocol):
    """Keeps the sums."""

    async def cursor(self) -> Cursor: ...

    async def add(self, events: Sequence[Event], *, before: Cursor, after: Cursor) -> bool:
        """Count these Events, once. False where somebody else read on from `before` meanwhile."""


class UsageReader(Protocol):
    """Reads the sums."""

    async def totals(
        self, tenant: TenantId, by: By, period: Period
    ) -> Sequence[tuple[str, str, Counts]]:
        """(what it is by, currency, counts), in the order of the former."""

    async def everything(self) -> tuple[Mapping[UsageKey, Counts], Cursor]:
        """All sums, and up to where the ledger was read for them."""


class UsageLedger(Protocol):
    """The ledger as usage reads it."""

    def read(self, cursor: Cursor, *, limit: int) -> tuple[list[Record], Cursor]: ...

    def iterate_until(self, cursor: Cursor) -> Iterator[Record]: ...
