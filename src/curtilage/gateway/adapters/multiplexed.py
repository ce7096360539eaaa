"""A provider over HTTP/2 where it offers that in TLS, and over HTTP/1.1 where it does not."""

import asyncio
import socket
import ssl
from typing import cast

from curtilage.gateway.adapters.dialing import Dialer
from curtilage.gateway.adapters.http2_connection import Http2Connection
from curtilage.gateway.adapters.provider import IDLE_SECONDS, Provider, is_packed
from curtilage.gateway.adapters.way import DIRECT, Way
from curtilage.gateway.errors import UpstreamFailed
from curtilage.gateway.ports import UpstreamReply, UpstreamRequest
from curtilage.gateway.wire.http2 import encode_fields

ALPN = ("h2", "http/1.1")


class Undecided(asyncio.Protocol):
    """A connection before it is known what is spoken over it. Keeps what comes meanwhile."""

    def __init__(self, opened: socket.socket) -> None:
        self.socket = opened
        self.came: list[bytes] = []
        self.is_lost = False
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Told once more with the transport of TLS."""
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self.came.append(data)

    def connection_lost(self, exc: Exception | None) -> None:  # asyncio's name
        self.is_lost = True

    @property
    def speaks_http2(self) -> bool:
        assert self.transport is not None
        tls: ssl.SSLObject | None = self.transport.get_extra_info("ssl_object")
        return tls is not None and tls.selected_alpn_protocol() == ALPN[0]

    def hand_over(self, streams: Http2Connection) -> None:
        """From now on `streams` is told, of what came before too."""
        assert self.transport is not None
        if self.is_lost or self.transport.is_closing():
            raise UpstreamFailed("connect", sent=False)
        self.transport.set_protocol(streams)
        streams.connection_made(self.transport)
        for data in self.came:
            streams.data_received(data)


class Multiplexed:
    """One provider's connections. Made inside the loop that uses it."""

    def __init__(self, base_url: str, *, connect_timeout: float, way: Way = DIRECT) -> None:
        self._dialer = Dialer(base_url, connect_timeout, way, ALPN)
        self._plain = Provider(base_url, connect_timeout=connect_timeout, way=way)
        self._loop = asyncio.get_running_loop()
        self._shared: list[Http2Connection] = []
        self._opening: asyncio.Task[None] | None = None
        self._has_http2 = True  # until it said that it has not
        self._is_closed = False

    async def send(self, request: UpstreamRequest) -> UpstreamReply:
        """As `Upstream`. What the provider says it has not looked at is sent once more.

        A provider that shuts a connection down refuses what is on its way there, maybe many
        calls in one turn; that says nothing of how it is, and no breaker should count it."""
        try:
            return await self._send(request)
        except UpstreamFailed as failed:
            if failed.sent or failed.reason == "connect":
                raise
        return await self._send(request)

    async def _send(self, request: UpstreamRequest) -> UpstreamReply:
        while self._has_http2:
            shared = self._find()
            if shared is not None:
                return await self._send_over(shared, request)
            await self._open()
        return await self._plain.send(request)

    async def _send_over(self, shared: Http2Connection, request: UpstreamRequest) -> UpstreamReply:
        fields = encode_fields(
            request.method,
            self._dialer.locate(request.path, request.query),
            host=self._dialer.host,
            headers=request.headers,
            length=len(request.body),
        )
        stream = await shared.call(fields, request.body)
        if is_packed(stream.headers):
            await stream.close()
            raise UpstreamFailed("encoded", sent=True)
        return stream

    def _find(self) -> Http2Connection | None:
        """The oldest connection with room; those that were idle for too long end."""
        oldest = self._loop.time() - IDLE_SECONDS
        for shared in self._shared:
            if shared.is_idle and shared.idle_since < oldest:
                shared.retire()
        self._shared = [shared for shared in self._shared if not shared.is_leaving]
        return next((shared for shared in self._shared if shared.has_room), None)

    async def _open(self) -> None:
        """One more connection; who comes meanwhile waits for the same one."""
        if self._opening is None:
            self._opening = self._loop.create_task(self._dial())
            self._opening.add_done_callback(self._opened)
        await asyncio.shield(self._opening)

    def _opened(self, opening: "asyncio.Task[None]") -> None:
        self._opening = None
        if not opening.cancelled():
            opening.exception()  # those who waited have it; maybe all of them have left

    async def _dial(self) -> None:
        arrived = await self._dialer.connect(Undecided)
        assert arrived.transport is not None
        if not arrived.speaks_http2:
            arrived.transport.abort()
            self._has_http2 = False
            return
        streams = Http2Connection(self._loop, arrived.socket)
        arrived.hand_over(streams)
        try:
            async with asyncio.timeout(self._dialer.timeout):
                await streams.opened()
        except TimeoutError:
            streams.abort()
            raise UpstreamFailed("connect", sent=False) from None
        if self._is_closed or not streams.takes_any:
            streams.abort()
            raise UpstreamFailed("connect", sent=False)
        self._shared.append(streams)

    async def close(self) -> None:
        """End what is idle; what is under way ends with its call."""
        self._is_closed = True
        if self._opening is not None:
            self._opening.cancel()
        for shared in self._shared:
            shared.retire()
        await self._plain.close()
