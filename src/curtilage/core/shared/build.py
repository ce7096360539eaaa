"""Opens what `store.shared` names."""

import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass

from curtilage.core.db.engine import Database
from curtilage.core.shared.address import STORE, is_address, redis_address
from curtilage.core.shared.errors import SharedRefused
from curtilage.core.shared.jobs import ForgetCounters, ListenForChanges
from curtilage.core.shared.memory import MemoryBroadcast, MemoryCounters
from curtilage.core.shared.ports import Broadcast, Counters
from curtilage.core.shared.sql import SqlCounters
from curtilage.core.slice import Job


@dataclass(frozen=True, slots=True)
class Shared:
    """Open and ready; the jobs run in the control process."""

    broadcast: Broadcast
    counters: Counters
    jobs: Sequence[Job]


@contextlib.asynccontextmanager
async def open_shared(
    shared: str, database: Database, *, installation: str, monotonic: Callable[[], float]
) -> AsyncIterator[Shared]:
    """What `store.shared` names, for as long as the block lasts; changes wake from now on.

    `installation` keeps apart those that use one server. Nothing is asked of a
    server here: one that does not answer stops no start."""
    async with contextlib.AsyncExitStack() as stack:
        if is_address(shared):
            opened = await stack.enter_async_context(_open_server(shared, installation))
        elif shared == STORE and database.dialect == "postgresql":
            counters = SqlCounters(database)
            opened = Shared(MemoryBroadcast(), counters, [ForgetCounters(counters)])
        else:
            kept = MemoryCounters(monotonic)
            opened = Shared(MemoryBroadcast(), kept, [ForgetCounters(kept)])
        database.wakers.append(opened.broadcast.wake)
        yield opened


@contextlib.asynccontextmanager
async def _open_server(address: str, installation: str) -> AsyncIterator[Shared]:
    try:
        from curtilage.core.shared import redis  # noqa: PLC0415  # an extra
    except ModuleNotFoundError:
        raise SharedRefused(
            "The client for Redis and Valkey is not installed.",
            hint="Install the extra `redis`: `python3 tools/setup.py extras`, or `pip install '.[redis]'`.",
        ) from None
    client = redis.connect(redis_address(address))
    prefix = f"curtilage:{installation}:"
    broadcast = redis.RedisBroadcast(client, prefix)
    try:
        yield Shared(broadcast, redis.RedisCounters(client, prefix), [ListenForChanges(broadcast)])
    finally:
        await client.aclose()
