"""A provider over HTTP/1.1: a pool of connections, each for one call at a time.

Why it is not a client library: docs/decisions/0006-own-connections.md. There
are no redirects, no cookies, no decompression and no proxies but those of the
settings: a provider's reply is read as it was sent, from where it was asked.
"""

import asyncio
import socket
from collections import deque
from collections.abc import Iterable, Sequence

from curtilage.gateway.adapters.dialing import Dialer
from curtilage.gateway.adapters.http1_connection import Connection
from curtilage.gateway.adapters.way import DIRECT, Way
from curtilage.gateway.errors import UpstreamFailed
from curtilage.gateway.ports import UpstreamReply, UpstreamRequest
from curtilage.gateway.wire.http1 import encode_head

IDLE_SECONDS = 15  # servers close idle connections, some after 20 s: sooner is safe
MOST_IDLE = 256  # connections kept for later
PLAIN = {"content-encoding": "identity", "transfer-encoding": "chunked"}  # anything else is packed


def is_packed(headers: Iterable[tuple[str, str]]) -> bool:
    """Whether a reply could neither be restored nor be told how it is packed."""
    return any(name in PLAIN and value.lower() != PLAIN[name] for name, value in headers)


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
        self._dialer = Dialer(base_url, connect_timeout, way)
        self._loop = asyncio.get_running_loop()
        self._idle: deque[Connection] = deque()  # the one that was used last at the right
        self._is_closed = False

    async def send(self, request: UpstreamRequest) -> UpstreamReply:
        head = encode_head(
            request.method,
            self._dialer.locate(request.path, request.query),
            host=self._dialer.host,
            headers=request.headers,
            length=len(request.body),
        )
        connection = self._find_idle() or await self._connect()
        await connection.call(head, request.body)
        if is_packed(connection.headers):
            connection.abort()
            raise UpstreamFailed("encoded", sent=True)
        return ProviderReply(self, connection)

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
        async with asyncio.timeout(self._dialer.timeout):
            (await self._dialer.open(self._make)).abort()

    async def _connect(self) -> Connection:
        return await self._dialer.connect(self._make)

    def _make(self, opened: socket.socket) -> Connection:
        return Connection(self._loop, opened)

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
