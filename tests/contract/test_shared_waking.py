"""Who waits for a change is woken by it, and finds it in any case."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from curtilage.app.migrations import SCRIPTS
from curtilage.core.clock import SystemClock
from curtilage.core.db import broadcast
from curtilage.core.db.engine import Database, open_database
from curtilage.core.db.migrate import migrate
from curtilage.core.shared.build import Shared, open_shared

LONG = 25.0  # seconds that nobody in a test waits for: a test times out after 30
SHORT = 0.05


class Node:
    """A process of an installation: its connection and its share of the broadcast."""

    def __init__(self, database: Database, shared: Shared) -> None:
        self.database, self.shared = database, shared

    async def change(self) -> None:
        async with self.database.begin() as connection:
            await broadcast.bump(connection, "keys")

    async def hears_by_itself(self) -> bool:
        """Whether a change of others ends its wait, without anybody looking."""
        await asyncio.wait_for(self.shared.broadcast.wait(LONG), LONG - 1)
        return True


@pytest.fixture(
    params=[
        ("sqlite", "memory"),
        ("sqlite", "store"),
        pytest.param(("postgresql", "store"), marks=pytest.mark.postgres),
        pytest.param(("postgresql", "redis"), marks=[pytest.mark.postgres, pytest.mark.redis]),
    ],
    ids="-".join,
)
async def pair(request: pytest.FixtureRequest, data_dir: Path) -> AsyncIterator[tuple[Node, Node]]:
    """Two processes; of two on Redis the second listens."""
    kind, shared = request.param
    url = request.getfixturevalue("postgres_url") if kind == "postgresql" else kind
    address = request.getfixturevalue("redis_address") if shared == "redis" else shared
    installation = os.urandom(8).hex()
    async with AsyncExitStack() as stack:
        nodes = []
        for _ in range(2):
            database = open_database(url, data_dir)
            stack.push_async_callback(database.close)
            await migrate(database, SCRIPTS)
            opened = open_shared(
                address, database, installation=installation, monotonic=SystemClock().monotonic
            )
            nodes.append(Node(database, await stack.enter_async_context(opened)))
        yield nodes[0], nodes[1]


async def test_the_process_that_makes_a_change_is_woken(pair: tuple[Node, Node]) -> None:
    here, _ = pair
    await here.change()
    assert await here.hears_by_itself()


async def test_a_change_that_is_undone_wakes_nobody(pair: tuple[Node, Node]) -> None:
    here, _ = pair
    woken = asyncio.create_task(here.shared.broadcast.wait(LONG))

    async def change_and_fail() -> None:
        async with here.database.begin() as connection:
            await broadcast.bump(connection, "keys")
            raise LookupError

    with pytest.raises(LookupError):
        await change_and_fail()
    async with here.database.begin():
        pass  # of another transaction on the same connection
    await asyncio.sleep(SHORT)
    assert not woken.done()
    woken.cancel()


async def test_every_other_process_finds_the_change_when_it_looks(pair: tuple[Node, Node]) -> None:
    here, there = pair
    await here.change()
    await there.shared.broadcast.wait(SHORT)
    assert await broadcast.generations(there.database) == {"keys": 1}


async def test_a_wait_ends_without_a_word(pair: tuple[Node, Node]) -> None:
    for node in pair:
        await node.shared.broadcast.wait(SHORT)


async def test_a_word_before_the_wait_is_not_lost_and_counts_once(pair: tuple[Node, Node]) -> None:
    here, _ = pair
    await here.change()
    await here.change()
    assert await here.hears_by_itself()
    woken = asyncio.create_task(here.shared.broadcast.wait(LONG))
    await asyncio.sleep(SHORT)
    assert not woken.done()
    woken.cancel()
