"""Calls addresses that others gave us: the one way out of identity.

The host is looked up once, every address that comes back is judged, and those alone are
dialled: a name that answers differently the second time (DNS rebinding) finds nobody asking.
Special-use addresses (RFC 6890) are never dialled, unless an operator named their network.
No redirect is followed, no proxy asked, no cookie kept; the answer is bounded in size and time.
"""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Any
from urllib.parse import SplitResult, urlsplit

import h11

from curtilage.identity.errors import AddressNotCalled, AnswerUnreadable, NoAnswer
from curtilage.identity.fetching import Answer

MOST_BYTES = 65_536
PIECE = 16_384
PORTS = {"https": 443, "http": 80}
Network = IPv4Network | IPv6Network


LookUp = Callable[[str, int], Awaitable[Sequence[str]]]


async def look_up_host(host: str, port: int) -> Sequence[str]:
    """All addresses that the machine finds for a host."""
    found = await asyncio.get_running_loop().getaddrinfo(
        host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP
    )
    return [str(entry[4][0]) for entry in found]


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Implements `Fetches`. `seconds` bound a whole call.

    `inside` are networks of the operator's own that may be called as well, plain HTTP
    included. Of a host's addresses the first that answers is taken, once all were judged."""

    seconds: float = 5.0
    most_bytes: int = MOST_BYTES
    inside: Sequence[Network] = ()
    tls: ssl.SSLContext | None = field(default=None, repr=False)
    look_up: LookUp = look_up_host

    async def get(self, url: str, *, headers: Sequence[tuple[str, str]] = ()) -> Answer:
        """Raises `AddressNotCalled`, `NoAnswer` or `AnswerUnreadable`."""
        return await self.call("GET", url, headers=headers)

    async def call(
        self,
        method: str,
        url: str,
        *,
        headers: Sequence[tuple[str, str]] = (),
        body: bytes = b"",
    ) -> Answer:
        """One request over a connection of its own. Raises as `get`."""
        address = split_address(url)
        try:
            async with asyncio.timeout(self.seconds):
                return await self._call(method, address, headers, body)
        except (OSError, UnicodeError):  # TimeoutError is an OSError
            raise NoAnswer from None
        except h11.ProtocolError:
            raise AnswerUnreadable from None

    async def _call(
        self,
        method: str,
        address: SplitResult,
        headers: Sequence[tuple[str, str]],
        body: bytes,
    ) -> Answer:
        reader, writer = await self._dial(address)
        try:
            connection = h11.Connection(h11.CLIENT)
            events: list[Any] = [_ask(method, address, headers, body)]
            events += [h11.Data(data=body)] if body else []
            for event in (*events, h11.EndOfMessage()):
                writer.write(connection.send(event) or b"")
            await writer.drain()
            return await self._read(connection, reader)
        finally:
            writer.transport.abort()

    async def _dial(
        self, address: SplitResult
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        host, port = address.hostname or "", address.port or PORTS[address.scheme]
        dialled = await self.look_up(host, port)
        if not dialled or not all(self._may_call(each, address.scheme) for each in dialled):
            raise AddressNotCalled
        tls = None
        if address.scheme == "https":
            tls = self.tls or ssl.create_default_context()
        problem: OSError = OSError()
        for each in dialled:  # `localhost` is ::1 first for many, where nobody may listen
            try:
                return await asyncio.open_connection(
                    each, port, ssl=tls, server_hostname=host if tls else None
                )
            except OSError as refused:
                problem = refused
        raise problem

    def _may_call(self, dialled: str, scheme: str) -> bool:
        """Every address of the name must be fit: which one is dialled is nobody's choice."""
        parsed = ip_address(dialled.partition("%")[0])
        parsed = getattr(parsed, "ipv4_mapped", None) or parsed
        if any(parsed in network for network in self.inside):
            return True
        return scheme == "https" and parsed.is_global and not parsed.is_multicast

    async def _read(self, connection: h11.Connection, reader: asyncio.StreamReader) -> Answer:
        head: h11.Response | None = None
        body = bytearray()
        while True:
            event: Any = connection.next_event()
            if event is h11.NEED_DATA:
                connection.receive_data(await reader.read(PIECE))
            elif isinstance(event, h11.Response):
                head = event
            elif isinstance(event, h11.Data):
                body += event.data
                if len(body) > self.most_bytes:
                    raise AnswerUnreadable
            elif isinstance(event, h11.EndOfMessage) and head is not None:
                return Answer(head.status_code, _media_type(head), bytes(body))
            elif not isinstance(event, h11.InformationalResponse):
                raise AnswerUnreadable


def split_address(url: str) -> SplitResult:
    """The parts of an address that can be called. Raises `AddressNotCalled`."""
    try:
        address = urlsplit(url)
        has_port = address.port is None or address.port > 0
    except ValueError:
        raise AddressNotCalled from None
    fits = address.scheme in PORTS and address.hostname and has_port and "@" not in address.netloc
    if not fits or address.fragment or not url.isascii() or not url.isprintable() or " " in url:
        raise AddressNotCalled
    return address


def _ask(
    method: str, address: SplitResult, headers: Sequence[tuple[str, str]], body: bytes
) -> h11.Request:
    target = address.path or "/"
    if address.query:
        target += f"?{address.query}"
    own = [
        ("Host", address.netloc),
        ("User-Agent", "curtilage"),
        ("Accept-Encoding", "identity"),
        ("Connection", "close"),
    ]
    length = [("Content-Length", str(len(body)))] if body or method == "POST" else []
    return h11.Request(method=method, target=target, headers=[*own, *length, *headers])


def _media_type(head: h11.Response) -> str:
    for name, value in head.headers:
        if name == b"content-type":
            return str(value.decode("latin-1").partition(";")[0].strip().lower())
    return ""
