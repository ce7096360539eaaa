"""What a token is worth: revoked, explained to a server, or opened for a person's claims."""

from dataclasses import dataclass
from typing import Any

from curtilage.core.db import outbox
from curtilage.identity.oauth.errors import Fault, RequestRefused, TokenRefused
from curtilage.identity.oauth.models.clients import Client
from curtilage.identity.oauth.models.grants import Grant
from curtilage.identity.oauth.ports import People
from curtilage.identity.oauth.rules.refresh import Judgement, judge_refresh
from curtilage.identity.oauth.rules.scopes import OPENID
from curtilage.identity.oauth.service.directory import ClientDirectory
from curtilage.identity.oauth.service.ground import Ground, Once, once_digest, see_once
from curtilage.identity.oauth.service.issuing import choose_claims
from curtilage.identity.oauth.service.minting import Minter, grant_of
from curtilage.identity.oauth.service.proving import ProvedClient, ProvedKey
from curtilage.identity.oauth.store_ports import GrantStore, OnceStore
from curtilage.identity.wire.access_tokens import AccessToken, encode_access_token
from curtilage.identity.wire.claims import SKEW
from curtilage.identity.wire.errors import JoseRefused
from curtilage.identity.wire.once import ENDED_TOKEN
from curtilage.identity.wire.secrets import find_digest

INACTIVE: dict[str, Any] = {"active": False}


@dataclass(frozen=True, slots=True)
class ExplainService:
    """Revocation (RFC 7009), introspection (RFC 7662) and userinfo (OIDC Core §5.3)."""

    ground: Ground
    directory: ClientDirectory
    minter: Minter
    grants: GrantStore
    once: OnceStore
    people: People

    async def revoke(self, proved: ProvedClient, token: str) -> None:
        """End a token of this client; what is unknown or another's changes nothing."""
        if "." not in token:
            await self._revoke_refresh(proved, token)
            return
        try:
            access = await self.minter.verify_access_token(token)
        except TokenRefused:
            await self._refuse_id_token(token)
            return
        if access.client_id != proved.client.id:
            return
        until = access.expires_at + SKEW  # other clocks are behind
        event = await self.ground.event(
            self.ground.as_client(proved.client.id), "token.revoked", {"kind": "access_token"}
        )
        async with self.ground.database.begin() as connection:
            await see_once(self.once, connection, self.ground.tenant, proved.once)
            digest = once_digest(ENDED_TOKEN, access.jti)
            if await self.once.end_token(connection, self.ground.tenant, digest, until):
                await outbox.record(connection, event)

    async def _refuse_id_token(self, token: str) -> None:
        """An ID token cannot be revoked, and whoever tries should know (RFC 7009 §2.2.1)."""
        try:
            await self.minter.verify_hint(token)
        except JoseRefused:
            return
        raise RequestRefused(Fault.UNSUPPORTED_TOKEN_TYPE, "ID tokens cannot be revoked.")

    async def _revoke_refresh(self, proved: ProvedClient, token: str) -> None:
        digest = find_digest(token)
        event = await self.ground.event(
            self.ground.as_client(proved.client.id), "token.revoked", {"kind": "refresh_token"}
        )
        async with self.ground.database.begin() as connection:
            await see_once(self.once, connection, self.ground.tenant, proved.once)
            found = None
            if digest is not None:
                found = await self.grants.find_refresh(connection, self.ground.tenant, digest)
        if found is None or found[1].client != proved.client.id:
            return
        async with self.ground.database.begin() as connection:  # who holds a token holds no grant
            ended = await self.grants.revoke(
                connection, self.ground.tenant, self.ground.now(), grant_id=found[1].id
            )
            if ended:
                await outbox.record(connection, event)

    async def introspect(self, proved: ProvedClient, token: str) -> dict[str, Any]:
        """What a token says, to who may know; to all others exactly `active: false`."""
        await self._take(proved.once)
        if "." not in token:
            return await self._introspect_refresh(proved.client, token)
        try:
            access = await self.minter.verify_access_token(token)
            if not _may_know(proved.client, access):
                return INACTIVE
            await self.verify_live(access)
        except TokenRefused:
            return INACTIVE
        scheme = "DPoP" if access.jkt else "Bearer"
        return {"active": True, "token_type": scheme, **encode_access_token(access)}

    async def _introspect_refresh(self, client: Client, token: str) -> dict[str, Any]:
        digest = find_digest(token)
        if digest is None:
            return INACTIVE
        async with self.ground.database.read() as connection:
            found = await self.grants.find_refresh(connection, self.ground.tenant, digest)
        if found is None or found[1].client != client.id:
            return INACTIVE
        refresh, grant = found
        if judge_refresh(refresh, grant, at=self.ground.now()) is not Judgement.ROTATE:
            return INACTIVE
        return {
            "active": True,
            "token_type": "refresh_token",
            "client_id": client.id,
            "scope": " ".join(grant.scopes),
            "sub": self.ground.subject_of(client, grant.person),
            "iss": self.ground.settings.issuer,
            "exp": int(refresh.expires_at.timestamp()),
            "iat": int(refresh.made_at.timestamp()),
        }

    async def verify_live(self, access: AccessToken) -> Grant | None:
        """The grant of a token that nothing revoked; None where it hangs on a client alone."""
        client = await self.directory.find(access.client_id)
        if client is None:
            raise TokenRefused
        async with self.ground.database.read() as connection:
            digest = once_digest(ENDED_TOKEN, access.jti)
            if await self.once.is_seen(connection, self.ground.tenant, digest):
                raise TokenRefused
            grant = None
            if grant_id := grant_of(access):
                grant = await self.grants.find_grant(connection, self.ground.tenant, grant_id)
                if grant is None or grant.revoked_at is not None:
                    raise TokenRefused
        return grant

    async def tell_person(self, raw: str, key: ProvedKey, *, is_dpop: bool) -> dict[str, Any]:
        """Claims of the person that the token is about. Raises `TokenRefused`."""
        scheme = "DPoP" if is_dpop else "Bearer"
        try:
            access = await self.minter.verify_access_token(raw)
            if bool(access.jkt) is not is_dpop or access.jkt != key.jkt:
                raise TokenRefused  # RFC 9449 §7.1: a bound token is worth nothing as Bearer
            if access.audience != (self.ground.settings.issuer,):
                raise TokenRefused
            grant = await self.verify_live(access)
        except TokenRefused:
            raise TokenRefused(scheme=scheme) from None
        if grant is None or OPENID not in access.scopes:
            raise TokenRefused(Fault.INSUFFICIENT_SCOPE, scheme=scheme)
        if not await self.people.is_active(grant.person):
            raise TokenRefused(scheme=scheme)
        await self._take(key.once)
        claims = await self.people.load_claims(grant.person)
        told = choose_claims(claims, access.scopes, grant.claims.userinfo)
        return {**told, "sub": access.subject}

    async def _take(self, once: tuple[Once, ...]) -> None:
        """Take what may come once; nothing to take costs no write."""
        if once:
            async with self.ground.database.begin() as connection:
                await see_once(self.once, connection, self.ground.tenant, once)


def _may_know(client: Client, access: AccessToken) -> bool:
    """The client that it was issued to, and the server that it is for (RFC 7662 §4)."""
    return access.client_id == client.id or bool(set(access.audience) & set(client.serves))
