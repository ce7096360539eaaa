"""What signing in through others needs from outside."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.models import PrincipalId, TenantId
from curtilage.identity.providers.models import Grant, Link, Metadata, Provider
from curtilage.identity.providers.wire.answers import TokenAnswer
from curtilage.identity.wire.jwk import KeySet


class ProviderCalls(Protocol):
    """Calls providers. All raise a PeerError or `UnavailableError` where one fails to answer."""

    async def load_metadata(self, provider: Provider) -> Metadata:
        """Raises `ProviderUnusable`."""

    async def look(self, provider: Provider) -> Metadata:
        """As `load_metadata`, of now: what was read before does not count."""

    async def load_keys(self, metadata: Metadata, *, again: bool = False) -> KeySet:
        """The provider's keys as they were read lately; `again`, unless that was just now."""

    async def exchange(self, provider: Provider, metadata: Metadata, grant: Grant) -> TokenAnswer:
        """Raises `ProviderRefused`."""

    async def load_userinfo(
        self, metadata: Metadata, access_token: str, *, subject: str
    ) -> Mapping[str, Any]:
        """Raises `ProviderRefused`."""


class LinkStore(Protocol):
    """Keeps which identities elsewhere are whose here."""

    async def insert(self, connection: AsyncConnection, tenant: TenantId, link: Link) -> bool:
        """False where the identity is somebody's already: of two at once, one gets it."""

    async def find(
        self, connection: AsyncConnection, tenant: TenantId, digest: bytes
    ) -> Link | None: ...

    async def load(
        self, connection: AsyncConnection, tenant: TenantId, person: PrincipalId
    ) -> Sequence[Link]:
        """All of a person, the oldest first."""

    async def use(
        self, connection: AsyncConnection, tenant: TenantId, id: str, at: datetime
    ) -> bool:
        """Note the use. False where the link went meanwhile."""

    async def delete(
        self, connection: AsyncConnection, tenant: TenantId, person: PrincipalId, id: str
    ) -> bool:
        """False where it is not there, or another's."""

    async def count_by_issuer(
        self, connection: AsyncConnection, tenant: TenantId
    ) -> Mapping[str, int]:
        """How many identities of each issuer are somebody's here."""

    async def delete_of(
        self, connection: AsyncConnection, tenant: TenantId, person: PrincipalId
    ) -> int:
        """All of a person; gives how many there were."""
