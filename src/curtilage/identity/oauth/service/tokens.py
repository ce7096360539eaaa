"""The token endpoint: codes, refresh tokens and clients of their own (RFC 6749 §3.2).

One transaction for each: what is used up, what comes of it, and the Event. Tokens are
signed after it commits, so that the lock is short.
"""

import hmac
from dataclasses import dataclass, field, replace

from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.canonical import Json
from curtilage.core.db import outbox
from curtilage.core.models import Event
from curtilage.identity.oauth.errors import Fault, RequestRefused
from curtilage.identity.oauth.models.clients import Client, GrantType, Resource
from curtilage.identity.oauth.models.details import DetailType
from curtilage.identity.oauth.models.grants import Code, Grant
from curtilage.identity.oauth.ports import People
from curtilage.identity.oauth.rules.refresh import Judgement, judge_refresh
from curtilage.identity.oauth.rules.scopes import (
    choose_resources,
    choose_scopes,
    narrow_resource,
    narrow_scopes,
)
from curtilage.identity.oauth.service.ground import Ground, Once, see_once
from curtilage.identity.oauth.service.issuing import Issuer, TokenAnswer
from curtilage.identity.oauth.service.proving import ProvedClient, ProvedKey
from curtilage.identity.oauth.settings import USED_KEPT
from curtilage.identity.oauth.store_ports import GrantStore, OnceStore
from curtilage.identity.oauth.wire.details import narrow_details, parse_details
from curtilage.identity.oauth.wire.parameters import Parameters
from curtilage.identity.wire.errors import PkceRefused
from curtilage.identity.wire.pkce import parse_code_challenge, verify_code_verifier
from curtilage.identity.wire.secrets import find_digest


@dataclass(frozen=True, slots=True)
class TokenAsk:
    """A request to the token endpoint, from a client that proved who it is."""

    proved: ProvedClient
    key: ProvedKey
    parameters: Parameters

    @property
    def client(self) -> Client:
        return self.proved.client


