"""Counters keep one promise in memory, on PostgreSQL and on Redis.

Three nodes have them; with memory, which is for one process, all are the same.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from sqlalchemy import make_url, select

from curtilage.app.migrations import SCRIPTS
from curtilage.core.clock import SystemClock
from curtilage.core.db.engine import open_database
from curtilage.core.db.migrate import migrate
from curtilage.core.db.tables import SHARED_COUNTER
from curtilage.core.errors import UnavailableError
from curtilage.core.shared.build import open_shared
from curtilage.core.shared.ports import Change, Counters, Rule
from curtilage.core.shared.sql import SqlCounters
from tests.tcp import TCPProxy, proxying

NODES = 3
KEPT = 60.0  # seconds: longer than any test


@pytest.fixture(
    params=[
        "memory",
        pytest.param("postgresql", marks=pytest.mark.postgres),
        pytest.param("redis", marks=pytest.mark.redis),
    ]
)
async def nodes(request: pytest.FixtureRequest, data_dir: Path) -> AsyncIterator[list[Counters]]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else "sqlite"
    shared = request.getfixturevalue("redis_address") if request.param == "redis" else "store"
    installation, number = os.urandom(8).hex(), 1 if request.param == "memory" else NODES
    async with AsyncExitStack() as stack:
        opened = []
        for _ in range(number):
            database = open_database(url, data_dir)
            stack.push_async_callback(database.close)
            await migrate(database, SCRIPTS)
            store = open_shared(
                shared, database, installation=installation, monotonic=SystemClock().monotonic
            )
            opened.append((await stack.enter_async_context(store)).counters)
        yield opened * (NODES // number)


def adding(amount: int, *, seconds: float = KEPT) -> Rule[int]:
    def add(state: bytes | None, at: float) -> Change[int]:
        total = int(state or 0) + amount
        return Change(str(total).encode(), seconds, total)

    return add


def telling_time(state: bytes | None, at: float) -> Change[float]:
    return Change(state or b"0", KEPT, at)


async def test_what_one_node_keeps_the_next_one_finds(nodes: list[Counters]) -> None:
    assert [await each.change("a", adding(1)) for each in nodes] == [1, 2, 3]


async def test_names_do_not_share(nodes: list[Counters]) -> None:
    assert await nodes[0].change("a", adding(5)) == 5
    assert await nodes[1].change("b", adding(1)) == 1


async def test_of_many_changes_at_once_none_is_lost(nodes: list[Counters]) -> None:
    changes = [nodes[n % NODES].change("a", adding(1)) for n in range(30)]
    assert sorted(await asyncio.gather(*changes)) == list(range(1, 31))


async def test_a_rule_that_fails_changes_nothing(nodes: list[Counters]) -> None:
    def fail(state: bytes | None, at: float) -> Change[int]:
        raise LookupError

    await nodes[0].change("a", adding(1))
    with pytest.raises(LookupError):
        await nodes[0].change("a", fail)
    assert await nodes[1].change("a", adding(1)) == 2


async def test_what_matters_no_longer_is_nothing(nodes: list[Counters]) -> None:
    await nodes[0].change("a", adding(1, seconds=0.001))
    while await nodes[1].change("a", adding(1, seconds=0.001)) > 1:
        await asyncio.sleep(0.01)  # until it was over before it was asked for again


async def test_all_nodes_count_by_one_clock_that_goes_on(nodes: list[Counters]) -> None:
    times = [await nodes[n % NODES].change("a", telling_time) for n in range(6)]
    assert times == sorted(times)
    assert times[0] < times[-1]


async def test_bytes_come_back_as_they_were(nodes: list[Counters]) -> None:
    kept = bytes(range(256)) * 20
    await nodes[0].change("a", lambda state, at: Change(kept, KEPT, None))
    assert await nodes[1].change("a", lambda state, at: Change(b"x", KEPT, state)) == kept


@pytest.mark.postgres
async def test_rows_that_matter_no_longer_are_deleted(postgres_url: str, data_dir: Path) -> None:
    database = open_database(postgres_url, data_dir)
    await migrate(database, SCRIPTS)
    counters = SqlCounters(database)
    await counters.change("short", adding(1, seconds=0))
    await counters.change("long", adding(1))
    await counters.forget_idle()
    async with database.read() as connection:
        assert list(await connection.scalars(select(SHARED_COUNTER.c.name))) == ["long"]
    assert await counters.change("long", adding(1)) == 2
    await database.close()


@pytest.mark.slow
@pytest.mark.postgres
async def test_a_database_that_hangs_is_given_up_and_counts_again_when_it_is_back(
    postgres_url: str, data_dir: Path
) -> None:
    direct = make_url(postgres_url)
    with proxying(TCPProxy(direct.port or 5432)) as way:
        url = direct.set(host="127.0.0.1", port=way.port).render_as_string(hide_password=False)
        database = open_database(url, data_dir)
        await migrate(database, SCRIPTS)
        counters = SqlCounters(database)
        assert await counters.change("a", adding(1)) == 1
        way.hang()
        with pytest.raises(UnavailableError):
            await counters.change("a", adding(1))
        way.mend()
        assert await counters.change("a", adding(1)) in {2, 3}
        await database.close()
