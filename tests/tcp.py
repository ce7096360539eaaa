"""Ports, and a proxy between what a test runs: passes on, cuts, hangs, refuses, takes turns."""

import asyncio
import random
import socket
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any, TypeVar

from curtilage.core.settings import environment

CHUNK = 1 << 20
HOST = "127.0.0.1"
LIMIT = 10.0
Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Proxy = TypeVar("Proxy", bound="TCPProxy")

# pytest-xdist's: which of how many processes that run tests at the same time this one is.
WORKER = int(environment().get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
WORKERS = int(environment().get("PYTEST_XDIST_WORKER_COUNT", "1"))


def free_port() -> int:
    """A port for a server that starts later, which no other worker of the run takes.

    It lies below those that the kernel gives to outgoing connections: one of these
    could take it before the server does, or while it starts again."""
    lowest = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    while True:
        port = random.SystemRandom().randrange(10_000 + WORKER, lowest, WORKERS)
        with socket.socket() as probe, suppress(OSError):
            probe.bind((HOST, port))
            return port


@dataclass
class Way:
    """One connection through the proxy: to who called, and to where it leads."""

    near: Stream
    far: Stream
    is_mute: bool = False  # what comes back is passed to nobody

    def end(self) -> None:
        for _, writer in (self.near, self.far):
            writer.transport.abort()


class TCPProxy:
    """Passes bytes on to ports of this machine, in a loop and a thread of its own.

    Each connection goes to the next port that takes one: a balancer."""

    def __init__(self, *ports: int) -> None:
        self.port = 0
        self.refuses = False  # no new connection is made
        self._count, self._ports = len(ports), cycle(ports)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy")
        self._flows = asyncio.Event()
        self._ways: set[asyncio.StreamWriter] = set()
        self._open: list[Way] = []

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def start(self) -> None:
        self._thread.start()
        self._run(self._start())

    def stop(self) -> None:
        """End every connection; returns when nothing of it is left."""
        self._run(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(LIMIT)
        self._loop.close()

    def cut(self) -> None:
        """Break every connection, and each new one at once."""
        self.refuses = True
        self._loop.call_soon_threadsafe(self._cut)

    def hang(self) -> None:
        """Take connections and bytes, and pass on nothing."""
        self._loop.call_soon_threadsafe(self._flows.clear)

    def mute(self) -> None:
        """Take bytes on the connections that there are, and answer none; new ones are as ever."""
        self._loop.call_soon_threadsafe(self._mute)

    def mend(self) -> None:
        """As at first; what hung goes on."""
        self.refuses = False
        self._loop.call_soon_threadsafe(self._flows.set)

    async def there(self, way: Way, data: bytes) -> None:
        """Pass on what the caller said; a fake of more may do so in its own way."""
        await send(way.far, data)

    async def back(self, way: Way, data: bytes) -> None:
        """Pass on what the answer is."""
        if not way.is_mute:
            await send(way.near, data)

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(LIMIT)

    async def _start(self) -> None:
        self._flows.set()
        self._server = await asyncio.start_server(self._serve, HOST, 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _stop(self) -> None:
        self._server.close()
        self._cut()
        await end_tasks()

    def _cut(self) -> None:
        for writer in self._ways:
            writer.transport.abort()

    def _mute(self) -> None:
        for way in self._open:
            way.is_mute = True

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far = None if self.refuses else await self._connect()
        if far is None:
            writer.transport.abort()
            return
        way = Way((reader, writer), far)
        self._ways |= {writer, far[1]}
        self._open.append(way)
        with suppress(asyncio.CancelledError):  # by `stop`; whose callback asks for no exception
            await asyncio.gather(self._pass_there(way), self._pass_back(way))
        way.end()
        self._ways -= {writer, far[1]}
        self._open = [each for each in self._open if each is not way]

    async def _connect(self) -> Stream | None:
        for _ in range(self._count):
            with suppress(OSError):
                return await asyncio.open_connection(HOST, next(self._ports))
        return None

    async def _pass_there(self, way: Way) -> None:
        with suppress(OSError):
            while data := await way.near[0].read(CHUNK):
                await self._flows.wait()
                await self.there(way, data)
        finish(way.far)

    async def _pass_back(self, way: Way) -> None:
        with suppress(OSError):
            while data := await way.far[0].read(CHUNK):
                await self._flows.wait()
                await self.back(way, data)
        finish(way.near)


async def end_tasks() -> None:
    """Cancel all else that runs in this loop, whose server is closed.

    What was accepted a moment ago is first given the time to be served, and then to be
    closed: a connection whose task never began would stay open until it is collected."""
    await _turn()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await _turn()


async def _turn() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def send(to: Stream, data: bytes) -> None:
    to[1].write(data)
    await to[1].drain()


def finish(stream: Stream) -> None:
    """Let the other side read what was sent, then its end."""
    with suppress(OSError, RuntimeError):
        stream[1].close()


@contextmanager
def proxying(proxy: Proxy) -> Iterator[Proxy]:
    """The proxy runs inside the block."""
    proxy.start()
    try:
        yield proxy
    finally:
        proxy.stop()
