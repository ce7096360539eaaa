"""A provider over HTTP, through aiohttp.

Chosen by measurement, see docs/decisions/0003-upstream-client.md: what counted
was that a caller who leaves ends the provider's work at any point. Redirects,
cookies and decompression are off: a provider's reply is read as it was sent,
from where it was asked.
"""

import ssl
from collections.abc import Sequence
from io import BytesIO

from aiohttp import (
    ClientConnectionError,
    ClientConnectorError,
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    DummyCookieJar,
    TCPConnector,
)
from yarl import URL

from curtilage.gateway.errors import UpstreamFailed
from curtilage.gateway.ports import UpstreamReply, UpstreamRequest

READ_BUFFER = 256 * 1024  # bytes held for a slow caller before the provider is made to wait
DNS_SECONDS = 60
LARGE_BODY = 1024 * 1024  # aiohttp warns of bytes from this size on: writing them holds the loop
NAMES_WE_SET = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")


class ProviderReply:
    """A streamed reply. `read` gives chunks as the network does."""

    __slots__ = ("_response", "headers", "status")

    def __init__(self, response: ClientResponse) -> None:
        self._response = response
        self.status = response.status
        self.headers: Sequence[tuple[str, str]] = list(response.headers.items())

    async def read(self) -> bytes:
        try:
            return await self._response.content.readany()
        except (ClientError, ConnectionError):
            raise UpstreamFailed("broken", sent=True) from None
        except TimeoutError:
            raise UpstreamFailed("timeout", sent=True) from None

    async def close(self) -> None:
        """Back into the pool when read to its end; otherwise the connection is closed."""
        if self._response.content.at_eof():
            self._response.release()
        else:
            self._response.close()


def _in_pieces(body: bytes) -> bytes | BytesIO:
    """A large body as a file, which aiohttp sends in pieces between other callers' work."""
    return body if len(body) < LARGE_BODY else BytesIO(body)


class Provider:
    """One provider's connection pool. Made inside the loop that uses it."""

    def __init__(self, base_url: str, *, connect_timeout: float) -> None:
        self._base = base_url.rstrip("/")
        self._session = ClientSession(
            connector=TCPConnector(
                limit=0, ttl_dns_cache=DNS_SECONDS, ssl=ssl.create_default_context()
            ),
            timeout=ClientTimeout(total=None, sock_connect=connect_timeout),
            cookie_jar=DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            skip_auto_headers=NAMES_WE_SET,
            read_bufsize=READ_BUFFER,
        )

    async def send(self, request: UpstreamRequest) -> UpstreamReply:
        query = f"?{request.query}" if request.query else ""
        try:
            response = await self._session.request(
                request.method,
                URL(f"{self._base}{request.path}{query}", encoded=True),
                headers=request.headers,
                data=_in_pieces(request.body),
                allow_redirects=False,
            )
        except (ClientConnectorError, ConnectionTimeoutError):
            raise UpstreamFailed("connect", sent=False) from None
        except TimeoutError:
            raise UpstreamFailed("timeout", sent=True) from None
        except (ClientConnectionError, ClientError, ConnectionError):
            raise UpstreamFailed("broken", sent=True) from None
        if response.headers.get("content-encoding", "identity") != "identity":
            response.close()  # unread, it could neither be restored nor be told how it is packed
            raise UpstreamFailed("encoded", sent=True)
        return ProviderReply(response)

    async def close(self) -> None:
        await self._session.close()
