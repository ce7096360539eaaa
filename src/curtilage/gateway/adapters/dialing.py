"""A connection to a provider up to the first byte of HTTP: the way, TCP, TLS."""

import asyncio
import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import urlsplit

from curtilage.gateway.adapters.way import DIRECT, Way
from curtilage.gateway.errors import UpstreamFailed

PORTS = {"http": 80, "https": 443}
P = TypeVar("P", bound=asyncio.Protocol)


@dataclass
class Dialer:
    """Opens connections to one address. `alpn` is what is offered in TLS (RFC 7301)."""

    base_url: str
    timeout: float
    way: Way = DIRECT
    alpn: Sequence[str] = ()
    _tls: ssl.SSLContext | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        address = urlsplit(self.base_url.rstrip("/"))
        self._name = address.hostname or ""
        self._port = address.port or PORTS[address.scheme]
        self.host = address.netloc.rpartition("@")[2]
        self.path = address.path
        self._is_secured = address.scheme == "https"
        # Files of the operator may be wrong: then each call fails, and not the start.
        if self._is_secured and self.way == DIRECT:
            self._tls = self._make_tls()

    def _make_tls(self) -> ssl.SSLContext:
        tls = self.way.make_tls()
        if self.alpn:
            tls.set_alpn_protocols(list(self.alpn))
        return tls

    def locate(self, path: str, query: str) -> str:
        """What a request names there: `path` below the base address, and its query."""
        return f"{self.path}{path}?{query}" if query else f"{self.path}{path}"

    async def connect(self, make: Callable[[socket.socket], P]) -> P:
        """A connection that is told of by the protocol that `make` gives, in time.

        Raises UpstreamFailed."""
        try:
            async with asyncio.timeout(self.timeout):
                return await self.open(make)
        # A certificate that does not hold is an OSError too; a name that cannot be one is not.
        except (OSError, UnicodeError):
            raise UpstreamFailed("connect", sent=False) from None

    async def open(self, make: Callable[[socket.socket], P]) -> P:
        """As `connect`. Raises OSError for what stands in the way."""
        loop = asyncio.get_running_loop()
        if self._is_secured and self._tls is None:
            self._tls = self._make_tls()
        opened = await self.way.open(loop, self._name, self._port)
        try:
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            transport, protocol = await loop.create_connection(lambda: make(opened), sock=opened)
        except BaseException:  # cancelled or refused: a socket without an owner would stay open
            opened.close()
            raise
        if self._tls is not None:
            await self._shake_hands(loop, transport, protocol, self._tls)
        return protocol

    async def _shake_hands(
        self,
        loop: asyncio.AbstractEventLoop,
        transport: asyncio.Transport,
        protocol: asyncio.Protocol,
        tls: ssl.SSLContext,
    ) -> None:
        """TLS over an open connection.

        Not left to `create_connection`: asyncio's forgets the transport of one who is
        cancelled in the turn before the handshake begins, and the socket with it.
        `start_tls` closes it, whatever happens."""
        secured = await loop.start_tls(transport, protocol, tls, server_hostname=self._name)
        if secured is None:  # asyncio's, where the connection was lost in that very turn
            raise ConnectionAbortedError
        protocol.connection_made(secured)
