"""What is particular to Redis: it may go, come back empty, hang, or hold what is not ours."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from redis.asyncio import Redis

from curtilage.app.running import running
from curtilage.core.clock import SystemClock
from curtilage.core.db.engine import open_database
from curtilage.core.models import PrincipalId, TenantId
from curtilage.core.shared.build import Shared, open_shared
from curtilage.core.shared.errors import SharedRefused, SharedUnreachable
from curtilage.core.shared.ports import Change
from curtilage.core.shared.redis import LARGEST
from curtilage.identity.limits import Ask
from curtilage.identity.models import ApiKey
from curtilage.identity.service.limits import LimitService
from curtilage.identity.wire.errors import LimitsUnreadable
from tests.fakes.clock import START
from tests.redis_server import RedisServer, running_redis

pytestmark = pytest.mark.redis
LONG = 25.0


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    with running_redis(tmp_path) as server:
        yield server


class Opening:
    """Opens the shared store as one more node does."""

    def __init__(self, stack: AsyncExitStack, data_dir: Path) -> None:
        self._stack, self._data_dir = stack, data_dir

    async def __call__(self, address: str, installation: str = "orchard") -> Shared:
        database = open_database("sqlite", self._data_dir)
        self._stack.push_async_callback(database.close)
        opened = open_shared(
            address, database, installation=installation, monotonic=SystemClock().monotonic
        )
        return await self._stack.enter_async_context(opened)


@pytest.fixture
async def opening(data_dir: Path) -> AsyncIterator[Opening]:
    async with AsyncExitStack() as stack:
        yield Opening(stack, data_dir)


def add(state: bytes | None, at: float) -> Change[int]:
    total = int(state or 0) + 1
    return Change(str(total).encode(), 60.0, total)


async def hears(node: Shared, teller: Shared) -> bool:
    """Whether what `teller` says ends the wait of `node`, said again until it does."""
    while True:
        waiting = asyncio.create_task(node.broadcast.wait(LONG))
        await teller.broadcast.wake()
        done, _ = await asyncio.wait([waiting], timeout=0.5)
        if done:
            return True
        waiting.cancel()


async def test_a_change_on_one_node_wakes_another_that_does_not_look(
    server: RedisServer, opening: Opening
) -> None:
    here, there = await opening(server.address), await opening(server.address)
    async with running(there.jobs):
        assert await asyncio.wait_for(hears(there, here), LONG)


async def test_two_installations_on_one_server_share_nothing(
    server: RedisServer, opening: Opening
) -> None:
    ours, theirs = await opening(server.address, "a"), await opening(server.address, "b")
    assert await ours.counters.change("x", add) == 1
    assert await theirs.counters.change("x", add) == 1
    async with running(theirs.jobs):
        await theirs.broadcast.wait(1.0)  # what it hears when it has subscribed
        waiting = asyncio.create_task(theirs.broadcast.wait(LONG))
        await ours.broadcast.wake()
        await asyncio.wait([waiting], timeout=0.3)
        assert not waiting.done()
        waiting.cancel()


async def test_without_the_server_nothing_is_counted_and_a_change_is_still_made(
    server: RedisServer, opening: Opening
) -> None:
    node = await opening(server.address)
    assert await node.counters.change("x", add) == 1
    server.stop()
    with pytest.raises(SharedUnreachable):
        await node.counters.change("x", add)
    await node.broadcast.wake()
    await asyncio.wait_for(node.broadcast.wait(LONG), 1)


async def test_when_the_server_is_back_it_counts_anew_and_is_heard_again(
    server: RedisServer, opening: Opening
) -> None:
    here, there = await opening(server.address), await opening(server.address)
    async with running(there.jobs):
        assert await asyncio.wait_for(hears(there, here), LONG)
        assert await here.counters.change("x", add) == 1
        server.stop()
        server.start()
        assert await here.counters.change("x", add) == 1
        assert await asyncio.wait_for(hears(there, here), LONG)


async def test_a_server_that_takes_connections_and_says_nothing_is_not_waited_for(
    opening: Opening,
) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        node = await opening(f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        with pytest.raises(SharedUnreachable):
            await node.counters.change("x", add)
        await node.broadcast.wake()


async def test_a_state_that_is_not_ours_grants_nothing(
    server: RedisServer, opening: Opening
) -> None:
    node = await opening(server.address)
    key = ApiKey(
        "key-1", TenantId("t"), PrincipalId("s"), "a", b"d" * 32, START, requests_per_minute=5
    )
    limits, ask = LimitService(node.counters), Ask(key.id, 1, 0)
    assert (await limits.lease(key, ask)).requests >= 1
    async with Redis.from_url(server.address) as hostile:
        [name] = await hostile.keys("curtilage:orchard:limits:*")
        for state, problem in (
            (b"[1,[0,[]]]", LimitsUnreadable),
            (b"x" * (2 * LARGEST), LimitsUnreadable),
        ):
            await hostile.set(name, state)
            with pytest.raises(problem):
                await limits.lease(key, ask)
        await hostile.delete(name)
        await hostile.lpush(name, "a list")
        with pytest.raises(SharedUnreachable):
            await limits.lease(key, ask)


@pytest.mark.parametrize("address", ["redis://host:port/0", "redis://127.0.0.1:99999999/0"])
async def test_an_address_that_is_none_is_refused_without_being_quoted(
    opening: Opening, address: str
) -> None:
    with pytest.raises(SharedRefused) as refused:
        await opening(address)
    assert address not in refused.value.detail
