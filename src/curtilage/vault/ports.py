"""What the vault needs from outside: a table of wrapped keys and a root key."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from curtilage.core.models import TenantId
from curtilage.vault.models import NamedRow, OwnerRow, RootKey, ScopeRow, TenantRow

Rewrap = Callable[[bytes, int, bytes], bytes]
"""(context, version that it is wrapped under, wrapped key) → wrapped anew."""


class KeyTable(Protocol):
    """Keeps wrapped keys. Every `add_` inserts or leaves what is there; read it back.

    Methods raise UnavailableError where the table cannot be used."""

    async def install(self, first: TenantRow, lookup: NamedRow, root_id: str) -> None:
        """Write tenant, first tenant key and look-up key, unless there is a tenant."""

    async def find_tenant(self) -> TenantId | None:
        """Whose keys these are; None before the first start."""

    async def root_id(self) -> str: ...

    async def generation(self) -> int:
        """Counts up with every destroyed key."""

    async def tenant_keys(self, tenant: TenantId) -> tuple[str, Sequence[TenantRow]]:
        """The id of the root key, and what it wraps: all versions, the newest first."""

    async def find_named(self, tenant: TenantId, name: str) -> NamedRow | None: ...

    async def add_named(self, row: NamedRow) -> None:
        """Raises StaleVersion where that version of the tenant key is gone."""

    async def find_owner(self, tenant: TenantId, lookup: bytes) -> OwnerRow | None: ...

    async def add_owner(self, row: OwnerRow, at: datetime) -> None:
        """Raises StaleVersion where that version of the tenant key is gone."""

    async def destroy_owner(self, tenant: TenantId, lookup: bytes, at: datetime) -> OwnerRow | None:
        """Remove the key and its scopes, leave a mark; gives the row as it was before."""

    async def drive_out(self, destroyed: bytes | None) -> Sequence[str]:
        """Free the table of what deleting left behind; names the files that still hold it."""

    async def find_scopes(
        self, tenant: TenantId, owner: bytes, lookup: bytes
    ) -> Sequence[ScopeRow]:
        """The keys of one scope, the newest epoch first."""

    async def find_scope_by_id(self, tenant: TenantId, id: bytes) -> ScopeRow | None: ...

    async def add_scope(self, row: ScopeRow, at: datetime, *, only: bool) -> None:
        """`only`: not where the scope has a key of any epoch. Never for a destroyed owner."""

    async def add_tenant_key(self, row: TenantRow, root_id: str) -> None:
        """Not where that version is there, nor under another root key than the table's."""

    async def rewrap(self, tenant: TenantId, version: int, limit: int, rewrap: Rewrap) -> int:
        """Wrap at most `limit` keys of each kind anew under `version`; gives how many in all."""

    async def retire(self, tenant: TenantId, version: int) -> bool:
        """Delete tenant keys before `version`, unless something is wrapped under them."""

    async def change_root(
        self, from_id: str, to_id: str, rewrap: Callable[[TenantRow], bytes]
    ) -> int:
        """Wrap every tenant key anew and name the new root, in one transaction."""

    async def counts(self, tenant: TenantId) -> tuple[int, int, int]:
        """Owners with a key, destroyed owners, scopes."""

    async def renew(self) -> None:
        """Drop idle connections, where one was found to hang."""

    async def close(self) -> None: ...


class RootKeys(Protocol):
    """The root key outside the table. Methods raise RootKeyProblem."""

    def load(self, id: str) -> RootKey:
        """The root key of this id: the one in use, or the next one of a rotation."""

    def alone(self) -> AbstractContextManager[None]:
        """Keep other rotations out. Raises RotationUnfinished where one is under way."""

    def prepare(self, make: Callable[[], RootKey]) -> RootKey:
        """Keep a next key beside the one in use, for who brings it to other nodes.

        Gives the one that is there already. Inside `alone`. Raises NothingToPrepare
        where there are no other nodes."""

    def choose_next(self, make: Callable[[], RootKey]) -> RootKey:
        """The key to rotate to, kept beside the one in use. Only inside `alone`, after `settle`.

        Raises RootKeyNotSpread where every node must have it first."""

    def settle(self, id: str) -> None:
        """Keep only the key of this id: ends a rotation, also one that crashed. Inside `alone`."""
