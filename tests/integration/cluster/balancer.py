"""A balancer before the nodes: each connection goes to the next node that takes one."""

import asyncio
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import cycle

CHUNK = 65_536
HOST = "127.0.0.1"


class Balancer:
    """Passes bytes on and reads none. A node that refuses is passed over."""

    def __init__(self, ports: Sequence[int]) -> None:
        self._count, self._ports = len(ports), cycle(ports)
        self._server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        assert self._server is not None
        return f"http://{HOST}:{self._server.sockets[0].getsockname()[1]}"

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, HOST, 0)

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        opened = [writer]
        try:
            found = await self._connect()
            if found is not None:
                theirs_in, theirs_out = found
                opened.append(theirs_out)
                await asyncio.gather(_pass_on(reader, theirs_out), _pass_on(theirs_in, writer))
        finally:
            for each in opened:
                each.close()
            for each in opened:
                with suppress(OSError):
                    await each.wait_closed()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        for _ in range(self._count):
            with suppress(OSError):
                return await asyncio.open_connection(HOST, next(self._ports))
        return None


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Until one side ends; then the other learns it."""
    with suppress(OSError):
        while data := await reader.read(CHUNK):
            writer.write(data)
            await writer.drain()
    with suppress(OSError, RuntimeError):
        writer.close()


@contextmanager
def balancing(ports: Sequence[int]) -> Iterator[Balancer]:
    """A balancer in a loop and a thread of its own."""
    balancer, loop = Balancer(ports), asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="balancer")
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(balancer.start(), loop).result(10)
        yield balancer
    finally:
        asyncio.run_coroutine_threadsafe(_end(balancer), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _end(balancer: Balancer) -> None:
    await balancer.stop()
    rest = asyncio.all_tasks() - {asyncio.current_task()}
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)
