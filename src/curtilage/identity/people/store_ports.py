"""What the services of people ask of their stores.

Each method takes the caller's transaction."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.models import PrincipalId, TenantId
from curtilage.identity.people.models import (
    Administrator,
    Attempts,
    Authenticator,
    AuthenticatorKind,
    Ceremony,
    CeremonyKind,
    Flaw,
    Handle,
    HandleKind,
    Person,
    RoleGrant,
    Session,
    SetupLink,
)


class ErasureStore(Protocol):
    """Keeps whose key is still to be destroyed."""

    async def insert(
        self, connection: AsyncConnection, tenant: TenantId, person: PrincipalId, at: datetime
    ) -> None: ...

    async def load(
        self, connection: AsyncConnection, tenant: TenantId
    ) -> Sequence[PrincipalId]: ...

    async def delete(
        self, connection: AsyncConnection, tenant: TenantId, person: PrincipalId
    ) -> None: ...


class PersonStore(Protocol):
    """Keeps accounts and what they are found by."""

    async def insert(
        self, connection: AsyncConnection, tenant: TenantId, person: Person
    ) -> None: ...

    async def find(
        self, connection: AsyncConnection, tenant: TenantId, id: PrincipalId
    ) -> Person | None: ...

    async def find_by_handle(
        self, connection: AsyncConnection, tenant: TenantId, digest: bytes
    ) -> tuple[Person, Handle] | None: ...

    async def hold(self, connection: AsyncConnection, tenant: TenantId, id: PrincipalId) -> None:
        """Make others who hold the same person wait until the transaction ends."""

    async def page(
        self, connection: AsyncConnection, tenant: TenantId, *, after: str, limit: int
    ) -> Sequence[Person]:
        """People by id, which begins with when they came; those after `after`."""

    async def lock_active(
        self,
        connection: AsyncConnection,
        tenant: TenantId,
        role: str,
        *,
        also: Collection[PrincipalId] = (),
    ) -> frozenset[PrincipalId]:
        """Who has this role and is not disabled; that stays so until the transaction ends, and
        those of `also` stay who they are."""

    async def hold_active(
        self, connection: AsyncConnection, tenant: TenantId, id: PrincipalId
    ) -> bool:
        """Whether somebody is there and not disabled; that stays so until the transaction ends."""

    async def has_any(self, connection: AsyncConnection, tenant: TenantId) -> bool: ...

    async def change(
        self,
        connection: AsyncConnection,
        tenant: TenantId,
        id: PrincipalId,
        *,
        profile: bytes | None = None,
        whereabouts: bytes | None = None,
        roles: frozenset[str] | None = None,
        language: str | None = None,
    ) -> None:
        """Keep what is given; the rest stays as it is."""

    async def set_disabled(
        self, connection: AsyncConnection, tenant: TenantId, id: PrincipalId, at: datetime | None
    ) -> bool:
        """False where it is so already, or there is nobody."""

    async def delete(
        self, connection: AsyncConnection, tenant: TenantId, id: PrincipalId
    ) -> bool: ...

    async def add_handle(
        self, connection: AsyncConnection, tenant: TenantId, handle: Handle
    ) -> bool:
        """False where somebody has it already."""

    async def confirm_handle(
        self, connection: AsyncConnection, tenant: TenantId, digest: bytes, at: datetime
    ) -> None: ...

    async def delete_handles(
        self, connection: AsyncConnection, tenant: TenantId, id: PrincipalId, kind: HandleKind
    ) -> None: ...


class RoleGrantStore(Protocol):
    """Keeps since when people have their roles, and who gave them."""

    async def load(
        self, connection: AsyncConnection, tenant: TenantId, person: PrincipalId
    ) -> Mapping[str, RoleGrant]:
        """By role; a role without an entry is as old as the account."""

    async def add(
        self,
        connection: AsyncConnection,
        tenant: TenantId,
        person: PrincipalId,
        grants: Collection[RoleGrant],
    ) -> None:
        """Note roles that are given now."""

    async def drop(
        self,
        connection: AsyncConnection,
        tenant: TenantId,
        person: PrincipalId,
        roles: Collection[str],
    ) -> None:
        """Forget when these were given: they are taken, or given anew."""

    async def forget_giver(
        self, connection: AsyncConnection, tenant: TenantId, giver: PrincipalId
    ) -> None:
        """Keep the roles that they gave, and no longer who gave them."""


class AuthenticatorStore(Protocol):
    """Keeps what people prove themselves with."""

    async def insert(
        self, connection: AsyncConnection, tenant: TenantId, each: Authenticator
    ) -> None: ...

    async def add(self, connection: AsyncConnection, tenant: TenantId, each: Authenticator) -> bool:
        """Keep one with a lookup. False where that is taken, by whomever."""

    async def load(
        self, connection: AsyncConnection, tenant: TenantId, person: PrincipalId
    ) -> Sequence[Authenticator]:
        """All of a person, the oldest first."""

    async def find_by_lookup(
        self, connection: AsyncConnection, tenant: TenantId, lookup: bytes
    ) -> Authenticator | None: ...

    async def replace_material(
        self, connection: AsyncConnection, tenant: TenantId, id: str, material: bytes
    ) -> None: ...

    async def set_flaws(
        self, connection: AsyncConnection, tenant: TenantId, id: str, flaws: frozenset[Flaw]
    ) -> bool:
        """What is wrong with a passphrase. False where it is not there any more."""

    async def use(
        self,
        connection: AsyncConnection,
        tenant: TenantId,
        id: str,
        *,
        at: datetime,
        counter: int | None = None,
    ) -> bool:
        """Note the use. With `counter`, only where it is beyond the one kept: of many who show
        the same code, one is told True."""

    async def delete(
        self, connection: AsyncConnection, tenant: TenantId, person: PrincipalId, id: str
    ) -> bool:
        """False where it is not there, or another's: of many who use it up, one is told True."""

    async def delete_kind(
        self,
        connection: AsyncConnection,
        tenant: TenantId,
        person: PrincipalId,
        kind: AuthenticatorKind | None = None,
    ) -> int:
        """All of a person, or all of one kind; gives how many there were."""


