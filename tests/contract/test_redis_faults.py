"""Redis fails at every command that counting and waking wait for.

Each scenario is run once to count its crossings (see `tests/redis_proxy.py`), and then
once for each crossing and each fault. Whatever happened: a change was made, or who asked
is told within seconds that nobody knows; none that was told of is lost; waking never
fails and wakes who is here; and as soon as Redis is whole again all of it works.
"""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import pytest
import redis
from redis.asyncio import Redis
from sqlalchemy import make_url

from curtilage.core.shared.errors import SharedUnreachable
from curtilage.core.shared.ports import Change, Rule
from curtilage.core.shared.redis import (
    ANSWER_WITHIN,
    TELL_WITHIN,
    RedisBroadcast,
    RedisCounters,
    connect,
)
from tests.redis_proxy import RedisProxy, fail_everywhere

pytestmark = [pytest.mark.redis, pytest.mark.slow, pytest.mark.timeout(240)]
CHANGES = 2
BUSY = 5.0  # seconds that a busy machine may add
LONG = 15.0  # seconds until what is to come about counts as not come about
LOOK = 0.3
SOON = 0.02


@pytest.fixture
def port(redis_address: str) -> int:
    return make_url(redis_address).port or 6379


@asynccontextmanager
async def a_client(address: str) -> AsyncIterator[Redis]:
    client = connect(address)
    try:
        yield client
    finally:
        await asyncio.wait_for(client.aclose(), BUSY)


def a_prefix() -> str:
    return f"curtilage:{os.urandom(8).hex()}:"


def add(state: bytes | None, at: float) -> Change[int]:
    total = int(state or 0) + 1
    return Change(str(total).encode(), 60.0, total)


@dataclass
class Rivalled:
    """Adds, while somebody else adds between the look and the swap, once."""

    key: str
    rival: redis.Redis
    told: list[int] = field(default_factory=list)

    def __call__(self, state: bytes | None, at: float) -> Change[int]:
        change = add(state, at)
        if not self.told:
            self.told.append(change.result)
            self.rival.set(self.key, change.state, px=60_000)
            self.rival.close()
        return change


async def count(proxy: RedisProxy) -> None:
    """Changes over a new connection and over used ones, then one more when all is well.

    What ends because its time was up does not count as failed: the machine may be busy."""
    prefix, told, failed = a_prefix(), [], 0
    async with a_client(proxy.address) as client:
        counters = RedisCounters(client, prefix)
        for _ in range(CHANGES):
            rule = Rivalled(f"{prefix}x", redis.Redis.from_url(direct(proxy)))
            began = time.monotonic()
            ours = await try_to_count(counters, rule)
            told += [*rule.told, *([ours] if ours else [])]
            failed += ours is None and time.monotonic() - began < TELL_WITHIN
        await proxy.mend()
        last = await try_to_count(counters, add) or await try_to_count(counters, add)
    assert last, "it does not count again"
    assert told == sorted(set(told)), "one count was given twice"
    assert len(told) < last <= 2 * CHANGES + 2, "a count was lost, or made up"
    assert failed <= 1 or (proxy.fault and proxy.fault.lasts), "a fault stopped more than one"


async def try_to_count(counters: RedisCounters, rule: Rule[int]) -> int | None:
    began = time.monotonic()
    try:
        return await counters.change("x", rule)
    except SharedUnreachable:
        return None
    finally:
        assert time.monotonic() - began < ANSWER_WITHIN + BUSY


async def tell(proxy: RedisProxy) -> None:
    """Words over a new connection and over a used one, to one who listens all the time."""
    prefix = a_prefix()
    async with a_client(proxy.address) as client, a_client(direct(proxy)) as other:
        here, there = RedisBroadcast(client, prefix), RedisBroadcast(other, prefix)
        async with listening(there):
            for _ in range(CHANGES):
                began = time.monotonic()
                await here.wake()
                assert time.monotonic() - began < TELL_WITHIN + BUSY
                await asyncio.wait_for(here.wait(LONG), BUSY)
            await proxy.mend()
            await hear(there, here)


async def listen(proxy: RedisProxy) -> None:
    """Somebody hears words and asks between them whether the connection lives."""
    prefix = a_prefix()
    async with a_client(proxy.address) as client, a_client(direct(proxy)) as other:
        here = RedisBroadcast(other, prefix)
        there = RedisBroadcast(client, prefix, look_every=LOOK)
        async with listening(there):
            for _ in range(CHANGES):
                await here.wake()
                await asyncio.sleep(1.5 * LOOK)
            await proxy.mend()
            words = proxy.crossed.count("word")
            async with asyncio.timeout(LONG):
                while proxy.crossed.count("word") == words:
                    await hear(there, here)


async def hear(there: RedisBroadcast, here: RedisBroadcast) -> None:
    """Return once `there` is woken by what it is told from now on."""
    await there.wait(0)  # what was heard before counts no more
    waiting = asyncio.create_task(there.wait(2 * LONG))
    async with asyncio.timeout(LONG):
        while not waiting.done():
            await here.wake()
            await asyncio.wait({waiting}, timeout=SOON)


def direct(proxy: RedisProxy) -> str:
    return f"redis://127.0.0.1:{proxy.target}/0"


@asynccontextmanager
async def listening(broadcast: RedisBroadcast) -> AsyncIterator[None]:
    """It listens inside the block, again as soon as its connection ends."""

    async def keep_listening() -> None:
        while True:
            with suppress(SharedUnreachable):
                await broadcast.listen()
            await asyncio.sleep(SOON)

    job = asyncio.create_task(keep_listening())
    try:
        yield
    finally:
        job.cancel()
        with suppress(asyncio.CancelledError):
            await job


async def test_no_count_is_lost_and_who_asked_is_told_in_time(port: int) -> None:
    crossed = await fail_everywhere(port, count)
    assert {"connect", "GETRANGE", "TIME", "EVALSHA", "SCRIPT"} <= set(crossed)


async def test_waking_never_fails_and_is_heard_again(port: int) -> None:
    crossed = await fail_everywhere(port, tell)
    assert {"connect", "PUBLISH"} <= set(crossed)


async def test_who_listens_hears_again(port: int) -> None:
    crossed = await fail_everywhere(port, listen)
    assert {"connect", "SUBSCRIBE", "word", "PING"} <= set(crossed)
