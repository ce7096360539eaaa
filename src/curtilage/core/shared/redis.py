"""Counters and waking over Redis or Valkey.

A counter is changed by comparing: the rule decides on what was read, and the
server keeps its answer only where nobody changed the state meanwhile; else the
rule is asked again. What lies there is not trusted: it is read up to a bound,
and a message of the channel wakes whatever it says.
"""

import asyncio
import logging
import math
from dataclasses import dataclass, field

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as ConnectionFault
from redis.exceptions import RedisError

from curtilage.core.shared.errors import SharedRefused, SharedUnreachable
from curtilage.core.shared.memory import MemoryBroadcast
from curtilage.core.shared.ports import Rule, T

ANSWER_WITHIN = 2.0  # seconds for a whole change; a worker waits five for its control process
TELL_WITHIN = 1.0  # seconds for a word to others: who made a change waits no longer for it
LOOK_EVERY = 10.0  # seconds after which a silent connection is asked whether it lives
LARGEST = 65_536  # bytes of a state: one of ours takes 5 kB at the most
CHANNEL = "changes"
log = logging.getLogger(__name__)

# Runs alone on the server. An absent key reads as false, an empty state never occurs.
SWAP = """
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
"""


def connect(address: str) -> Redis:
    """A client of this address, which connects at first use. Raises SharedRefused."""
    try:
        return Redis.from_url(
            address,
            socket_timeout=ANSWER_WITHIN,
            socket_connect_timeout=TELL_WITHIN,
            socket_keepalive=True,
            # None: of a swap that was sent nobody knows whether it was done. `_load` asks again.
            retry=Retry(NoBackoff(), 0),
        )
    except (ValueError, RedisError):
        raise SharedRefused(
            "The setting store.shared is not a valid address; "
            "expected redis://user:password@host:port/0.",
        ) from None


@dataclass(frozen=True, slots=True)
class RedisCounters:
    """Counts for all nodes of one server. `prefix` is the installation's own."""

    client: Redis
    prefix: str

    async def change(self, name: str, rule: Rule[T]) -> T:
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                return await self._change(self.prefix + name, rule)
        except (RedisError, OSError, TimeoutError):
            raise SharedUnreachable from None

    async def _change(self, key: str, rule: Rule[T]) -> T:
        swap = self.client.register_script(SWAP)
        while True:
            known, at = await self._load_over_any(key)
            change = rule(known or None, at)
            milliseconds = max(1, math.ceil(change.seconds * 1000))
            if await swap(keys=[key], args=[known, change.state, milliseconds]):
                return change.result

    async def _load_over_any(self, key: str) -> tuple[bytes, float]:
        """The server may have closed an idle connection: then over another one."""
        try:
            return await self._load(key)
        except ConnectionFault:
            return await self._load(key)

    async def _load(self, key: str) -> tuple[bytes, float]:
        async with self.client.pipeline(transaction=False) as asked:
            asked.getrange(key, 0, LARGEST)
            asked.time()
            known, (seconds, microseconds) = await asked.execute()
        return known, seconds + microseconds / 1_000_000


@dataclass(frozen=True, slots=True)
class RedisBroadcast:
    """Wakes every process that runs `listen`; who does not hear finds out by looking."""

    client: Redis
    prefix: str
    _here: MemoryBroadcast = field(default_factory=MemoryBroadcast)

    async def wake(self) -> None:
        await self._here.wake()
        try:
            async with asyncio.timeout(TELL_WITHIN):
                await self.client.publish(self.prefix + CHANNEL, b"")
        except (RedisError, OSError, TimeoutError):
            log.warning("others were not woken", extra={"event": "shared.not-woken"})

    async def wait(self, at_most: float) -> None:
        await self._here.wait(at_most)

    async def listen(self) -> None:
        """Pass on what others say, until the connection ends. Raises SharedUnreachable."""
        async with self.client.pubsub() as channel:
            try:
                await channel.subscribe(self.prefix + CHANNEL)
                while True:
                    heard = await channel.get_message(timeout=LOOK_EVERY)
                    if heard is None:
                        await channel.ping()
                    else:  # the first says that we are subscribed: what came before is unknown
                        await self._here.wake()
            except (RedisError, OSError, TimeoutError):
                raise SharedUnreachable from None
