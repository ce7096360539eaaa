"""What use cases need of their stores: rows of one tenant, in the caller's transaction."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.models import PrincipalId, TenantId
from curtilage.identity.oauth.models.clients import Client
from curtilage.identity.oauth.models.grants import (
    Code,
    Device,
    DeviceState,
    Grant,
    KeptKey,
    LogoutNotice,
    RefreshToken,
)
from curtilage.identity.oauth.models.requests import Consent, KeptRequest


class ClientStore(Protocol):
    """Keeps clients."""

    async def insert(
        self, connection: AsyncConnection, tenant: TenantId, client: Client
    ) -> None: ...

    async def put(self, connection: AsyncConnection, tenant: TenantId, client: Client) -> bool:
        """False where it is not there."""

    async def find(
        self, connection: AsyncConnection, tenant: TenantId, client_id: str
    ) -> Client | None: ...

    async def load(self, connection: AsyncConnection, tenant: TenantId) -> Sequence[Client]:
        """All of them, the oldest first."""

    async def page(
        self, connection: AsyncConnection, tenant: TenantId, *, before: str, limit: int
    ) -> Sequence[Client]:
        """The newest of those that are older than `before`; the newest of all without."""

    async def revoke(
        self, connection: AsyncConnection, tenant: TenantId, client_id: str, at: datetime
    ) -> bool:
        """False where it is revoked already or not there."""

    async def load_ended(
        self, connection: AsyncConnection, tenant: TenantId, since: datetime
    ) -> frozenset[str]:
        """Ids of clients that were revoked since then."""


class RequestStore(Protocol):
    """Keeps requests that wait for their person."""

    async def insert(
        self, connection: AsyncConnection, tenant: TenantId, kept: KeptRequest
    ) -> None: ...

    async def find(
        self, connection: AsyncConnection, tenant: TenantId, digest: bytes
    ) -> KeptRequest | None: ...

    async def finish(
        self, connection: AsyncConnection, tenant: TenantId, digest: bytes, at: datetime
    ) -> bool:
        """True for exactly one caller."""


class ConsentStore(Protocol):
    """Keeps what people allowed clients."""

    async def find(
        self, connection: AsyncConnection, tenant: TenantId, person: PrincipalId, client: str
    ) -> Consent | None: ...

    async def load(
        self, connection: AsyncConnection, tenant: TenantId, person: PrincipalId
    ) -> Sequence[Consent]: ...

    async def put(
        self, connection: AsyncConnection, tenant: TenantId, consent: Consent
    ) -> None: ...

    async def delete(
        self, connection: AsyncConnection, tenant: TenantId, person: PrincipalId, client: str
    ) -> bool: ...

    async def erase(
        self, connection: AsyncConnection, tenant: TenantId, person: PrincipalId
    ) -> int: ...

    async def count_people(
        self, connection: AsyncConnection, tenant: TenantId, clients: Sequence[str]
    ) -> Mapping[str, int]:
        """How many people allowed each of these something."""


class GrantStore(Protocol):
    """Keeps grants, codes and refresh tokens. `find_…` hold rows until the transaction ends."""

    async def insert_code(
        self, connection: AsyncConnection, tenant: TenantId, code: Code
    ) -> None: ...

    async def find_code(
        self, connection: AsyncConnection, tenant: TenantId, digest: bytes
    ) -> Code | None: ...

    async def use_code(
        self, connection: AsyncConnection, tenant: TenantId, digest: bytes, at: datetime
    ) -> bool:
        """True for exactly one caller."""

    async def insert_grant(
        self, connection: AsyncConnection, tenant: TenantId, grant: Grant
    ) -> None: ...

    async def find_grant(
        self, connection: AsyncConnection, tenant: TenantId, grant_id: str
    ) -> Grant | None: ...

    async def load_grants(
        self,
        connection: AsyncConnection,
        tenant: TenantId,
        *,
        person: PrincipalId | None = None,
        session: str | None = None,
        client: str | None = None,
    ) -> Sequence[Grant]: ...

    async def revoke(
        self,
        connection: AsyncConnection,
        tenant: TenantId,
        at: datetime,
        *,
        grant_id: str | None = None,
        person: PrincipalId | None = None,
        session: str | None = None,
        client: str | None = None,
        spares_offline: bool = False,
    ) -> int: ...

    async def erase(
        self, connection: AsyncConnection, tenant: TenantId, person: PrincipalId
    ) -> int: ...

    async def insert_refresh(
        self, connection: AsyncConnection, tenant: TenantId, token: RefreshToken
    ) -> None: ...

    async def find_refresh(
        self, connection: AsyncConnection, tenant: TenantId, digest: bytes
    ) -> tuple[RefreshToken, Grant] | None: ...

    async def use_refresh(
        self,
        connection: AsyncConnection,
        tenant: TenantId,
        digest: bytes,
        *,
        at: datetime,
        until: datetime,
    ) -> bool:
        """True for exactly one caller; the row stays `until`, to tell of reuse."""

    async def list_used(
        self,
        connection: AsyncConnection,
        tenant: TenantId,
        sessions: Sequence[str],
        since: datetime,
    ) -> frozenset[str]:
        """Those of these sessions of which a live grant got a refresh token since then."""

    async def load_ended(
        self, connection: AsyncConnection, tenant: TenantId, since: datetime
    ) -> frozenset[str]:
        """Ids of grants that were revoked since then."""


class CallerStore(Protocol):
    """Keeps whose pseudonyms stand in records of calls with tokens."""

    async def keep(
        self,
        connection: AsyncConnection,
        tenant: TenantId,
        actor: str,
        person: PrincipalId,
        *,
        principal: PrincipalId,
    ) -> None:
        """Keep that this is what records call the person, who calls as `principal`; again, it
        changes nothing."""

    async def find_people(
        self, connection: AsyncConnection, tenant: TenantId, actors: Collection[str]
    ) -> Mapping[str, PrincipalId]:
        """The people behind these, of those that are kept."""

    async def erase(
        self, connection: AsyncConnection, tenant: TenantId, person: PrincipalId
    ) -> int: ...


class DeviceStore(Protocol):
    """Keeps requests of devices."""

    async def insert(
        self, connection: AsyncConnection, tenant: TenantId, device: Device
    ) -> None: ...

    async def find(
        self,
        connection: AsyncConnection,
        tenant: TenantId,
        *,
        digest: bytes | None = None,
        user_digest: bytes | None = None,
    ) -> Device | None: ...

    async def decide(
        self,
        connection: AsyncConnection,
        tenant: TenantId,
        digest: bytes,
        *,
        old: DeviceState,
        new: DeviceState,
        grant: Grant | None = None,
    ) -> bool:
        """True for exactly one caller."""

    async def poll(
        self,
        connection: AsyncConnection,
        tenant: TenantId,
        digest: bytes,
        *,
        at: datetime,
        interval: int,
    ) -> None: ...


class KeyStore(Protocol):
    """Keeps signing keys."""

    async def insert(self, connection: AsyncConnection, tenant: TenantId, key: KeptKey) -> None: ...

    async def load(self, connection: AsyncConnection, tenant: TenantId) -> Sequence[KeptKey]: ...

    async def retire(
        self,
        connection: AsyncConnection,
        tenant: TenantId,
        kid: str,
        *,
        retires_at: datetime,
        gone_at: datetime,
    ) -> None: ...

    async def delete_gone(
        self, connection: AsyncConnection, tenant: TenantId, at: datetime
    ) -> int: ...


class NoticeStore(Protocol):
    """Keeps what clients still have to be told."""

    async def insert(
        self, connection: AsyncConnection, tenant: TenantId, notice: LogoutNotice
    ) -> None: ...

    async def load_due(
        self, connection: AsyncConnection, tenant: TenantId, at: datetime, limit: int
    ) -> Sequence[LogoutNotice]: ...

    async def postpone(
        self,
        connection: AsyncConnection,
        tenant: TenantId,
        notice_id: str,
        *,
        next_at: datetime,
        tries: int,
    ) -> None: ...

    async def delete(
        self, connection: AsyncConnection, tenant: TenantId, notice_id: str
    ) -> None: ...


class OnceStore(Protocol):
    """Keeps what may come once, and counts tries."""

    async def see(
        self, connection: AsyncConnection, tenant: TenantId, digest: bytes, until: datetime
    ) -> bool:
        """True for exactly one caller."""

    async def end_token(
        self, connection: AsyncConnection, tenant: TenantId, digest: bytes, until: datetime
    ) -> bool:
        """As `see`, of an access token that was revoked: `load_ended` tells of it."""

    async def load_ended(
        self, connection: AsyncConnection, tenant: TenantId, at: datetime
    ) -> frozenset[bytes]:
        """Digests of access tokens that were revoked and would still hold."""

    async def is_seen(
        self, connection: AsyncConnection, tenant: TenantId, digest: bytes
    ) -> bool: ...

    async def count(
        self, connection: AsyncConnection, tenant: TenantId, digest: bytes, until: datetime
    ) -> int: ...

    async def tries(self, connection: AsyncConnection, tenant: TenantId, digest: bytes) -> int: ...

    async def forget_expired(
        self, connection: AsyncConnection, tenant: TenantId, at: datetime
    ) -> int: ...
