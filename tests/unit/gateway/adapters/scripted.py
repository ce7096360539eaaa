"""A provider that follows a script, for tests of what comes over a connection."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field

from curtilage.gateway.adapters.http1_connection import Connection
from curtilage.gateway.adapters.provider import Provider
from curtilage.gateway.ports import Upstream, UpstreamReply, UpstreamRequest

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi"


NO = OK.replace(b"hi", b"no")


LIMIT = 20.0  # seconds of a test; uvloop keeps the alarm of pytest-timeout to itself


Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Server:
    """What a scripted provider saw."""

    port: int = 0
    opened: int = 0
    left: int = 0
    requests: list[bytes] = field(default_factory=list)
    all_left: asyncio.Event = field(default_factory=asyncio.Event)
    talking: set["asyncio.Task[object]"] = field(default_factory=set)

    async def read(self, reader: asyncio.StreamReader) -> bytes:
        """One request, head and body. Raises when the caller leaves."""
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        request = head + await reader.readexactly(length)
        self.requests.append(request)
        return request


@asynccontextmanager
async def serving(
    talk: Callable[[Server], Talk], *, limit: float = LIMIT
) -> AsyncIterator[tuple[Server, Provider]]:
    """A provider that says what `talk` says, once for each connection, and a pool for it."""
    server = Server()
    script = talk(server)

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        server.talking.add(task)
        server.all_left.clear()
        server.opened += 1
        try:
            with suppress(asyncio.IncompleteReadError, ConnectionError):
                await script(reader, writer)
                await writer.drain()
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()
        finally:
            server.talking.discard(task)
            server.left += 1
            if not server.talking:
                server.all_left.set()

    listening = await asyncio.start_server(connected, "127.0.0.1", 0, limit=1 << 20)
    server.port = listening.sockets[0].getsockname()[1]
    provider = Provider(f"http://127.0.0.1:{server.port}/v1", connect_timeout=2)
    try:
        async with asyncio.timeout(limit):
            yield server, provider
    finally:
        await provider.close()
        listening.close()
        if server.talking:
            _, talking = await asyncio.wait(server.talking, timeout=5)
            assert not talking, "every caller left"


def saying(*replies: bytes, close: bool = False) -> Callable[[Server], Talk]:
    """One reply to each request of a connection; then it listens on, or closes."""

    def script(server: Server) -> Talk:
        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            for reply in replies:
                await server.read(reader)
                writer.write(reply)
                await writer.drain()
            if not close:
                await reader.read()

        return talk

    return script


def request(body: bytes = b"{}", **headers: str) -> UpstreamRequest:
    return UpstreamRequest("POST", "/chat/completions", "", tuple(headers.items()), body)


async def whole(reply: UpstreamReply) -> bytes:
    parts = []
    while part := await reply.read():
        parts.append(part)
    await reply.close()
    return b"".join(parts)


async def ask(provider: Upstream, body: bytes = b"{}") -> tuple[int, bytes]:
    reply = await provider.send(request(body))
    return reply.status, await whole(reply)


CHUNKED = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"


@asynccontextmanager
async def bare() -> AsyncIterator[tuple[Provider, Callable[[], Awaitable[socket.socket]]]]:
    """A pool, and the other ends of its connections: what goes in there is there at once."""
    loop = asyncio.get_running_loop()
    with ExitStack() as stack:
        listening = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        listening.setblocking(False)
        port = listening.getsockname()[1]
        provider = Provider(f"http://127.0.0.1:{port}", connect_timeout=2)

        async def accept() -> socket.socket:
            end, _ = await loop.sock_accept(listening)
            return stack.enter_context(end)

        async with asyncio.timeout(LIMIT):
            yield provider, accept
        await provider.close()


def reset(end: socket.socket) -> None:
    """Close it so that the other side hears of a break, not of an end."""
    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    end.close()


async def turn(times: int) -> None:
    for _ in range(times):
        await asyncio.sleep(0)


async def hear(end: socket.socket) -> bytes:
    return await asyncio.get_running_loop().sock_recv(end, 65536)


def unconnected(transport: "Deaf | None" = None) -> Connection:
    """A connection whose other end is played by the test."""
    with socket.socket() as nowhere:
        connection = Connection(asyncio.get_running_loop(), nowhere)
    connection.connection_made(transport or Deaf())
    return connection


async def called(connection: Connection, *said: bytes) -> None:
    """Once over that connection, and this is the answer."""
    calling = asyncio.ensure_future(connection.call(b"", b""))
    await asyncio.sleep(0)
    for piece in said:
        connection.data_received(piece)
    await calling


class Deaf(asyncio.Transport):
    """Takes what is written."""

    def write(self, data: object) -> None:
        """Nobody listens."""

    def writelines(self, list_of_data: object) -> None:
        """Nobody listens."""

    def abort(self) -> None:
        """Nothing is open."""

    def is_closing(self) -> bool:
        return False

    def get_write_buffer_size(self) -> int:
        return 0

    def pause_reading(self) -> None:
        """Nothing more comes."""

    def resume_reading(self) -> None:
        """Nothing more comes."""
