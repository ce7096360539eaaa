"""Dynamic registration (RFC 7591, RFC 7592): off, or with an initial access token."""

import hmac
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from curtilage.core.models import Principal, PrincipalId, PrincipalKind
from curtilage.identity.oauth.errors import Fault, RequestRefused, TokenRefused
from curtilage.identity.oauth.models.clients import Client
from curtilage.identity.oauth.rules.scopes import OWN_SCOPES
from curtilage.identity.oauth.service.clients import (
    ClientService,
    RegisteredClient,
    invitation_digest,
)
from curtilage.identity.oauth.service.directory import ClientDirectory
from curtilage.identity.oauth.service.ground import Ground, once_digest
from curtilage.identity.oauth.store_ports import OnceStore
from curtilage.identity.oauth.wire.client_metadata import (
    ClientWish,
    encode_client_metadata,
    parse_client_metadata,
)
from curtilage.identity.wire.secrets import find_digest

MOST_A_DAY = 100  # registrations with one initial access token


@dataclass(frozen=True, slots=True)
class RegistrationService:
    """Lets software register itself, within what strangers may have."""

    ground: Ground
    clients: ClientService
    directory: ClientDirectory
    once: OnceStore

    @property
    def is_on(self) -> bool:
        return self.ground.settings.registration != "off"

    async def register(self, token: str, body: bytes) -> dict[str, Any]:
        """Register a client (RFC 7591 §3.1). Raises `TokenRefused`, `UnacceptableClient`."""
        await self._verify_invited(token)
        wish = limit_wish(parse_client_metadata(body))
        made = await self.clients.keep_new(self._stranger(), wish, is_dynamic=True)
        return self._describe(made)

    async def read(self, client_id: str, token: str) -> dict[str, Any]:
        """What is kept of a client, to itself (RFC 7592 §2.1)."""
        client = await self._verify_own(client_id, token)
        return self._describe(RegisteredClient(client, management=token))

    async def change(self, client_id: str, token: str, body: bytes) -> dict[str, Any]:
        """Replace a client's metadata (RFC 7592 §2.2)."""
        await self._verify_own(client_id, token)
        wish = limit_wish(parse_client_metadata(body))
        actor = self.ground.as_client(client_id)
        changed = await self.clients.keep_changed(actor, client_id, wish)
        return self._describe(RegisteredClient(changed, management=token))

    async def remove(self, client_id: str, token: str) -> None:
        """End a client at its own wish (RFC 7592 §2.3)."""
        await self._verify_own(client_id, token)
        await self.clients.keep_revoked(self.ground.as_client(client_id), client_id)

    async def _verify_invited(self, token: str) -> None:
        """The token is one of ours, and was not used too often today."""
        digest = find_digest(token)
        if digest is None:
            raise TokenRefused
        kept = invitation_digest(digest)
        at = self.ground.now()
        counter = once_digest("registrations", digest.hex(), at.date().isoformat())
        async with self.ground.database.begin() as connection:
            if not await self.once.is_seen(connection, self.ground.tenant, kept):
                raise TokenRefused
            until = at + timedelta(days=2)
            used = await self.once.count(connection, self.ground.tenant, counter, until)
        if used > MOST_A_DAY:
            raise RequestRefused(Fault.TEMPORARILY_UNAVAILABLE, "Too many apps registered today.")

    async def _verify_own(self, client_id: str, token: str) -> Client:
        digest = find_digest(token) or b""
        client = await self.directory.find(client_id)
        if client is None or client.management_digest is None:
            raise TokenRefused
        if not hmac.compare_digest(digest, client.management_digest):
            raise TokenRefused
        return client

    def _describe(self, made: RegisteredClient) -> dict[str, Any]:
        told = encode_client_metadata(made.client)
        told["registration_client_uri"] = self.ground.url_of(f"register/{made.client.id}")
        told["registration_access_token"] = made.management
        if made.secret:
            told |= {"client_secret": made.secret, "client_secret_expires_at": 0}
        return told

    def _stranger(self) -> Principal:
        return Principal(
            self.ground.tenant, PrincipalId("dynamic-registration"), PrincipalKind.SERVICE
        )


def limit_wish(wish: ClientWish) -> ClientWish:
    """What of a wish software that registers itself can have: nothing that costs others.

    People are always asked, and scopes are those about the person alone; those of open
    resources come by asking for the resource."""
    return replace(
        wish,
        scopes=frozenset(wish.scopes & OWN_SCOPES.keys()) or frozenset({"openid"}),
        resources=(),
        serves=(),
        detail_types=frozenset(),
        is_first_party=False,
    )
