"""Calls providers over HTTP: their document, keys, tokens, userinfo.

What was read is kept for a while, and a little longer where the provider does not answer.
"""

import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from curtilage.core.clock import Clock
from curtilage.core.entropy import Entropy
from curtilage.core.errors import PeerError, UnavailableError
from curtilage.identity.errors import AnswerUnreadable
from curtilage.identity.fetching import Fetches
from curtilage.identity.providers.adapters.client_proofs import prove_client
from curtilage.identity.providers.errors import ProviderReason, ProviderRefused, ProviderUnusable
from curtilage.identity.providers.models import Grant, Metadata, Provider
from curtilage.identity.providers.rules.presets import TENANT
from curtilage.identity.providers.wire.answers import (
    TokenAnswer,
    parse_token_answer,
    parse_userinfo,
)
from curtilage.identity.providers.wire.metadata import parse_metadata, well_known_of
from curtilage.identity.wire.errors import UnacceptableJwk
from curtilage.identity.wire.jwk import KeySet, parse_jwks

FORM = "application/x-www-form-urlencoded"
JSON = ("Accept", "application/json")
METADATA_SECONDS, KEYS_SECONDS = 3600.0, 600.0
AGAIN_SECONDS = 30.0  # unknown key names make nobody ask a provider more often
STALE_SECONDS = 86_400.0
MOST_KEPT = 64
OK, SERVER_ERROR = 200, 500

T = TypeVar("T")
log = logging.getLogger(__name__)


@dataclass(slots=True)
class Shelf(Generic[T]):
    """What was read, by its address, and when (monotonic seconds)."""

    clock: Clock
    seconds: float
    _kept: "OrderedDict[str, tuple[float, T]]" = field(
        default_factory=OrderedDict, init=False, repr=False
    )

    async def get(
        self, address: str, load: Callable[[], Awaitable[T]], *, within: float | None = None
    ) -> T:
        """What is kept, or else what `load` gives; the old one where that does not answer."""
        at, kept = self.clock.monotonic(), self._kept.get(address)
        if kept is not None and at < kept[0] + (self.seconds if within is None else within):
            return kept[1]
        try:
            fresh = await load()
        except (PeerError, UnavailableError) as problem:
            if kept is None or at >= kept[0] + STALE_SECONDS:
                raise
            log.warning("provider kept", extra={"event": "provider.stale", "code": problem.code})
            return kept[1]
        self._kept[address] = (at, fresh)
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return fresh


@dataclass(slots=True)
class HttpProviderCalls:
    """Implements `ports.ProviderCalls`."""

    fetcher: Fetches
    clock: Clock
    entropy: Entropy
    _metadata: Shelf[Metadata] = field(init=False, repr=False)
    _keys: Shelf[KeySet] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._metadata = Shelf(self.clock, METADATA_SECONDS)
        self._keys = Shelf(self.clock, KEYS_SECONDS)

    async def load_metadata(self, provider: Provider) -> Metadata:
        address = well_known_of(provider.issuer)
        return await self._metadata.get(address, lambda: self.look(provider))

    async def look(self, provider: Provider) -> Metadata:
        raw = await self._get(well_known_of(provider.issuer))
        return parse_metadata(raw, issuer=provider.issuer, template=_template_of(provider))

    async def load_keys(self, metadata: Metadata, *, again: bool = False) -> KeySet:
        async def load() -> KeySet:
            try:
                return parse_jwks(await self._get(metadata.jwks_uri))
            except UnacceptableJwk:
                raise ProviderUnusable("Expected jwks_uri to lead to usable keys.") from None

        within = AGAIN_SECONDS if again else None
        return await self._keys.get(metadata.jwks_uri, load, within=within)

    async def exchange(self, provider: Provider, metadata: Metadata, grant: Grant) -> TokenAnswer:
        proof = prove_client(provider, metadata, now=self.clock.now(), entropy=self.entropy)
        form = {
            "grant_type": "authorization_code",
            "code": grant.code,
            "redirect_uri": grant.redirect_uri,
            "code_verifier": grant.verifier,
            **proof.form,
        }
        answer = await self.fetcher.call(
            "POST",
            metadata.token_endpoint,
            headers=[JSON, ("Content-Type", FORM), *proof.headers],
            body=urlencode(form).encode(),
        )
        if answer.status >= SERVER_ERROR:
            raise AnswerUnreadable
        if answer.status != OK:
            raise ProviderRefused(ProviderReason.EXCHANGE)
        return parse_token_answer(answer.body)

    async def load_userinfo(
        self, metadata: Metadata, access_token: str, *, subject: str
    ) -> Mapping[str, Any]:
        bearer = ("Authorization", f"Bearer {access_token}")
        answer = await self.fetcher.get(metadata.userinfo_endpoint, headers=[JSON, bearer])
        if answer.status != OK:
            raise AnswerUnreadable
        return parse_userinfo(answer.body, subject=subject)

    async def _get(self, address: str) -> bytes:
        answer = await self.fetcher.get(address, headers=[JSON])
        if answer.status != OK:
            raise AnswerUnreadable
        return answer.body


def _template_of(provider: Provider) -> str:
    """What the document of several tenants calls its issuer: their place left open."""
    if not provider.tenants:
        return ""
    head, _, version = provider.issuer.rpartition("/")
    return f"{head.rpartition('/')[0]}/{TENANT}/{version}"
