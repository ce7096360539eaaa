"""What this slice needs from others, and its store."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol, TypeAlias

from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.consent.corrections import Correction
from curtilage.consent.shadow import Tally
from curtilage.consent.versions import Activation, PolicyVersion
from curtilage.core.models import Finding, TenantId

Scan: TypeAlias = Callable[[str], Sequence[Finding]]
"""Finds the data in a text; `detect`'s engine in the product."""


class Tallies(Protocol):
    """Counts of what a second policy would have done; kept by whoever decides calls."""

    async def since(self, tenant: TenantId, at: datetime) -> Sequence[Tally]:
        """From the hour of `at` on, added up over the hours."""


class CorrectionStore(Protocol):
    """Keeps what people said about findings."""

    async def add(
        self, connection: AsyncConnection, tenant: TenantId, correction: Correction
    ) -> None: ...

    async def load(self, connection: AsyncConnection, tenant: TenantId) -> Sequence[Correction]:
        """All that are kept, the oldest first."""

    async def end(
        self, connection: AsyncConnection, tenant: TenantId, id: str, at: datetime
    ) -> None:
        """It holds until then and no longer."""

    async def forget(self, connection: AsyncConnection, tenant: TenantId, before: datetime) -> None:
        """Delete those that ended before."""


class TextStore(Protocol):
    """Keeps the sealed texts of corrections."""

    async def add(
        self, connection: AsyncConnection, tenant: TenantId, id: str, sealed: bytes
    ) -> None: ...

    async def load(
        self, connection: AsyncConnection, tenant: TenantId
    ) -> Sequence[tuple[str, bytes]]:
        """All that are kept, with the id of their correction."""

    async def forget(self, connection: AsyncConnection, at: datetime) -> None:
        """Delete those whose correction has ended, of every tenant."""


class PolicyStore(Protocol):
    """Keeps versions of policies, and when each came into force."""

    async def find(
        self, connection: AsyncConnection, tenant: TenantId, version: str
    ) -> Sequence[PolicyVersion]:
        """Those whose version begins so."""

    async def versions(
        self, connection: AsyncConnection, tenant: TenantId
    ) -> Sequence[PolicyVersion]:
        """All versions, the newest first."""

    async def add(
        self, connection: AsyncConnection, tenant: TenantId, version: PolicyVersion
    ) -> None:
        """Keep a version that is not kept yet."""

    async def change(
        self, connection: AsyncConnection, tenant: TenantId, version: PolicyVersion
    ) -> None:
        """Say who stands behind a version that is kept."""

    async def activations(
        self, connection: AsyncConnection, tenant: TenantId
    ) -> Sequence[Activation]:
        """Every time that a version came into force, the oldest first."""

    async def activate(
        self, connection: AsyncConnection, tenant: TenantId, activation: Activation
    ) -> None:
        """Write down that a version is in force from now on."""