@dataclass(frozen=True, slots=True)
class _UsedCode:
    grant: Grant
    resource: str
    details: tuple[str, ...]
    refresh: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class TokenService:
    """Exchanges what was granted for tokens."""

    ground: Ground
    store: GrantStore
    once: OnceStore
    issuer: Issuer
    people: People
    resources: tuple[Resource, ...]
    types: tuple[DetailType, ...]

    async def exchange_code(self, ask: TokenAsk) -> TokenAnswer:
        """Tokens for a code, once; a second time ends what the first gave (RFC 9700 §2.1.1)."""
        digest = find_digest(ask.parameters.get("code"))
        event = await self._event(ask, "token.issued", {"grant_type": "authorization_code"})
        reused = await self._event(ask, "code.reused", {})
        used: _UsedCode | None = None
        again: Grant | None = None
        async with self.ground.database.begin() as connection:
            code = None
            if digest is not None:
                code = await self.store.find_code(connection, self.ground.tenant, digest)
            if code is None or code.grant.client != ask.client.id:
                raise _no_grant()
            if code.used_at is None:
                used = await self._use_code(connection, code, ask)
                await outbox.record(connection, event)
            else:
                again = code.grant
        if again is not None:
            await self._end_family(again, reused)
        if used is None:
            raise _no_grant()
        await self._refuse_inactive(used.grant)
        return await self.issuer.answer(
            ask.client,
            used.grant,
            scopes=used.grant.scopes,
            resource=used.resource,
            jkt=ask.key.jkt,
            refresh=used.refresh,
            nonce=code.nonce,
            details=used.details,
        )

    async def _use_code(
        self, connection: AsyncConnection, code: Code, ask: TokenAsk
    ) -> "_UsedCode":
        """Use a code up and keep what comes of it, in the caller's transaction."""
        tenant, at = self.ground.tenant, self.ground.now()
        _verify_code(code, ask, is_late=at >= code.expires_at)
        if not await self.people.hold_active(connection, code.grant.person):
            raise _no_grant()  # what ends all of theirs would not see the grant that is made here
        if not await self._goes_on(connection, code.grant):
            raise _no_grant()
        resource = narrow_resource(ask.parameters.all("resource"), code.grant.resources)
        details = _details(ask, code.grant)
        await see_once(self.once, connection, tenant, _once(ask))
        grant = replace(code.grant, jkt=ask.key.jkt if ask.client.is_public else "")
        if not await self.store.use_code(connection, tenant, code.digest, at):
            raise _no_grant()
        await self.store.insert_grant(connection, tenant, grant)
        refresh = self.issuer.first_refresh(ask.client, grant)
        if refresh is not None:
            await self.store.insert_refresh(connection, tenant, refresh.token)
        return _UsedCode(grant, resource, details, refresh.text if refresh else "")

    async def _goes_on(self, connection: AsyncConnection, grant: Grant) -> bool:
        """Whether the session of a grant is there, and stays so: who ends it sees the grant.

        What may be used without the person needs none (OpenID Connect Core §11)."""
        if grant.outlives_session or not grant.session:
            return True
        return await self.people.hold_session(connection, grant.person, grant.session)

    async def refresh(self, ask: TokenAsk) -> TokenAnswer:
        """The next tokens of a grant (RFC 6749 §6, RFC 9700 §4.14.2)."""
        text = ask.parameters.get("refresh_token")
        digest = find_digest(text)
        event = await self._event(ask, "token.refreshed", {})
        reused = await self._event(ask, "refresh_token.reused", {})
        judgement, grant = await self._rotate(ask, text, digest, event, reused)
        if judgement not in (Judgement.ROTATE, Judgement.REPEAT):
            raise _no_grant()
        await self._refuse_inactive(grant)
        scopes = narrow_scopes(ask.parameters.words("scope"), grant.scopes)
        return await self.issuer.answer(
            ask.client,
            grant,
            scopes=scopes,
            resource=narrow_resource(ask.parameters.all("resource"), grant.resources),
            jkt=ask.key.jkt,
            refresh=self.issuer.successor(grant, text).text,
            details=_details(ask, grant),
        )

    async def _rotate(
        self, ask: TokenAsk, text: str, digest: bytes | None, event: Event, reused: Event
    ) -> tuple[Judgement, Grant]:
        tenant, at = self.ground.tenant, self.ground.now()
        async with self.ground.database.begin() as connection:
            found = None
            if digest is not None:
                found = await self.store.find_refresh(connection, tenant, digest)
            if found is None or found[1].client != ask.client.id:
                raise _no_grant()
            token, grant = found
            _verify_key(ask, grant)
            narrow_scopes(ask.parameters.words("scope"), grant.scopes)  # before it is used up
            narrow_resource(ask.parameters.all("resource"), grant.resources)
            _details(ask, grant)
            await see_once(self.once, connection, tenant, _once(ask))
            judgement = judge_refresh(token, grant, at=at)
            if judgement is Judgement.ROTATE:
                until = min(token.expires_at, at + USED_KEPT)
                await self.store.use_refresh(connection, tenant, token.digest, at=at, until=until)
                following = self.issuer.successor(grant, text).token
                await self.store.insert_refresh(connection, tenant, following)
                await outbox.record(connection, event)
        if judgement is Judgement.REUSE:
            await self._end_family(grant, reused)
        return judgement, grant

    async def act_as_client(self, ask: TokenAsk) -> TokenAnswer:
        """A token with which a client acts for itself (RFC 6749 §4.4)."""
        client = ask.client
        chosen = choose_resources(ask.parameters.all("resource"), client, self.resources)
        resource = narrow_resource([], [each.uri for each in chosen])
        if len(chosen) > 1:
            raise RequestRefused(Fault.INVALID_TARGET, "A token is for one resource; name one.")
        asked = ask.parameters.words("scope")
        scopes = choose_scopes(asked, client, chosen) if asked or client.scopes else ()
        scopes = tuple(each for each in scopes if each not in ("openid", "offline_access"))
        asked_details = ask.parameters.find("authorization_details")
        details = tuple(each.text for each in parse_details(asked_details, self.types, client))
        event = await self._event(
            ask, "token.issued", {"grant_type": "client_credentials", "scopes": len(scopes)}
        )
        async with self.ground.database.begin() as connection:
            await see_once(self.once, connection, self.ground.tenant, _once(ask))
            await outbox.record(connection, event)
        return await self.issuer.answer(
            client, None, scopes=scopes, resource=resource, jkt=ask.key.jkt, details=details
        )

    async def _refuse_inactive(self, grant: Grant) -> None:
        """Who was disabled meanwhile gets nothing, and the grant ends.

        Asked after the transaction: people may be kept elsewhere, and the lock is short."""
        if await self.people.is_active(grant.person):
            return
        async with self.ground.database.begin() as connection:
            at = self.ground.now()
            await self.store.revoke(connection, self.ground.tenant, at, grant_id=grant.id)
        raise _no_grant()

    async def _end_family(self, grant: Grant, event: Event) -> None:
        """End this grant and no other (RFC 9700 §4.14.2).

        In a transaction of its own: who holds a code or token holds no grant (`identity.store`)."""
        async with self.ground.database.begin() as connection:
            ended = await self.store.revoke(
                connection, self.ground.tenant, self.ground.now(), grant_id=grant.id
            )
            if ended:
                await outbox.record(connection, event)

    async def _event(self, ask: TokenAsk, kind: str, facts: dict[str, Json]) -> Event:
        actor = self.ground.as_client(ask.client.id)
        told: dict[str, Json] = {"client": ask.client.id, "bound": bool(ask.key.jkt), **facts}
        return await self.ground.event(actor, kind, told)


