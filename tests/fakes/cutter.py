"""A proxy before a PostgreSQL that cuts connections at the moment a test chooses."""

import asyncio
from threading import Event

from tests.tcp import TCPProxy, Way, send

MARK = b"\xf5CLB"  # a statement that stores a batch holds one, whole
PATIENCE = 60


class Cutter(TCPProxy):
    """Passes everything on, until `plan` says what happens to the next batch.

    `before`: it is dropped, with its connection. `after`: it is done, and its answer
    is dropped. `late`: its connection is cut, and it arrives when `release` is set."""

    def __init__(self, port: int) -> None:
        super().__init__(port)
        self.plan = ""
        self.release = Event()
        self.arrived = Event()

    def stop(self) -> None:
        for each in (self.release, self.arrived):  # a thread may wait for them
            each.set()
        super().stop()

    async def there(self, way: Way, data: bytes) -> None:
        plan, self.plan = (self.plan, "") if MARK in data else ("", self.plan)
        if not plan:
            await send(way.far, data)
            return
        if plan in {"after", "late"}:
            way.is_mute = True
            if plan == "late":
                way.near[1].transport.abort()
                await asyncio.to_thread(self.release.wait, PATIENCE)
            await send(way.far, data)
            await asyncio.to_thread(self.arrived.wait, PATIENCE)
        way.end()

    async def back(self, way: Way, data: bytes) -> None:
        if way.is_mute:
            self.arrived.set()
        else:
            await send(way.near, data)
