"""What the use cases need from outside."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol, TypeAlias

from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.models import PrincipalId, PurposeKey, TenantId
from curtilage.identity.budgets import Budget, Tally, Whose
from curtilage.identity.caller_budgets import CallerBudgets
from curtilage.identity.models import (
    ApiKey,
    KeyGroup,
)

KnownPurposes: TypeAlias = Callable[[], frozenset[PurposeKey]]
"""The purposes that the policies in use know."""


class Passphrases(Protocol):
    """Hashes passphrases slowly, a few at a time."""

    async def hash(self, passphrase: bytes) -> str:
        """Raises `TooManySignIns` when too many wait already."""

    async def matches(self, kept: str | None, passphrase: bytes) -> bool:
        """Whether it is the one that was kept; takes as long where none was kept."""

    def is_outdated(self, kept: str) -> bool:
        """Whether it was hashed with other costs than today's."""


class SetupFile(Protocol):
    """The file that only the operator can read, with the set-up link in it."""

    def read(self) -> str:
        """The link, or "" where there is none that can be read."""

    def write(self, link: str) -> None:
        """Raises `SetupFileUnwritable`."""

    def remove(self) -> None: ...


class Owners(Protocol):
    """Says who can own a key."""

    async def hold_active(
        self, connection: AsyncConnection, tenant: TenantId, id: PrincipalId
    ) -> bool:
        """Whether there is such a person and nobody disabled them; nobody does until the
        transaction ends."""


class Machines(Protocol):
    """Says what keys and apps may do at this moment."""

    async def find_rights(self, tenant: TenantId, principal: PrincipalId) -> frozenset[str] | None:
        """Of the management rights; none for one that has ended, None where there is no
        key and no app of this name."""


class NoMachines:
    """Where none of them manages anything."""

    async def find_rights(self, tenant: TenantId, principal: PrincipalId) -> frozenset[str] | None:
        return None


class KeyStore(Protocol):
    """Keeps API keys."""

    async def insert(self, connection: AsyncConnection, tenant: TenantId, key: ApiKey) -> None: ...

    async def find(
        self, connection: AsyncConnection, tenant: TenantId, key_id: str
    ) -> ApiKey | None: ...

    async def find_by_digest(
        self, connection: AsyncConnection, tenant: TenantId, digest: bytes
    ) -> ApiKey | None:
        """The key whose text has this SHA-256."""

    async def page(
        self, connection: AsyncConnection, tenant: TenantId, *, before: str, limit: int
    ) -> Sequence[ApiKey]:
        """The newest of those that are older than `before`; the newest of all without."""

    async def load_of(
        self, connection: AsyncConnection, tenant: TenantId, principal: PrincipalId
    ) -> Sequence[ApiKey]:
        """The keys that stand for somebody."""

    async def revoke(
        self, connection: AsyncConnection, tenant: TenantId, key_id: str, at: datetime
    ) -> bool:
        """False where it is revoked already or not there."""

    async def revoke_of(
        self, connection: AsyncConnection, tenant: TenantId, owner: PrincipalId, at: datetime
    ) -> int:
        """All that somebody owns; gives how many were live."""

    async def expire(
        self, connection: AsyncConnection, tenant: TenantId, key_id: str, at: datetime
    ) -> None:
        """Let a key end then."""

    async def note_use(
        self, connection: AsyncConnection, tenant: TenantId, key_id: str, at: datetime
    ) -> None:
        """Keep when it was used last; an earlier use changes nothing."""

    async def limit(self, connection: AsyncConnection, tenant: TenantId, key: ApiKey) -> bool:
        """Keep the key's budgets and group as they are now; False where it is not there."""

    async def load(self, connection: AsyncConnection, tenant: TenantId) -> Sequence[ApiKey]:
        """All of them, the oldest first."""


class BudgetStore(Protocol):
    """Keeps groups of keys, and what is taken of budgets.

    `holders` are budgets with the key or the group that has them."""

    async def insert_group(
        self, connection: AsyncConnection, tenant: TenantId, group: KeyGroup
    ) -> None: ...

    async def limit_group(
        self, connection: AsyncConnection, tenant: TenantId, group: KeyGroup
    ) -> None:
        """Keep the group's budgets as they are now."""

    async def load_groups(
        self, connection: AsyncConnection, tenant: TenantId
    ) -> Sequence[KeyGroup]:
        """All of them, the oldest first."""

    async def hold_tallies(
        self, connection: AsyncConnection, tenant: TenantId, holders: Sequence[tuple[str, Budget]]
    ) -> Sequence[Tally]:
        """One for each, in order, held against others until the transaction ends."""

    async def load_tallies(
        self, connection: AsyncConnection, tenant: TenantId, holders: Sequence[tuple[str, Budget]]
    ) -> Sequence[Tally]:
        """As `hold_tallies`, only to look at."""

    async def put_tallies(
        self, connection: AsyncConnection, tenant: TenantId, tallies: Sequence[Tally]
    ) -> None:
        """Keep what `hold_tallies` gave as it is now."""


class CallerBudgetStore(Protocol):
    """Keeps the budgets of people and apps."""

    async def put(
        self,
        connection: AsyncConnection,
        tenant: TenantId,
        whose: Whose,
        id: str,
        budgets: Sequence[Budget],
    ) -> None:
        """In place of those from before; none takes them away."""

    async def load(self, connection: AsyncConnection, tenant: TenantId) -> CallerBudgets:
        """All of them."""