class CeremonyStore(Protocol):
    """Keeps steps that wait for their end."""

    async def insert(
        self, connection: AsyncConnection, tenant: TenantId, ceremony: Ceremony
    ) -> None: ...

    async def find(
        self, connection: AsyncConnection, tenant: TenantId, digest: bytes
    ) -> Ceremony | None: ...

    async def find_of_browser(
        self,
        connection: AsyncConnection,
        tenant: TenantId,
        kind: CeremonyKind,
        browser: bytes,
    ) -> Ceremony | None:
        """The newest of this kind that a browser began."""

    async def find_by_id(
        self, connection: AsyncConnection, tenant: TenantId, kind: CeremonyKind, id: str
    ) -> Ceremony | None:
        """One of a kind that is known by ids."""

    async def page(
        self,
        connection: AsyncConnection,
        tenant: TenantId,
        kind: CeremonyKind,
        *,
        at: datetime,
        before: str,
        limit: int,
    ) -> Sequence[Ceremony]:
        """Those of a kind that is known by ids and that are not over at `at`, the newest first;
        older than `before`, "" for all."""

    async def spend(
        self, connection: AsyncConnection, tenant: TenantId, ceremony: Ceremony
    ) -> bool:
        """Note that something was used that had no row before. True for exactly one caller."""

    async def end(self, connection: AsyncConnection, tenant: TenantId, digest: bytes) -> bool:
        """True for exactly one caller."""

    async def count_try(
        self, connection: AsyncConnection, tenant: TenantId, digest: bytes, *, most: int
    ) -> bool:
        """Count a wrong code, before it is looked at. False where there were too many."""

    async def delete_of(
        self,
        connection: AsyncConnection,
        tenant: TenantId,
        person: PrincipalId,
        kind: CeremonyKind | None = None,
    ) -> None:
        """Those of a person: a new link makes the one before worthless."""

    async def sweep(self, connection: AsyncConnection, tenant: TenantId, at: datetime) -> None:
        """Drop those that nothing can end any more."""


class SetupLinkStore(Protocol):
    """Keeps the set-up link that enrols the first administrator."""

    async def put_link(
        self, connection: AsyncConnection, tenant: TenantId, link: SetupLink
    ) -> None:
        """Keep this link and no other."""

    async def find_link(
        self, connection: AsyncConnection, tenant: TenantId
    ) -> SetupLink | None: ...

    async def use_link(
        self, connection: AsyncConnection, tenant: TenantId, digest: bytes, at: datetime
    ) -> bool:
        """True for exactly one caller, while the link is open."""

    async def load_administrators(
        self, connection: AsyncConnection, tenant: TenantId
    ) -> Sequence[Administrator]:
        """Those of versions before people."""

    async def delete_administrator(
        self, connection: AsyncConnection, tenant: TenantId, id: PrincipalId
    ) -> bool:
        """True for exactly one caller."""


class SessionStore(Protocol):
    """Keeps sessions and counts of failed sign-ins."""

    async def insert(
        self, connection: AsyncConnection, tenant: TenantId, session: Session
    ) -> None: ...

    async def find(
        self, connection: AsyncConnection, tenant: TenantId, digest: bytes
    ) -> Session | None: ...

    async def load(
        self, connection: AsyncConnection, tenant: TenantId, person: PrincipalId
    ) -> Sequence[Session]:
        """All of a person, the newest first."""

    async def hold(
        self, connection: AsyncConnection, tenant: TenantId, person: PrincipalId, id: str
    ) -> bool:
        """Whether it is there; nobody ends it until the transaction ends."""

    async def see(
        self, connection: AsyncConnection, tenant: TenantId, digest: bytes, at: datetime
    ) -> None: ...

    async def delete(
        self,
        connection: AsyncConnection,
        tenant: TenantId,
        digest: bytes,
        *,
        seen_at: datetime | None = None,
    ) -> Session | None:
        """The session as it was, for exactly one caller; None where it is not there, or was
        seen at another time than `seen_at`."""

    async def delete_of(
        self,
        connection: AsyncConnection,
        tenant: TenantId,
        person: PrincipalId,
        *,
        id: str = "",
        keep: str = "",
    ) -> Sequence[str]:
        """End all of a person, or the one `id`, but never `keep`; gives the ids that ended."""

    async def page_quiet(
        self,
        connection: AsyncConnection,
        tenant: TenantId,
        *,
        started_until: datetime,
        seen_until: datetime,
        after: bytes,
        limit: int,
    ) -> Sequence[Session]:
        """Those that began or were last seen so long ago, by their digests, from one on."""

    async def hold_attempts(
        self, connection: AsyncConnection, tenant: TenantId, counters: Sequence[bytes]
    ) -> Sequence[Attempts]:
        """One for each counter, in order, held against others until the transaction ends."""

    async def load_attempts(
        self, connection: AsyncConnection, tenant: TenantId, counters: Sequence[bytes]
    ) -> Sequence[Attempts]:
        """The same for counters that were held a moment ago: what is not there holds nobody up."""

    async def put_attempts(
        self, connection: AsyncConnection, tenant: TenantId, counted: Mapping[bytes, Attempts]
    ) -> None: ...

    async def forget_attempts(
        self, connection: AsyncConnection, tenant: TenantId, *, rare: datetime, all_: datetime
    ) -> None:
        """Drop counters last used before `all_`, and those of few failures before `rare`."""
