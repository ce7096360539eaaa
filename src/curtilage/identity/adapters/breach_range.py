"""Asks a service about leaked passwords; five digits of a hash are all that it is told.

Off unless an operator gives its address. One connection a question, no proxy, no redirect,
no cookie. A service that does not answer in time, or not as it should, leaves the question
open: people must be able to choose a password while somebody else's service is down.
"""

import asyncio
import logging
import ssl
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any
from urllib.parse import SplitResult, urlsplit

import h11

from curtilage.identity.breached import Screening
from curtilage.identity.errors import BreachRangeAddress
from curtilage.identity.wire.breach_range import MOST_BYTES, parse_range, split_hash
from curtilage.identity.wire.errors import BreachRangeUnreadable

log = logging.getLogger(__name__)

PIECE = 1 << 16
PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True)
class RangeService:
    """Implements `BreachRange`. `seconds` bound the whole question.

    `base_url` is https, or plain HTTP on this machine: `https://ranges.example/v1`."""

    base_url: str
    seconds: float = 3.0
    tls: ssl.SSLContext | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        """Raises `BreachRangeAddress`."""
        _split(self.base_url)

    async def screen(self, passphrase: bytes) -> Screening:
        prefix, rest = split_hash(passphrase)
        try:
            async with asyncio.timeout(self.seconds):
                seen = parse_range(await self._fetch(prefix)).get(rest, 0)
        except (OSError, UnicodeError, h11.ProtocolError, BreachRangeUnreadable):
            log.warning("a new password was not screened", extra={"event": "breach.unknown"})
            return Screening.UNKNOWN
        return Screening.LEAKED if seen else Screening.CLEAR

    async def _fetch(self, prefix: str) -> bytes:
        address = _split(self.base_url)
        tls = (self.tls or ssl.create_default_context()) if address.scheme == "https" else None
        port = address.port or PORTS[address.scheme]
        reader, writer = await asyncio.open_connection(address.hostname, port, ssl=tls)
        try:
            connection = h11.Connection(h11.CLIENT)
            for event in (_question(address, prefix), h11.EndOfMessage()):
                writer.write(connection.send(event) or b"")
            await writer.drain()
            return await _read(connection, reader)
        finally:
            writer.transport.abort()  # all that is wanted was read, or nothing more is wanted


def _question(address: SplitResult, prefix: str) -> h11.Request:
    return h11.Request(
        method="GET",
        target=f"{address.path.rstrip('/')}/range/{prefix}",
        headers=[
            ("Host", address.netloc),
            ("User-Agent", "curtilage"),
            ("Accept", "text/plain"),
            ("Accept-Encoding", "identity"),
            ("Add-Padding", "true"),
            ("Connection", "close"),
        ],
    )


async def _read(connection: h11.Connection, reader: asyncio.StreamReader) -> bytes:
    body = bytearray()
    while True:
        event: Any = connection.next_event()
        if event is h11.NEED_DATA:
            connection.receive_data(await reader.read(PIECE))
        elif isinstance(event, h11.Data):
            body += event.data
            if len(body) > MOST_BYTES:
                raise BreachRangeUnreadable
        elif isinstance(event, h11.EndOfMessage):
            return bytes(body)
        elif not _goes_on(event):
            raise BreachRangeUnreadable


def _goes_on(event: Any) -> bool:
    """Whether a body may follow: after a 200, or a 1xx before it."""
    is_fine = isinstance(event, h11.Response) and event.status_code == 200
    return is_fine or isinstance(event, h11.InformationalResponse)


def _split(base_url: str) -> SplitResult:
    try:
        address = urlsplit(base_url)
        is_bare = not (address.query or address.fragment or "@" in address.netloc)
        has_port = address.port is None or address.port > 0
    except ValueError:  # brackets that do not close, a port that is none
        raise BreachRangeAddress from None
    host = address.hostname or ""
    is_safe = address.scheme == "https" or (address.scheme == "http" and _is_here(host))
    if not (host and is_bare and has_port and is_safe and base_url.isascii()):
        raise BreachRangeAddress
    return address


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
