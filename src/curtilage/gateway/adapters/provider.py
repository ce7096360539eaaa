"""A provider over HTTP/1.1: a pool of connections, each for one call at a time.

Why it is not a client library: docs/decisions/0006-own-connections.md. There
are no redirects, no cookies, no decompression and no proxies but those of the
settings: a provider's reply is read as it was sent, from where it was asked.
"""

import asyncio
import socket
import ssl
from collections import deque
from collections.abc import Sequence
from urllib.parse import urlsplit

from curtilage.gateway.adapters.connection import Connection
from curtilage.gateway.adapters.way import DIRECT, Way
from curtilage.gateway.errors import UpstreamFailed
from curtilage.gateway.ports import UpstreamReply, UpstreamRequest
from curtilage.gateway.wire.http1 import encode_head

IDLE_SECONDS = 15  # servers close idle connections, some after 20 s: sooner is safe
MOST_IDLE = 256  # connections kept for later
PORTS = {"http": 80, "https": 443}
PLAIN = {"content-encoding": "identity", "transfer-encoding": "chunked"}  # anything else is packed


class ProviderReply:
    """A reply whose head is there. `read` gives chunks as the network does."""

    __slots__ = ("_connection", "_provider", "headers", "status")

    def __init__(self, provider: "Provider", connection: Connection) -> None:
        self._provider = provider
        self._connection: Connection | None = connection
        self.status = connection.status
        self.headers: Sequence[tuple[str, str]] = connection.headers

    async def read(self) -> bytes:
        if self._connection is None:
            return b""
        return await self._connection.read()

    async def close(self) -> None:
        """Back into the pool when it has come to its end; otherwise the connection ends."""
        connection, self._connection = self._connection, None
        if connection is not None:
            self._provider.take_back(connection)


class Provider:
    """One provider's connections. Made inside the loop that uses it."""

    def __init__(self, base_url: str, *, connect_timeout: float, way: Way = DIRECT) -> None:
        address = urlsplit(base_url.rstrip("/"))
        self._name = address.hostname or ""
        self._port = address.port or PORTS[address.scheme]
        self._host = address.netloc.rpartition("@")[2]
        self._path = address.path
        self._way = way
        self._is_secured = address.scheme == "https"
        # Files of the operator may be wrong: then each call fails, and not the start.
        self._tls = way.make_tls() if self._is_secured and way == DIRECT else None
        self._connect_timeout = connect_timeout
        self._loop = asyncio.get_running_loop()
        self._idle: deque[Connection] = deque()  # the one that was used last at the right
        self._is_closed = False

    async def send(self, request: UpstreamRequest) -> UpstreamReply:
        query = f"?{request.query}" if request.query else ""
        head = encode_head(
            request.method,
            f"{self._path}{request.path}{query}",
            host=self._host,
            headers=request.headers,
            length=len(request.body),
        )
        connection = self._find_idle() or await self._connect()
        await connection.call(head, request.body)
        reply = ProviderReply(self, connection)
        for name, value in reply.headers:
            if name in PLAIN and value.lower() != PLAIN[name]:
                connection.abort()  # it could neither be restored nor be told how it is packed
                raise UpstreamFailed("encoded", sent=True)
        return reply

    def _find_idle(self) -> Connection | None:
        """The one that was used last: the others may age and go."""
        self._end_aged()
        while self._idle:
            connection = self._idle.pop()
            if connection.is_open:
                return connection
            connection.abort()
        return None

    def _end_aged(self) -> None:
        """End what was idle for too long. The oldest are at the left."""
        oldest = self._loop.time() - IDLE_SECONDS
        while self._idle and self._idle[0].idle_since < oldest:
            self._idle.popleft().abort()

    async def reach(self) -> None:
        """Connect, and say nothing. Raises OSError for what stands in the way."""
        async with asyncio.timeout(self._connect_timeout):
            (await self._open()).abort()

    async def _connect(self) -> Connection:
        try:
            async with asyncio.timeout(self._connect_timeout):
                return await self._open()
        # A certificate that does not hold is an OSError too; a name that cannot be one is not.
        except (OSError, UnicodeError):
            raise UpstreamFailed("connect", sent=False) from None

    async def _open(self) -> Connection:
        if self._is_secured and self._tls is None:
            self._tls = self._way.make_tls()
        opened = await self._way.open(self._loop, self._name, self._port)
        try:
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            transport, connection = await self._loop.create_connection(
                lambda: Connection(self._loop, opened), sock=opened
            )
        except BaseException:  # cancelled or refused: a socket without an owner would stay open
            opened.close()
            raise
        if self._tls is not None:
            await self._shake_hands(transport, connection, self._tls)
        return connection

    async def _shake_hands(
        self, transport: asyncio.Transport, connection: Connection, tls: ssl.SSLContext
    ) -> None:
        """TLS over an open connection.

        Not left to `create_connection`: asyncio's forgets the transport of one who is
        cancelled in the turn before the handshake begins, and the socket with it.
        `start_tls` closes it, whatever happens."""
        secured = await self._loop.start_tls(transport, connection, tls, server_hostname=self._name)
        if secured is None:  # asyncio's, where the connection was lost in that very turn
            raise ConnectionAbortedError
        connection.connection_made(secured)

    def take_back(self, connection: Connection) -> None:
        """Keep a connection for the next call, or end it."""
        connection.let_go()
        if self._is_closed or not connection.is_reusable or len(self._idle) >= MOST_IDLE:
            connection.abort()
            return
        connection.idle_since = self._loop.time()
        self._idle.append(connection)

    async def close(self) -> None:
        """End what is idle; what is under way ends with its call."""
        self._is_closed = True
        while self._idle:
            self._idle.pop().abort()
