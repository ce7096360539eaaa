"""The way to a provider before HTTP: a proxy that passes bytes on, and TLS.

A proxy is asked with CONNECT (RFC 9110 §9.3.6) and resolves the provider's name;
it sees that name and nothing else, where the provider is reached over TLS.
"""

import asyncio
import socket
import ssl
from base64 import b64encode
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from aiohappyeyeballs import start_connection

SECOND_ADDRESS = 0.25  # seconds until the next address is tried beside the first (RFC 8305 §5)
MOST_OF_ANSWER = 8 * 1024  # bytes of a proxy's answer


class ProxyRefused(OSError):
    """The proxy does not pass on to there, or does not speak as one."""


@dataclass(frozen=True, slots=True)
class Way:
    """What leads to a provider beside its address. `proxy_secret` is `user:password`."""

    proxy: str = ""
    proxy_secret: str = field(default="", repr=False)
    ca_file: Path | None = None
    client_cert: Path | None = None
    client_key: Path | None = None

    def make_tls(self) -> ssl.SSLContext:
        """Whom we trust and who we are. Raises OSError for files that cannot be used."""
        context = ssl.create_default_context(cafile=self.ca_file)
        if self.client_cert is not None:
            # An empty passphrase: a key that has one fails, instead of asking the terminal.
            context.load_cert_chain(self.client_cert, self.client_key, password="")
        return context

    async def open(self, loop: asyncio.AbstractEventLoop, host: str, port: int) -> socket.socket:
        """A socket whose other end is `host`. Raises OSError."""
        if not self.proxy:
            return await _dial(loop, host, port)
        address = urlsplit(self.proxy)
        opened = await _dial(loop, address.hostname or "", address.port or 80)
        try:
            await self._ask_proxy(
                loop, opened, f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
            )
        except BaseException:  # cancelled too: a socket that nobody gets is closed, all goes on up
            opened.close()
            raise
        return opened

    async def _ask_proxy(
        self, loop: asyncio.AbstractEventLoop, opened: socket.socket, authority: str
    ) -> None:
        lines = [f"CONNECT {authority} HTTP/1.1", f"host: {authority}"]
        if self.proxy_secret:
            secret = b64encode(self.proxy_secret.encode()).decode()
            lines.append(f"proxy-authorization: Basic {secret}")
        await loop.sock_sendall(opened, "\r\n".join([*lines, "\r\n"]).encode("ascii"))
        answer = b""
        while b"\r\n\r\n" not in answer:
            part = await loop.sock_recv(opened, 4096)
            answer += part
            if not part or len(answer) > MOST_OF_ANSWER:
                raise ProxyRefused
        # What follows the head would be the provider's, who has no reason to speak first.
        version, _, status = answer[:12].partition(b" ")
        is_open = version in (b"HTTP/1.1", b"HTTP/1.0") and status[:1] == b"2"
        if not is_open or not answer.endswith(b"\r\n\r\n") or answer.count(b"\r\n\r\n") != 1:
            raise ProxyRefused


DIRECT = Way()


async def _dial(loop: asyncio.AbstractEventLoop, host: str, port: int) -> socket.socket:
    addresses = await loop.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP
    )
    return await start_connection(
        addresses, happy_eyeballs_delay=SECOND_ADDRESS, interleave=1, loop=loop
    )
