"""Counts attempts, and makes those wait who failed too often.

Attempts are counted under keyed hashes; addresses and tried names are stored nowhere.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from ipaddress import IPv6Address, ip_address
from math import ceil

from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.canonical import Json
from curtilage.core.clock import Clock
from curtilage.core.db import outbox
from curtilage.core.db.engine import Database
from curtilage.core.ids import Ids
from curtilage.core.models import Event, TenantId
from curtilage.identity.people.errors import TooManyAttempts
from curtilage.identity.people.models import Attempts
from curtilage.identity.people.store_ports import SessionStore
from curtilage.identity.people.throttle import (
    Tried,
    count_everywhere,
    count_failure,
    count_success,
    is_familiar,
    take_back,
    take_back_everywhere,
    wait_before,
)

Counters = Sequence[bytes]
"""What one attempt counts under: the name, name and address, the address, all together."""


@dataclass(frozen=True, slots=True)
class AttemptCounter:
    """`key` is 32 bytes from the vault."""

    database: Database
    store: SessionStore
    key: bytes = field(repr=False)
    clock: Clock
    ids: Ids

    def counters(self, tenant: TenantId, name: str, address: str, use: str = "") -> Counters:
        """What an attempt to do `use` under this name counts under; "" is to sign in."""
        network = network_of(address)
        return [
            self._hash(f"name{use}", tenant, name),
            self._hash(f"pair{use}", tenant, name, network),
            self._hash("address", tenant, network),
            self._hash(f"everywhere{use}", tenant),
        ]

    async def count(self, tenant: TenantId, counters: Counters) -> None:
        """Let the attempt in and count it as failed, or raise `TooManyAttempts`."""
        async with self.database.begin() as connection:
            await self.count_within(connection, tenant, counters)

    async def count_within(
        self, connection: AsyncConnection, tenant: TenantId, counters: Counters
    ) -> None:
        """The same in the caller's transaction, which a refusal undoes."""
        at = self.clock.now()
        tried = Tried(*await self.store.hold_attempts(connection, tenant, counters))
        wait = wait_before(tried, at=at)
        if wait:
            raise TooManyAttempts(retry_after=max(1, ceil(wait.total_seconds())))
        await self._count_failures(connection, tenant, counters, tried, at)

    async def forgive(
        self,
        connection: AsyncConnection,
        tenant: TenantId,
        counters: Counters,
        *,
        counted: bool = True,
    ) -> bool:
        """It went well: forget the failures of the name, and that this was counted as one.

        `counted` is False for counters under which this attempt was not counted before: else
        whoever has an account takes back what they failed at with others. Gives whether the
        pair was known. All are loaded first, in the order in which `count`
        holds them, so that two cannot wait for each other."""
        at = self.clock.now()
        load = self.store.load_attempts if counted else self.store.hold_attempts
        tried = Tried(*await load(connection, tenant, counters))
        after = (
            Attempts(),
            count_success(at=at),
            take_back(tried.address) if counted else tried.address,
            take_back_everywhere(tried.everywhere) if counted else tried.everywhere,
        )
        await self.store.put_attempts(connection, tenant, dict(zip(counters, after, strict=True)))
        return is_familiar(tried.pair, at=at)

    async def refuse(self, tenant: TenantId, counters: Counters, *, how: str) -> None:
        """Write down that somebody failed; who it was is a keyed hash that links attempts."""
        facts: dict[str, Json] = {
            "name": counters[0].hex()[:32],
            "address": counters[2].hex()[:32],
            "how": how,
        }
        event = Event(
            id=self.ids.new(),
            at=self.clock.now(),
            kind="session.failed",
            tenant=tenant,
            facts=facts,
        )
        async with self.database.begin() as connection:
            await outbox.record(connection, event)

    def _hash(self, *parts: str) -> bytes:
        framed = b"".join(len(raw).to_bytes(4, "big") + raw for raw in map(str.encode, parts))
        return hmac.digest(self.key, framed, sha256)

    async def _count_failures(
        self,
        connection: AsyncConnection,
        tenant: TenantId,
        counters: Counters,
        tried: Tried,
        at: datetime,
    ) -> None:
        failed = [count_failure(each, at=at) for each in (tried.name, tried.pair, tried.address)]
        failed.append(count_everywhere(tried.everywhere, at=at))
        await self.store.put_attempts(connection, tenant, dict(zip(counters, failed, strict=True)))


def network_of(address: str) -> str:
    """What one attacker has at hand: an IPv4 address, or 64 bits of an IPv6 one (RFC 4291)."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return ""
    if isinstance(parsed, IPv6Address):
        return str(parsed.ipv4_mapped or parsed.packed[:8].hex())
    return str(parsed)
