"""Register, change and revoke clients; give them new secrets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType

from curtilage.core.authority import Authority
from curtilage.core.canonical import Json
from curtilage.core.db import outbox
from curtilage.core.models import Principal
from curtilage.identity.oauth.errors import UnacceptableClient, UnknownClient
from curtilage.identity.oauth.models.clients import (
    MANAGE_CLIENTS,
    SECRETS,
    TRUST_CLIENTS,
    Client,
    ClientSecret,
)
from curtilage.identity.oauth.models.standing import ChangedKind
from curtilage.identity.oauth.ports import ChangedStore
from curtilage.identity.oauth.rules.registration import verify_client
from curtilage.identity.oauth.service.directory import ClientDirectory
from curtilage.identity.oauth.service.ground import OUTLIVES, Ground, once_digest
from curtilage.identity.oauth.store_ports import (
    ClientStore,
    ConsentStore,
    GrantStore,
    OnceStore,
)
from curtilage.identity.oauth.wire.client_metadata import ClientWish
from curtilage.identity.rules import verify_may_give
from curtilage.identity.wire.secrets import MintedSecret, mint_secret

LONGEST_OVERLAP = timedelta(days=30)
MOST_LISTED = 200  # and one: whoever shows them asks whether there are more
INVITATION_LIFE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class RegisteredClient:
    """A client, with what is shown once: its secret, "" where it has none."""

    client: Client
    secret: str = field(default="", repr=False)
    management: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class ClientService:
    """The use cases of clients, for who holds the right `clients:manage`."""

    ground: Ground
    store: ClientStore
    grants: GrantStore
    directory: ClientDirectory
    once: OnceStore
    consents: ConsentStore
    changed: ChangedStore

    @property
    def authority(self) -> Authority:
        return self.ground.authority

    async def register(self, actor: Principal, wish: ClientWish) -> RegisteredClient:
        """Make a client. Raises `UnacceptableClient`, or a DeniedError."""
        self.authority.require(actor, MANAGE_CLIENTS, tenant=self.ground.tenant)
        self._require_trust(actor, wish)
        verify_may_give(wish.scopes, held=self.authority.list_held(actor))
        return await self.keep_new(actor, wish, is_dynamic=False)

    async def keep_new(
        self, actor: Principal, wish: ClientWish, *, is_dynamic: bool
    ) -> RegisteredClient:
        """As `register`, for who was let in by another way."""
        secret = mint_secret(self.ground.entropy) if wish.method in SECRETS else None
        management = mint_secret(self.ground.entropy) if is_dynamic else None
        blank = Client(
            id=self.ground.ids.new(),
            tenant=self.ground.tenant,
            name=wish.name,
            created_at=self.ground.now(),
            secrets=(ClientSecret(secret.digest),) if secret else (),
            is_dynamic=is_dynamic,
            management_digest=management.digest if management else None,
        )
        client = verify_client(apply_wish(blank, wish))
        event = await self.ground.event(actor, "oauth_client.registered", describe(client))
        async with self.ground.database.begin() as connection:
            await self.store.insert(connection, self.ground.tenant, client)
            await outbox.record(connection, event)
        return RegisteredClient(client, _text(secret), _text(management))

    async def invite(self, actor: Principal) -> str:
        """An initial access token (RFC 7591 §3): whoever shows it may register clients."""
        self.authority.require(actor, MANAGE_CLIENTS, tenant=self.ground.tenant)
        minted = mint_secret(self.ground.entropy)
        event = await self.ground.event(actor, "oauth_registration.invited", {})
        async with self.ground.database.begin() as connection:
            digest, until = invitation_digest(minted.digest), event.at + INVITATION_LIFE
            await self.once.see(connection, self.ground.tenant, digest, until)
            await outbox.record(connection, event)
        return minted.text

    async def change(self, actor: Principal, client_id: str, wish: ClientWish) -> Client:
        """Put other wishes in place of a client's own; its secrets stay.

        Raises a DeniedError for one with rights that the actor does not hold, now or then:
        whoever says where an app is answered could act as it."""
        self.authority.require(actor, MANAGE_CLIENTS, tenant=self.ground.tenant)
        client = await self._get(client_id)
        self._require_trust(actor, client, wish)
        verify_may_give(client.scopes | wish.scopes, held=self.authority.list_held(actor))
        return await self.keep_changed(actor, client_id, wish)

    async def keep_changed(self, actor: Principal, client_id: str, wish: ClientWish) -> Client:
        """As `change`, for who was let in by another way."""
        client = await self._get(client_id)
        changed = verify_client(apply_wish(client, wish))
        if changed.method in SECRETS and not changed.secrets:
            raise UnacceptableClient(
                "An app without a secret gets none by a change; register anew."
            )
        await self._put(actor, changed, "oauth_client.changed", loses=loses(client, changed))
        return changed

    async def rotate_secret(
        self, actor: Principal, client_id: str, *, overlap: timedelta = timedelta(0)
    ) -> RegisteredClient:
        """A new secret; the old one works on for `overlap`, at most 30 days."""
        self.authority.require(actor, MANAGE_CLIENTS, tenant=self.ground.tenant)
        client = await self._get(client_id)
        self._require_trust(actor, client)
        verify_may_give(client.scopes, held=self.authority.list_held(actor))
        if client.method not in SECRETS:
            raise UnacceptableClient("This app has no secret; it proves itself in another way.")
        secret, at = mint_secret(self.ground.entropy), self.ground.now()
        ends = at + min(overlap, LONGEST_OVERLAP)
        kept = tuple(_ending(each, ends) for each in client.secrets if _is_live(each, at))
        old = kept[:1] if overlap > timedelta(0) else ()
        changed = replace(client, secrets=(ClientSecret(secret.digest), *old))
        await self._put(actor, changed, "oauth_client.secret_rotated")
        return RegisteredClient(changed, secret.text)

    async def revoke(self, actor: Principal, client_id: str) -> Client:
        """End a client and all that it was granted. Revoking again is no error."""
        self.authority.require(actor, MANAGE_CLIENTS, tenant=self.ground.tenant)
        return await self.keep_revoked(actor, client_id)

    async def keep_revoked(self, actor: Principal, client_id: str) -> Client:
        """As `revoke`, for who was let in by another way."""
        event = await self.ground.event(actor, "oauth_client.revoked", {"client": client_id[:255]})
        async with self.ground.database.begin() as connection:
            changed = await self.store.revoke(connection, self.ground.tenant, client_id, event.at)
            client = await self.store.find(connection, self.ground.tenant, client_id)
            if client is None:
                raise UnknownClient
            await self.grants.revoke(connection, self.ground.tenant, event.at, client=client_id)
            if changed:
                await outbox.record(connection, event)
        self.directory.forget(client_id)
        return client

    async def list(self, actor: Principal) -> Sequence[Client]:
        """All clients, the oldest first, revoked ones too."""
        self.authority.require(actor, MANAGE_CLIENTS, tenant=self.ground.tenant)
        async with self.ground.database.read() as connection:
            return await self.store.load(connection, self.ground.tenant)

    async def page(
        self, actor: Principal, *, before: str = "", limit: int = 50
    ) -> Sequence[Client]:
        """Clients, the newest first, those older than `before`; at most 200."""
        self.authority.require(actor, MANAGE_CLIENTS, tenant=self.ground.tenant)
        async with self.ground.database.read() as connection:
            return await self.store.page(
                connection, self.ground.tenant, before=before, limit=min(limit, MOST_LISTED + 1)
            )

    async def count_people(self, actor: Principal, clients: Sequence[str]) -> Mapping[str, int]:
        """How many people allowed each of these something."""
        self.authority.require(actor, MANAGE_CLIENTS, tenant=self.ground.tenant)
        async with self.ground.database.read() as connection:
            return await self.consents.count_people(connection, self.ground.tenant, clients)

    async def get(self, actor: Principal, client_id: str) -> Client:
        """One client. Raises `UnknownClient`."""
        self.authority.require(actor, MANAGE_CLIENTS, tenant=self.ground.tenant)
        return await self._get(client_id)

    async def find_id(self, actor: Principal, client_id: str) -> str | None:
        """The same id, where there is such a client."""
        try:
            return (await self.get(actor, client_id)).id
        except UnknownClient:
            return None

    def _require_trust(self, actor: Principal, *apps: Client | ClientWish) -> None:
        """An app of ours asks nobody: whoever holds it acts for whoever is signed in."""
        if any(each.is_first_party for each in apps):
            self.authority.require(actor, TRUST_CLIENTS, tenant=self.ground.tenant)

    async def _get(self, client_id: str) -> Client:
        async with self.ground.database.read() as connection:
            client = await self.store.find(connection, self.ground.tenant, client_id)
        if client is None:
            raise UnknownClient
        return client

    async def _put(
        self, actor: Principal, client: Client, kind: str, *, loses: bool = False
    ) -> None:
        event = await self.ground.event(actor, kind, describe(client))
        async with self.ground.database.begin() as connection:
            if not await self.store.put(connection, self.ground.tenant, client):
                raise UnknownClient
            if loses:
                until, kind_of = event.at + OUTLIVES, ChangedKind.CLIENT
                await self.changed.note(connection, self.ground.tenant, kind_of, client.id, until)
            await outbox.record(connection, event)
        self.directory.forget(client.id)


def loses(before: Client, after: Client) -> bool:
    """Whether tokens from before may say more than the client may have now."""
    return not (before.scopes <= after.scopes and set(before.resources) <= set(after.resources))


def invitation_digest(digest: bytes) -> bytes:
    """What an initial access token is known by."""
    return once_digest("initial token", digest.hex())


def apply_wish(client: Client, wish: ClientWish) -> Client:
    """The client as it is wished; id, secrets and times stay its own."""
    return replace(
        client,
        name=wish.name,
        method=wish.method,
        jwks=wish.jwks,
        jwks_uri=wish.jwks_uri,
        redirect_uris=wish.redirect_uris,
        post_logout_uris=wish.post_logout_uris,
        backchannel_logout_uri=wish.backchannel_logout_uri,
        backchannel_session_required=wish.backchannel_session_required,
        grant_types=wish.grant_types,
        scopes=wish.scopes,
        resources=wish.resources,
        serves=wish.serves,
        detail_types=wish.detail_types,
        must_push=wish.must_push,
        is_dpop_bound=wish.is_dpop_bound,
        subject_type=wish.subject_type,
        sector=wish.sector,
        id_token_alg=wish.id_token_alg,
        is_first_party=wish.is_first_party,
        texts=MappingProxyType(dict(wish.texts)),
    )


def describe(client: Client) -> dict[str, Json]:
    """What the record says of a client. Its name is free text and stays out."""
    return {
        "client": client.id,
        "method": client.method.value,
        "grant_types": sorted(each.value for each in client.grant_types),
        "redirect_uris": len(client.redirect_uris),
        "scopes": len(client.scopes),
        "first_party": client.is_first_party,
        "dynamic": client.is_dynamic,
    }


def _text(minted: MintedSecret | None) -> str:
    return minted.text if minted else ""


def _is_live(secret: ClientSecret, at: datetime) -> bool:
    return secret.expires_at is None or at < secret.expires_at


def _ending(secret: ClientSecret, ends: datetime) -> ClientSecret:
    earlier = ends if secret.expires_at is None else min(ends, secret.expires_at)
    return ClientSecret(secret.digest, earlier)
