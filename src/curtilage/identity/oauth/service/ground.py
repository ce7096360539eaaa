"""What every use case of this slice stands on, and the Events it writes."""

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.acts import Pseudonyms, describe_act
from curtilage.core.authority import Authority
from curtilage.core.canonical import Json
from curtilage.core.clock import Clock
from curtilage.core.db.engine import Database
from curtilage.core.entropy import Entropy
from curtilage.core.ids import Ids
from curtilage.core.models import Event, Principal, PrincipalId, PrincipalKind, TenantId
from curtilage.identity.oauth.errors import Fault, RequestRefused
from curtilage.identity.oauth.models.clients import Client, SubjectType
from curtilage.identity.oauth.rules.registration import sector_of
from curtilage.identity.oauth.settings import ACCESS_LIFE, OAuthSettings
from curtilage.identity.oauth.store_ports import OnceStore
from curtilage.identity.wire.base64url import encode_base64url
from curtilage.identity.wire.claims import SKEW
from curtilage.identity.wire.once import once_digest
from curtilage.vault.seal import derive

__all__ = ["OUTLIVES", "Ground", "Once", "Secrets", "once_digest", "see_once"]

OUTLIVES = ACCESS_LIFE + 2 * SKEW  # how long a token may hold, by the clocks of two others


@dataclass(frozen=True, slots=True)
class Secrets:
    """32 bytes each from the vault, that never change.

    `refresh` makes a refresh token's successor, `subject` pairwise names and what undoes
    them for the gateway, `nonce` DPoP nonces, `tries` hides what is counted."""

    refresh: bytes = field(repr=False)
    subject: bytes = field(repr=False)
    nonce: bytes = field(repr=False)
    tries: bytes = field(repr=False)

    @property
    def payer(self) -> bytes:
        """What seals who pays in tokens with pairwise names."""
        return derive(self.subject, "payer")

    @property
    def gateway_nonce(self) -> bytes:
        """What makes the nonces of the gateway, and none of our own endpoints."""
        return derive(self.nonce, "gateway")


@dataclass(frozen=True, slots=True)
class Once:
    """Something that must not come a second time before `until`."""

    digest: bytes
    until: datetime


@dataclass(frozen=True, slots=True)
class Ground:
    """One tenant's server: where things are kept, and who says the time."""

    tenant: TenantId
    settings: OAuthSettings
    secrets: Secrets
    database: Database
    authority: Authority
    pseudonyms: Pseudonyms
    clock: Clock
    ids: Ids
    entropy: Entropy

    def now(self) -> datetime:
        return self.clock.now()

    async def event(self, actor: Principal, kind: str, facts: dict[str, Json]) -> Event:
        """An Event of what the actor does now."""
        return await describe_act(
            actor, kind, facts, ids=self.ids, clock=self.clock, pseudonyms=self.pseudonyms
        )

    def as_client(self, client_id: str) -> Principal:
        """The client as who acts. Long ids are shortened to what a principal can be."""
        return Principal(self.tenant, PrincipalId(client_id[:64]), PrincipalKind.SERVICE)

    def as_person(self, person: PrincipalId) -> Principal:
        return Principal(self.tenant, person, PrincipalKind.PERSON)

    def subject_of(self, client: Client, person: PrincipalId) -> str:
        """What this client calls the person (OpenID Connect Core §8): one name, for ever."""
        if client.subject_type is SubjectType.PUBLIC:
            return str(person)
        message = f"pairwise 1\0{len(sector_of(client))}\0{sector_of(client)}{person}".encode()
        return encode_base64url(hmac.digest(self.secrets.subject, message, hashlib.sha256))

    def sid_of(self, client: Client, session: str) -> str:
        """What this client calls a session: clients with pairwise subjects cannot compare."""
        if client.subject_type is SubjectType.PUBLIC:
            return session
        message = f"pairwise session 1\0{len(client.id)}\0{client.id}{session}".encode()
        return encode_base64url(hmac.digest(self.secrets.subject, message, hashlib.sha256))

    def url_of(self, name: str) -> str:
        """The public address of an endpoint, never rebuilt from a request."""
        return f"{self.settings.base}/oauth2/{name}"


async def see_once(
    store: OnceStore, connection: AsyncConnection, tenant: TenantId, once: tuple[Once, ...]
) -> None:
    """Take what may come once, in the caller's transaction. Raises `invalid_request`."""
    for each in once:
        if not await store.see(connection, tenant, each.digest, each.until):
            raise RequestRefused(Fault.INVALID_REQUEST, "A proof was sent a second time.")
