"""An issuer as apps see it: its document and keys, asked for when needed and kept."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from curtilage.core.clock import Clock
from curtilage.core.errors import CurtilageError
from curtilage.identity.fetching import Fetches
from curtilage.identity.relying.errors import IssuerBroken
from curtilage.identity.relying.flights import Flights
from curtilage.identity.relying.wire.provider import Provider, discovery_url, parse_provider
from curtilage.identity.wire.errors import JoseReason, JoseRefused, UnacceptableJwk
from curtilage.identity.wire.jwk import KeySet, parse_jwks

DOCUMENT_SECONDS = 3600.0
KEYS_SECONDS = 300.0  # after this a key that was withdrawn counts no more
STALE_SECONDS = 3600.0  # but while the issuer does not answer, for so long it does
COOLDOWN_SECONDS = 30.0  # between two looks for a `kid` that nobody knows
JSON = (("Accept", "application/json"),)
OK = 200

T = TypeVar("T")


@dataclass(slots=True)
class Issuer:
    """Fetches lazily: an app starts while its issuer is down."""

    name: str  # byte for byte
    fetcher: Fetches
    clock: Clock
    flights: Flights = field(default_factory=Flights)
    _document: tuple[float, Provider] | None = field(default=None, init=False)
    _keys: tuple[float, KeySet] | None = field(default=None, init=False, repr=False)
    _tried_at: float = field(default=float("-inf"), init=False)

    async def provider(self) -> Provider:
        """Its endpoints. Raises `IssuerBroken`, `NoAnswer` and their like."""
        if self._document is not None and self._age(self._document[0]) < DOCUMENT_SECONDS:
            return self._document[1]
        return await self.flights.run((self.name, "document"), self._fetch_document)

    async def keys(self) -> KeySet:
        """Its keys of the last minutes. Raises as `provider`."""
        if self._keys is None:
            return await self._refetch()
        if self._age(self._keys[0]) < KEYS_SECONDS:
            return self._keys[1]
        if self._age(self._tried_at) < COOLDOWN_SECONDS:
            return self._stale()
        try:
            return await self._refetch()
        except CurtilageError:
            return self._stale()

    async def verify(self, check: Callable[[KeySet], T]) -> T:
        """What `check` gives under its keys. Raises JoseRefused, and as `provider`.

        Keys are asked for anew where none fits, at most once in a while: else whoever
        sends us made-up names of keys could have us call the issuer all day."""
        keys = await self.keys()
        try:
            return check(keys)
        except JoseRefused as refusal:
            if refusal.reason is not JoseReason.KEY:
                raise
            if self._age(self._tried_at) < COOLDOWN_SECONDS:
                raise
        return check(await self._refetch())

    def _stale(self) -> KeySet:
        if self._keys is None or self._age(self._keys[0]) > STALE_SECONDS:
            raise IssuerBroken("The keys of the issuer could not be had.")
        return self._keys[1]

    async def _refetch(self) -> KeySet:
        return await self.flights.run((self.name, "keys"), self._fetch_keys)

    async def _fetch_document(self) -> Provider:
        body = await self._get(discovery_url(self.name))
        provider = parse_provider(body, expected_issuer=self.name)
        self._document = (self.clock.monotonic(), provider)
        return provider

    async def _fetch_keys(self) -> KeySet:
        provider = await self.provider()
        self._tried_at = self.clock.monotonic()
        try:
            keys = parse_jwks(await self._get(provider.jwks))
        except UnacceptableJwk:
            raise IssuerBroken("The keys of the issuer are none that can be used.") from None
        self._keys = (self.clock.monotonic(), keys)
        return keys

    async def _get(self, url: str) -> bytes:
        answer = await self.fetcher.get(url, headers=JSON)
        if answer.status != OK:
            raise IssuerBroken("The issuer answered with another status than 200.")
        return answer.body

    def _age(self, at: float) -> float:
        return self.clock.monotonic() - at
