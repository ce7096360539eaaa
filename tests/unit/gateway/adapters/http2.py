"""A provider that speaks HTTP/2 and follows a script, for tests of what comes over streams."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import DataReceived, Event, RequestReceived, StreamEnded, StreamReset
from h2.settings import SettingCodes, Settings

from curtilage.gateway.adapters.multiplexed import ALPN, Multiplexed
from curtilage.gateway.adapters.way import Way
from tests.integration.certificates import Authority

LIMIT = 20.0  # seconds of a test


@dataclass
class Peer:
    """One connection, as the provider has it."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    h2: H2Connection
    events: list[Event] = field(default_factory=list)
    bodies: dict[int, bytes] = field(default_factory=dict)
    headers: dict[int, dict[str, str]] = field(default_factory=dict)
    is_reading_on: bool = True  # gives the room back that bodies took

    async def next(self, kind: type[Event]) -> Any:
        """The next event of a kind; what comes before it is taken note of."""
        while True:
            while self.events:
                event = self.events.pop(0)
                self._note(event)
                if isinstance(event, kind):
                    return event
            data = await self.reader.read(65536)
            if not data:
                raise ConnectionResetError
            self.events += self.h2.receive_data(data)
            await self.flush()

    def _note(self, event: Event) -> None:
        if isinstance(event, RequestReceived):
            assert event.stream_id and event.headers
            self.headers[event.stream_id] = {
                bytes(name).decode(): bytes(value).decode() for name, value in event.headers
            }
        elif isinstance(event, DataReceived):
            id = event.stream_id or 0
            self.bodies[id] = self.bodies.get(id, b"") + (event.data or b"")
            if self.is_reading_on and event.flow_controlled_length:
                self.h2.acknowledge_received_data(event.flow_controlled_length, id)

    async def request(self) -> int:
        """The stream of the next request that came whole."""
        ended: StreamEnded = await self.next(StreamEnded)
        return ended.stream_id or 0

    async def reply(
        self, id: int, body: bytes = b"hi", *, status: str = "200", end: bool = True, **more: str
    ) -> None:
        headers = [(name.replace("_", "-"), value) for name, value in more.items()]
        self.h2.send_headers(id, [(":status", status), *headers])
        await self.send(id, body, end=end)

    async def send(self, id: int, body: bytes, *, end: bool = True) -> None:
        """Content, as fast as the other side takes it."""
        while body:
            room = min(self.h2.local_flow_control_window(id), 16384)
            if room:
                self.h2.send_data(id, body[:room])
                body = body[room:]
                await self.flush()
            else:
                data = await self.reader.read(65536)
                if not data:
                    raise ConnectionResetError
                self.events += self.h2.receive_data(data)
        if end:
            self.h2.end_stream(id)
        await self.flush()

    async def reset_by_caller(self) -> StreamReset:
        reset: StreamReset = await self.next(StreamReset)
        return reset

    async def flush(self) -> None:
        self.writer.write(self.h2.data_to_send())
        await self.writer.drain()


Talk = Callable[[Peer], Awaitable[None]]


@dataclass
class Server:
    """What a scripted provider saw."""

    port: int = 0
    opened: int = 0
    talking: set["asyncio.Task[object]"] = field(default_factory=set)


@asynccontextmanager
async def serving(
    authority: Authority, *talks: Talk, speaks: tuple[str, ...] = ALPN, most: int = 100
) -> AsyncIterator[tuple[Server, Multiplexed]]:
    """A provider whose connections follow `talks` in turn, and a pool for it."""
    server = Server()
    cert, key = authority.issue("127.0.0.1")
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(cert, key)
    tls.set_alpn_protocols(list(speaks))

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        server.talking.add(task)
        talk = talks[min(server.opened, len(talks) - 1)]
        server.opened += 1
        try:
            h2 = H2Connection(H2Configuration(client_side=False, header_encoding=False))
            h2.local_settings = Settings(
                client=False, initial_values={SettingCodes.MAX_CONCURRENT_STREAMS: most}
            )
            peer = Peer(reader, writer, h2)
            if writer.get_extra_info("ssl_object").selected_alpn_protocol() == ALPN[0]:
                h2.initiate_connection()
            await peer.flush()
            with suppress(asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
                await talk(peer)
            writer.transport.abort()
        finally:
            server.talking.discard(task)

    listening = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=tls)
    server.port = listening.sockets[0].getsockname()[1]
    pool = Multiplexed(
        f"https://127.0.0.1:{server.port}/v1",
        connect_timeout=10,
        way=Way(ca_file=Path(authority.certificate)),
    )
    try:
        async with asyncio.timeout(LIMIT):
            yield server, pool
    finally:
        await pool.close()
        listening.close()
        if server.talking:
            _, talking = await asyncio.wait(server.talking, timeout=5)
            assert not talking, "every caller left"


async def echo(peer: Peer) -> None:
    """Answers each request with its own body."""
    while True:
        id = await peer.request()
        await peer.reply(id, peer.bodies.get(id, b""))
