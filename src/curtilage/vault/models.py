"""Keys and the rows that hold them wrapped. No key shows in a repr."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from curtilage.core.models import Scope, TenantId

KEY_LENGTH = 32  # AES-256, and the strength of everything derived


class OwnerKind(StrEnum):
    """Whose key it is. One id may be both: a person who signs in and is spoken of."""

    PERSON = "person"
    PRINCIPAL = "principal"


@dataclass(frozen=True, slots=True)
class RootKey:
    """The outermost key. `id` tells which one it is and gives nothing of it away."""

    id: str
    key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class LoadedScope:
    """A scope with its keys, for as long as one worker needs them.

    `current` and `older` are (epoch, 32 bytes). `actor` and `subject` are
    pseudonyms under the principal's and the person's key, the same in every
    scope; `subject` is empty where the scope has none. `key_id` names the
    current key without telling anything, so that what it sealed can find it
    again. `expires_at` is when another epoch begins; None where the epoch is
    pinned. `begun_at` is when the current key was made; None where nobody knows."""

    scope: Scope = field(repr=False)
    current: tuple[int, bytes] = field(repr=False)
    older: tuple[tuple[int, bytes], ...] = field(repr=False)
    actor: str
    subject: str
    key_id: bytes
    expires_at: datetime | None = None
    begun_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TenantRow:
    tenant: TenantId
    version: int
    wrapped: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class NamedRow:
    """A key of the tenant itself: for look-ups, and each signing key."""

    tenant: TenantId
    name: str
    version: int
    wrapped: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class OwnerRow:
    """A person's or principal's key. `lookup` is a keyed hash: the table holds no id.

    Destroyed, the row stays without its key, so that it is not made again."""

    tenant: TenantId
    lookup: bytes
    version: int | None
    wrapped: bytes | None = field(repr=False)
    destroyed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ScopeRow:
    tenant: TenantId
    owner: bytes
    lookup: bytes
    epoch: int
    id: bytes
    wrapped: bytes = field(repr=False)
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Destruction:
    """What destroying a key came to.

    `irrecoverable_by` is None where nobody declared when the last backup of
    the key table is gone; `reason` says so in a sentence. `existed` is False
    where there was no key and now never will be. `residual` names files of the
    key directory that still hold it: copies, which nobody else will remove."""

    unreadable_since: datetime
    irrecoverable_by: datetime | None
    reason: str
    existed: bool
    residual: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rotation:
    """How many keys were wrapped anew, and under which version they are now."""

    version: str
    rewrapped: int


@dataclass(frozen=True, slots=True)
class VaultStatus:
    tenant: TenantId
    root_key_id: str
    tenant_key_version: int
    owners: int
    destroyed: int
    scopes: int
