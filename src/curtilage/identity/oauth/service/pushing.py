"""Pushed authorization requests (RFC 9126): the client sends them itself, beforehand."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

from curtilage.identity.oauth.errors import AddressRefused, Fault, RequestRefused
from curtilage.identity.oauth.models.clients import Resource
from curtilage.identity.oauth.models.details import DetailType
from curtilage.identity.oauth.models.requests import KeptRequest, RequestKind
from curtilage.identity.oauth.service.authorize import AuthorizeService
from curtilage.identity.oauth.service.ground import Ground, see_once
from curtilage.identity.oauth.service.tokens import TokenAsk
from curtilage.identity.oauth.settings import PUSHED_LIFE
from curtilage.identity.oauth.store_ports import OnceStore, RequestStore
from curtilage.identity.oauth.wire.authorize import (
    PUSHED_PREFIX,
    parse_authorization,
    parse_target,
)
from curtilage.identity.wire.secrets import mint_secret


@dataclass(frozen=True, slots=True)
class Pushed:
    """A request that was kept: its URI for the browser, and how long it can be begun."""

    request_uri: str = field(repr=False)
    expires_in: timedelta = PUSHED_LIFE


@dataclass(frozen=True, slots=True)
class PushService:
    """Keeps requests that clients push."""

    ground: Ground
    store: RequestStore
    once: OnceStore
    authorize: AuthorizeService
    resources: tuple[Resource, ...]
    types: tuple[DetailType, ...]

    async def push(self, ask: TokenAsk) -> Pushed:
        """Keep the request. Raises `RequestRefused`: no browser is there to be sent off."""
        if ask.parameters.given.get("request_uri"):
            raise RequestRefused(Fault.INVALID_REQUEST, "A pushed request has no request_uri.")
        try:
            target = parse_target(ask.parameters, ask.client)
        except AddressRefused as refusal:
            raise RequestRefused(Fault.INVALID_REQUEST, refusal.detail) from None
        request = parse_authorization(
            ask.parameters, ask.client, target, self.resources, self.types
        )
        if request.jkt and ask.key.jkt and request.jkt != ask.key.jkt:
            raise RequestRefused(Fault.INVALID_DPOP_PROOF, "dpop_jkt is not the proof's key.")
        hint = await self.authorize.read_hint(ask.client, ask.parameters.find("id_token_hint"))
        bound = replace(request, jkt=request.jkt or ask.key.jkt, hinted_subject=hint)
        minted, at = mint_secret(self.ground.entropy), self.ground.now()
        kept = KeptRequest(
            tenant=self.ground.tenant,
            digest=minted.digest,
            kind=RequestKind.PUSHED,
            request=bound,
            made_at=at,
            expires_at=at + PUSHED_LIFE,
        )
        async with self.ground.database.begin() as connection:
            await see_once(
                self.once, connection, self.ground.tenant, (*ask.proved.once, *ask.key.once)
            )
            await self.store.insert(connection, self.ground.tenant, kept)
        return Pushed(PUSHED_PREFIX + minted.text)
