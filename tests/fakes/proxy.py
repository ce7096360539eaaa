"""A proxy on a real socket that takes CONNECT and passes bytes on, or refuses as told."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field


@dataclass
class FakeProxy:
    """Keeps the heads it was sent. `answer` replaces what it says to CONNECT."""

    answer: bytes = b"HTTP/1.1 200 Connection established\r\n\r\n"
    heads: list[str] = field(default_factory=list)
    seen: bytearray = field(default_factory=bytearray)
    left: int = 0
    port: int = 0
    _server: asyncio.Server | None = None
    _writers: list[asyncio.StreamWriter] = field(default_factory=list)
    _tasks: "set[asyncio.Task[object]]" = field(default_factory=set)

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """End every connection; returns when nothing of it is left."""
        if self._server is not None:
            self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        if self._tasks:
            await asyncio.wait(self._tasks)
        await asyncio.gather(*(one.wait_closed() for one in self._writers), return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.append(writer)
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            self.heads.append(head)
            host, _, port = head.split()[1].rpartition(":")
            writer.write(self.answer)
            await writer.drain()
            if self.answer.startswith(b"HTTP/1.1 200"):
                far, back = await asyncio.open_connection(host.strip("[]"), int(port))
                self._writers.append(back)
                await asyncio.gather(self._pump(reader, back), self._pump(far, writer))
            else:
                await reader.read()
        self.left += 1
        writer.close()

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await source.read(65536):
                self.seen += data
                sink.write(data)
                await sink.drain()
        sink.close()
