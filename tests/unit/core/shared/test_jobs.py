"""What runs beside the shared store."""

import asyncio

from curtilage.app.running import running
from curtilage.core.shared.errors import SharedUnreachable
from curtilage.core.shared.jobs import ForgetCounters, ListenForChanges


class Remembering:
    """Counters that say when they were told to forget."""

    def __init__(self) -> None:
        self.told = asyncio.Event()

    async def forget_idle(self) -> None:
        self.told.set()


class Breaking:
    """A broadcast whose connection ends twice."""

    def __init__(self) -> None:
        self.begun, self.third = 0, asyncio.Event()

    async def listen(self) -> None:
        self.begun += 1
        if self.begun < 3:
            raise SharedUnreachable
        self.third.set()
        await asyncio.Event().wait()


async def test_idle_counters_are_forgotten_from_the_start_on() -> None:
    counters = Remembering()
    async with running([ForgetCounters(counters)]):
        await asyncio.wait_for(counters.told.wait(), 10)


async def test_a_connection_that_ends_is_made_again() -> None:
    broadcast = Breaking()
    async with running([ListenForChanges(broadcast)]):
        await asyncio.wait_for(broadcast.third.wait(), 20)
