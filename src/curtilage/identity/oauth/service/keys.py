"""The keys that sign tokens: loaded, made in time, published, rotated."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import orjson

from curtilage.core.db import outbox
from curtilage.core.models import Principal, PrincipalId, PrincipalKind
from curtilage.identity.oauth.errors import NoSigningKey
from curtilage.identity.oauth.models.clients import MANAGE_CLIENTS
from curtilage.identity.oauth.models.grants import KeptKey
from curtilage.identity.oauth.ports import Sealer
from curtilage.identity.oauth.rules.keys import (
    KEEP,
    KeyTimes,
    early_times,
    find_active,
    plan_keys,
    published,
)
from curtilage.identity.oauth.service.ground import Ground
from curtilage.identity.oauth.store_ports import KeyStore
from curtilage.identity.signing_keys import generate_signing_key
from curtilage.identity.wire.algorithms import Algorithm
from curtilage.identity.wire.jwk import KeySet, encode_jwk, parse_jwk
from curtilage.identity.wire.signing_key import SigningKey, encode_signing_key, parse_signing_key

FRESH = timedelta(seconds=30)  # how long what was read of the keys is believed
ACCESS_ALG = "ES256"  # signs access tokens, which servers of others verify at each call
CONTEXT = "oauth signing key 1 "


@dataclass
class Ring:
    """What this process holds of the keys, as it was read at `read_at` (monotonic)."""

    kept: Sequence[KeptKey] = ()
    opened: dict[str, SigningKey] = field(default_factory=dict, repr=False)
    read_at: float | None = None


@dataclass(frozen=True, slots=True)
class KeyService:
    """The use cases of signing keys. Private halves are open in memory only."""

    ground: Ground
    store: KeyStore
    sealer: Sealer
    ring: Ring = field(default_factory=Ring, repr=False)

    async def signer(self, alg: str) -> SigningKey:
        """The key that signs now with this algorithm. Raises `NoSigningKey`."""
        kept = find_active(await self._load(), alg, at=self.ground.now())
        if kept is None:
            raise NoSigningKey
        if kept.kid not in self.ring.opened:
            sealed = await self.sealer.open(kept.sealed, CONTEXT + kept.kid)
            self.ring.opened[kept.kid] = parse_signing_key(sealed)
        return self.ring.opened[kept.kid]

    async def verify_ready(self, alg: str) -> None:
        """Raise `NoSigningKey` unless tokens can be signed, ID tokens with `alg`."""
        await self.signer(ACCESS_ALG)
        await self.signer(alg)

    async def verifying(self) -> KeySet:
        """The published keys: what we signed and still stand by."""
        keys = published(await self._load(), at=self.ground.now())
        return KeySet(tuple(parse_jwk(orjson.loads(key.public)) for key in keys))

    async def encode_jwks(self) -> bytes:
        """The key set as it is published (RFC 7517 §5)."""
        keys = published(await self._load(), at=self.ground.now())
        return orjson.dumps({"keys": [orjson.loads(key.public) for key in keys]})

    async def read_jwks(self) -> bytes:
        """As `encode_jwks`, read anew."""
        self.ring.read_at = None
        return await self.encode_jwks()

    async def keep_up(self) -> int:
        """Make the keys that are due, drop those that are gone; gives how many were made.

        For the job of one node. Two nodes that do it at once make two keys each, both
        published and both good."""
        at = self.ground.now()
        async with self.ground.database.read() as connection:
            kept = await self.store.load(connection, self.ground.tenant)
        made = [await self._make(alg, times) for alg, times in plan_keys(kept, at=at)]
        if made or any(key.gone_at <= at for key in kept):
            await self._keep(made)
        return len(made)

    async def rotate(self, actor: Principal, alg: str) -> KeptKey:
        """Replace a key early: the next is published now and signs a day later."""
        self.ground.authority.require(actor, MANAGE_CLIENTS, tenant=self.ground.tenant)
        at = self.ground.now()
        times = early_times(at)
        key = await self._make(alg, times)
        event = await self.ground.event(actor, "signing_key.rotated", {"alg": alg, "kid": key.kid})
        async with self.ground.database.begin() as connection:
            active = find_active(await self.store.load(connection, self.ground.tenant), alg, at=at)
            if active is not None:
                ends = min(active.retires_at, times.active_at)
                await self.store.retire(
                    connection, self.ground.tenant, active.kid, retires_at=ends, gone_at=ends + KEEP
                )
            await self.store.insert(connection, self.ground.tenant, key)
            await outbox.record(connection, event)
        self.ring.read_at = None
        return key

    async def _load(self) -> Sequence[KeptKey]:
        now = self.ground.clock.monotonic()
        if self.ring.read_at is None or now - self.ring.read_at > FRESH.total_seconds():
            async with self.ground.database.read() as connection:
                self.ring.kept = await self.store.load(connection, self.ground.tenant)
            self.ring.read_at = now
        return self.ring.kept

    async def _make(self, alg: str, times: KeyTimes) -> KeptKey:
        key = await asyncio.to_thread(generate_signing_key, Algorithm(alg))
        sealed = await self.sealer.seal(encode_signing_key(key), CONTEXT + key.kid)
        return KeptKey(
            tenant=self.ground.tenant,
            kid=key.kid,
            alg=alg,
            public=orjson.dumps(encode_jwk(key.public)).decode(),
            sealed=sealed,
            made_at=self.ground.now(),
            active_at=times.active_at,
            retires_at=times.retires_at,
            gone_at=times.gone_at,
        )

    async def _keep(self, made: Sequence[KeptKey]) -> None:
        service = Principal(
            self.ground.tenant, PrincipalId("authorization-server"), PrincipalKind.SERVICE
        )
        event = await self.ground.event(
            service, "signing_key.made", {"algs": [key.alg for key in made]}
        )
        async with self.ground.database.begin() as connection:
            for key in made:
                await self.store.insert(connection, self.ground.tenant, key)
            await self.store.delete_gone(connection, self.ground.tenant, self.ground.now())
            if made:
                await outbox.record(connection, event)
        self.ring.read_at = None
