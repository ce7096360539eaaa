"""What the server needs from outside: people, keys, and whose rights changed."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.models import PrincipalId, TenantId
from curtilage.identity.oauth.models.requests import Authentication, PersonClaims
from curtilage.identity.oauth.models.standing import ChangedKind
from curtilage.identity.wire.jwk import KeySet


class Authentications(Protocol):
    """Says who is behind a session cookie, and how they signed in."""

    async def find(self, session_secret: str) -> Authentication | None:
        """None for a session that is unknown, ended or expired."""

    async def end(self, session_secret: str) -> None:
        """Sign the person out of this session; nothing where there is none."""


class People(Protocol):
    """What is known of people."""

    async def load_claims(self, person: PrincipalId) -> PersonClaims: ...

    async def is_active(self, person: PrincipalId) -> bool:
        """False for who is disabled, locked or gone. Asked at every refresh."""

    async def hold_active(self, connection: AsyncConnection, person: PrincipalId) -> bool:
        """The same at the beginning of a transaction, and it stays so until its end."""

    async def hold_session(
        self, connection: AsyncConnection, person: PrincipalId, session: str
    ) -> bool:
        """Whether this session of theirs goes on; it stays so until the transaction ends."""

    async def list_rights(self, person: PrincipalId) -> frozenset[str]:
        """What their roles let them do now; nothing for who is disabled or gone."""


class Sealer(Protocol):
    """Seals what must not be readable in the database, under a key of the vault."""

    async def seal(self, plain: bytes, context: str) -> bytes: ...

    async def open(self, sealed: bytes, context: str) -> bytes:
        """Raises a TamperError for what was not sealed in this context."""


class Notifier(Protocol):
    """Sends a form to a registered address: no redirects, bounded, no special-use address."""

    async def post(self, url: str, body: bytes) -> int:
        """The status of the answer. Raises a PeerError or UnavailableError where none came."""


class ClientKeys(Protocol):
    """Fetches the keys that a client publishes at its `jwks_uri`, and keeps them a while."""

    async def load(self, uri: str) -> KeySet:
        """Raises a PeerError or UnavailableError."""


class ChangedStore(Protocol):
    """Keeps whose rights changed, for as long as tokens from before may be about."""

    async def note(
        self,
        connection: AsyncConnection,
        tenant: TenantId,
        kind: ChangedKind,
        holder: str,
        until: datetime,
    ) -> None:
        """And wake whoever judges tokens."""

    async def load(
        self, connection: AsyncConnection, tenant: TenantId, kind: ChangedKind, at: datetime
    ) -> frozenset[str]:
        """People or clients, by their ids."""

    async def load_grants(
        self, connection: AsyncConnection, tenant: TenantId, people: Collection[str]
    ) -> Mapping[str, PrincipalId]:
        """Live grants of these people: whose each is, by its id."""
