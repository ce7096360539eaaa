"""Counters and waking over Redis or Valkey.

A counter is changed by comparing: the rule decides on what was read, and the
server keeps its answer only where nobody changed the state meanwhile; else the
rule is asked again. What lies there is not trusted: it is read up to a bound,
and a message of the channel wakes whatever it says. Nor is a yes taken for the
answer to what was asked: after a fault a connection may be one answer behind, so
each swap has a number, and its yes is that number.
"""

import asyncio
import contextlib
import itertools
import logging
import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as ConnectionFault
from redis.exceptions import RedisError

from curtilage.core.shared.errors import SharedRefused, SharedUnreachable
from curtilage.core.shared.memory import MemoryBroadcast
from curtilage.core.shared.ports import Change, Rule, T

ANSWER_WITHIN = 2.0  # seconds for a whole change; a worker waits five for its control process
TELL_WITHIN = 1.0  # seconds for a word to others: who made a change waits no longer for it
LOOK_EVERY = 10.0  # seconds after which a silent connection is asked whether it lives, or ended
LARGEST = 65_536  # bytes of a state: one of ours takes 5 kB at the most
CHANNEL = "changes"
log = logging.getLogger(__name__)

# Runs alone on the server. An absent key reads as false, an empty state never occurs.
# Its yes is the number that it was given.
SWAP = """
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return ARGV[4]
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


@contextlib.contextmanager
def _answering() -> Iterator[None]:
    """Around what asks the server. Raises SharedUnreachable, whatever went wrong.

    An answer that is none makes the client fail in ways of its own: a ValueError, a
    TypeError, a RecursionError. None of them is a bug of who asked."""
    try:
        yield
    except Exception:  # noqa: BLE001 -- see above
        raise SharedUnreachable from None


@dataclass(frozen=True, slots=True)
class RedisCounters:
    """Counts for all nodes of one server. `prefix` is the installation's own."""

    client: Redis
    prefix: str
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    async def change(self, name: str, rule: Rule[T]) -> T:
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                return await self._change(self.prefix + name, rule)
        except TimeoutError:
            raise SharedUnreachable from None
        except SharedUnreachable:  # no connection that may be behind is used again
            with _answering():
                await self.client.connection_pool.disconnect(inuse_connections=False)
            raise

    async def _change(self, key: str, rule: Rule[T]) -> T:
        while True:
            known, at = await self._load_over_any(key)
            change = rule(known or None, at)
            if await self._swap(key, known, change):
                return change.result

    async def _load_over_any(self, key: str) -> tuple[bytes, float]:
        """The server may have closed an idle connection: then over another one."""
        with _answering():
            try:
                return await self._load(key)
            except ConnectionFault:
                return await self._load(key)

    async def _load(self, key: str) -> tuple[bytes, float]:
        async with self.client.pipeline(transaction=False) as asked:
            asked.getrange(key, 0, LARGEST)
            asked.time()
            known, (seconds, microseconds) = await asked.execute()
        if not isinstance(known, bytes):
            raise SharedUnreachable
        return known, seconds + microseconds / 1_000_000

    async def _swap(self, key: str, known: bytes, change: Change[T]) -> bool:
        """Whether it was kept."""
        number = b"%d" % next(self._numbers)
        milliseconds = max(1, math.ceil(change.seconds * 1000))
        swap = self.client.register_script(SWAP)
        with _answering():
            kept = await swap(keys=[key], args=[known, change.state, milliseconds, number])
        if kept not in (0, number):
            raise SharedUnreachable
        return bool(kept)


@dataclass(frozen=True, slots=True)
class RedisBroadcast:
    """Wakes every process that runs `listen`; who does not hear finds out by looking."""

    client: Redis
    prefix: str
    look_every: float = LOOK_EVERY
    _here: MemoryBroadcast = field(default_factory=MemoryBroadcast)

    async def wake(self) -> None:
        await self._here.wake()
        try:
            async with asyncio.timeout(TELL_WITHIN):
                with _answering():
                    await self.client.publish(self.prefix + CHANNEL, b"")
        except (SharedUnreachable, TimeoutError):
            log.warning("others were not woken", extra={"event": "shared.not-woken"})

    async def wait(self, at_most: float) -> None:
        await self._here.wait(at_most)

    async def listen(self) -> None:
        """Pass on what others say, until the connection ends or nothing comes of it.

        Raises SharedUnreachable."""
        with _answering():
            async with self.client.pubsub() as channel:
                await channel.subscribe(self.prefix + CHANNEL)
                await self._pass_on(channel)

    async def _pass_on(self, channel: PubSub) -> None:
        is_asked = False
        while True:
            heard = await channel.get_message(timeout=self.look_every)
            if (
                heard is not None
            ):  # the first says that we are subscribed: what was before is unknown
                await self._here.wake()
                is_asked = False
            elif is_asked:
                raise SharedUnreachable
            else:
                await channel.ping()
                is_asked = True