def verify_ask(ask: TokenAsk, grant: GrantType) -> None:
    """Raise unless the client may ask for this, with the proof that it is held to."""
    if not ask.client.may(grant):
        raise RequestRefused(Fault.UNAUTHORIZED_CLIENT, "The client may not use this grant.")
    if ask.client.is_dpop_bound and not ask.key.jkt:
        raise RequestRefused(Fault.INVALID_DPOP_PROOF, "The client must send a DPoP proof.")


def _details(ask: TokenAsk, grant: Grant) -> tuple[str, ...]:
    return narrow_details(ask.parameters.find("authorization_details"), grant.details)


def _once(ask: TokenAsk) -> tuple[Once, ...]:
    return (*ask.proved.once, *ask.key.once)


def _verify_code(code: Code, ask: TokenAsk, *, is_late: bool) -> None:
    """Bound to address, challenge and key (RFC 6749 §4.1.3, RFC 7636 §4.6, RFC 9449 §10)."""
    if is_late:
        raise _no_grant()
    claimed = ask.parameters.find("redirect_uri")
    if (claimed or code.has_uri) and claimed != code.redirect_uri:
        raise _no_grant()
    challenge = parse_code_challenge(code.challenge, method="S256")
    try:
        verify_code_verifier(ask.parameters.find("code_verifier") or None, challenge=challenge)
    except PkceRefused:
        raise _no_grant() from None
    if code.grant.jkt and not _same(code.grant.jkt, ask.key.jkt):
        raise _no_grant()


def _verify_key(ask: TokenAsk, grant: Grant) -> None:
    """Refresh tokens of public clients are bound to the key of the first (RFC 9449 §5)."""
    if grant.jkt and not _same(grant.jkt, ask.key.jkt):
        raise _no_grant()


def _same(left: str, right: str) -> bool:
    return hmac.compare_digest(left.encode(), right.encode())


def _no_grant() -> RequestRefused:
    """One answer, whatever was wrong with it."""
    return RequestRefused(Fault.INVALID_GRANT, "It is not valid, used up, or not for this client.")
