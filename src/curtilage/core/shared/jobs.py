"""What runs beside the shared store."""

import asyncio
from dataclasses import dataclass
from typing import Protocol

FORGET_EVERY = 60.0


class Forgetful(Protocol):
    """Counters that keep what is idle until they are told."""

    async def forget_idle(self) -> None: ...


class Listener(Protocol):
    """A broadcast that hears other processes."""

    async def listen(self) -> None: ...


@dataclass(frozen=True, slots=True)
class ForgetCounters:
    """A Job: drops counters that matter no longer. Every node may run it."""

    counters: Forgetful
    name: str = "forget-counters"

    async def run(self) -> None:
        while True:
            await self.counters.forget_idle()
            await asyncio.sleep(FORGET_EVERY)


@dataclass(frozen=True, slots=True)
class ListenForChanges:
    """A Job: is woken by other nodes. It fails when the connection does, and runs again."""

    broadcast: Listener
    name: str = "listen-for-changes"

    async def run(self) -> None:
        await self.broadcast.listen()
