"""Keys, groups of them and passkeys, as plain values."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType

from curtilage.core.models import Principal, PrincipalId, PrincipalKind, PurposeKey, TenantId
from curtilage.core.words import say
from curtilage.identity.budgets import Budget, Payer, Whose
from curtilage.identity.errors import KeyReason, KeyRefused

# What a key can be given, beyond calling models for its purposes. None of them opens the
# console: keys are never accepted there.
RESTORE = "restore"
ASSERT_SUBJECT = "subject:assert"
MANAGE_PEOPLE = "people:manage"
MANAGE_SESSIONS = "sessions:manage"
MANAGE_KEYS = "apikeys:manage"
READ_SETTINGS = "settings:read"
MANAGEMENT_RIGHTS: Mapping[str, str] = MappingProxyType(
    {
        MANAGE_PEOPLE: say("See, invite, disable and delete people, and give them roles"),
        MANAGE_SESSIONS: say("See where people are signed in, and sign them out"),
        "clients:manage": say("Register, change and revoke apps"),
        "clients:trust": say("Register and change apps that ask people nothing"),
        MANAGE_KEYS: say("Make, change and revoke API keys"),
        READ_SETTINGS: say("See through which providers people sign in"),
    }
)
"""What opens the management API, in words. Nobody gives one who does not hold it."""
KEY_RIGHTS: Mapping[str, str] = MappingProxyType(
    {
        RESTORE: "Get originals back in place of their tokens",
        ASSERT_SUBJECT: "Say whose data a request is about",
        **MANAGEMENT_RIGHTS,
    }
)
RESTORE_SOME = f"{RESTORE}:"
"""Begins the right to get originals of one type or category back: `restore:user.contact`."""
USUAL_RIGHTS = frozenset({RESTORE})


@dataclass(frozen=True, slots=True)
class KeyGroup:
    """Keys that share budgets. Every call of one of them needs room in its own and in these."""

    id: str
    tenant: TenantId
    name: str
    created_at: datetime
    budgets: tuple[Budget, ...] = ()


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as it is kept: everything but the key.

    `digest` is the SHA-256 of the whole text, which has 256 random bits, so
    that no salt or slow hash is needed. No `models` means every model. Keys that came of
    one another by rotation are a `line`, named by the first of them: they share what is
    counted. With the `owner`'s account their keys end.
    """

    id: str
    tenant: TenantId
    principal: PrincipalId
    name: str
    digest: bytes = field(repr=False)
    created_at: datetime
    kind: PrincipalKind = PrincipalKind.SERVICE
    purposes: frozenset[PurposeKey] = frozenset()
    rights: frozenset[str] = frozenset()
    models: frozenset[str] = frozenset()
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    budgets: tuple[Budget, ...] = ()
    group: KeyGroup | None = None
    owner: PrincipalId | None = None
    line: str = ""
    last_used_at: datetime | None = None

    @property
    def holder(self) -> str:
        """Who has its own budgets and limits: the key, or the line that it is of."""
        return self.line or self.id

    @property
    def every_budget(self) -> tuple[tuple[str, Budget], ...]:
        """Budgets that its calls need room in, each with its holder: the key or its group."""
        group = self.group
        shared = tuple((group.id, budget) for budget in group.budgets) if group else ()
        return (*((self.holder, budget) for budget in self.budgets), *shared)

    @property
    def payer(self) -> Payer:
        """Who pays for its calls."""
        whose = {self.group.id: Whose.GROUP} if self.group else {}
        return Payer(self.tenant, self.id, self.every_budget, whose)

    def as_principal(self) -> Principal:
        """Who acts when this key is shown."""
        return Principal(
            tenant=self.tenant,
            id=self.principal,
            kind=self.kind,
            purposes=self.purposes,
            rights=self.rights,
        )


@dataclass(frozen=True, slots=True)
class KeyRequest:
    """What a key should be like.

    `principal` gives the new key to who already has one, so that a key can be
    replaced with both valid for a while; without it a new service is made. `group`
    is the name of a group of keys whose budgets its calls need room in too. The key ends
    when its `owner`'s account is disabled.
    """

    name: str
    purposes: frozenset[PurposeKey]
    kind: PrincipalKind = PrincipalKind.SERVICE
    rights: frozenset[str] = USUAL_RIGHTS
    models: frozenset[str] = frozenset()
    expires_in: timedelta | None = None
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    principal: PrincipalId | None = None
    budgets: tuple[Budget, ...] = ()
    group: str = ""
    owner: PrincipalId | None = None


class KeyTable:
    """Every key of one instant, by digest. Never changes; a newer table replaces it.

    Revoked and expired keys are in it, so that the record can say which it was.
    """

    __slots__ = ("_by_digest",)

    def __init__(self, keys: Iterable[ApiKey] = ()) -> None:
        self._by_digest = MappingProxyType({key.digest: key for key in keys})

    def find(self, digest: bytes) -> ApiKey | None:
        return self._by_digest.get(digest)

    def get(self, digest: bytes) -> ApiKey:
        """The key with this digest. Raises `KeyRefused`."""
        key = self._by_digest.get(digest)
        if key is None:
            raise KeyRefused(KeyReason.UNKNOWN)
        return key

    def __iter__(self) -> Iterator[ApiKey]:
        return iter(self._by_digest.values())

    def __len__(self) -> int:
        return len(self._by_digest)


@dataclass(frozen=True, slots=True)
class Passkey:
    """A credential record (Web Authentication Level 3 §4) of one person.

    `credential_id` has 1 to 1023 bytes and is nobody else's; `public_key` is the COSE key
    (RFC 9052 §7) as it was made. `rp_id` stays what it was when the key was made, whatever
    the installation is called later. `backup_eligible` says that it may be on several
    devices; it never changes. `aaguid` tells models apart, all zero where it says nothing.
    """

    id: str
    credential_id: bytes
    public_key: bytes
    sign_count: int
    rp_id: str
    backup_eligible: bool
    backed_up: bool
    transports: tuple[str, ...]
    aaguid: str
    label: str
    created_at: datetime
    last_used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Costs:
    """What hashing a passphrase costs. Each hash says its own, so that these can be raised."""

    passes: int = 2
    memory_kib: int = 19 * 1024
    lanes: int = 1
