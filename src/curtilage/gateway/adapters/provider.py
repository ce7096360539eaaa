"""A provider over HTTP, through pyreqwest (Rust's reqwest).

Chosen by measurement: see docs/decisions/0003-upstream-client.md. Redirects,
cookies, referers and decompression are off: a provider's reply is read as it
was sent, from where it was asked.
"""

from collections.abc import Sequence
from datetime import timedelta

from pyreqwest.client import Client, ClientBuilder
from pyreqwest.exceptions import (
    ConnectError,
    ConnectTimeoutError,
    PyreqwestError,
    ReadTimeoutError,
    RequestTimeoutError,
)
from pyreqwest.request import StreamRequest
from pyreqwest.response import Response

from curtilage.gateway.errors import UpstreamFailed
from curtilage.gateway.ports import UpstreamReply, UpstreamRequest

READ_BUFFER = 256 * 1024  # bytes held for a slow caller before the provider is made to wait


class ProviderReply:
    """A streamed reply. `read` gives chunks as the network does."""

    __slots__ = ("_reader", "_request", "headers", "status")

    def __init__(self, request: StreamRequest, response: Response) -> None:
        self._request = request
        self._reader = response.body_reader
        self.status = response.status
        self.headers: Sequence[tuple[str, str]] = list(response.headers.items())

    async def read(self) -> bytes:
        try:
            chunk = await self._reader.read_chunk()
        except PyreqwestError as problem:
            raise _translate(problem, sent=True) from None
        return b"" if chunk is None else bytes(chunk)

    async def close(self) -> None:
        await self._request.__aexit__(None, None, None)


class Provider:
    """One provider's connection pool."""

    def __init__(self, base_url: str, *, connect_timeout: float) -> None:
        self._base = base_url.rstrip("/")
        self._client: Client = (
            ClientBuilder()
            .connect_timeout(timedelta(seconds=connect_timeout))
            .follow_redirects(False)
            .referer(False)
            .gzip(False)
            .brotli(False)
            .zstd(False)
            .deflate(False)
            .no_proxy()
            .user_agent("curtilage")
            .http1_lower_case_headers()
            .tcp_keepalive(timedelta(seconds=60))
            .build()
        )

    async def send(self, request: UpstreamRequest) -> UpstreamReply:
        query = f"?{request.query}" if request.query else ""
        builder = self._client.request(request.method, f"{self._base}{request.path}{query}")
        builder = builder.headers(request.headers).streamed_read_buffer_limit(READ_BUFFER)
        if request.body:
            builder = builder.body_bytes(request.body)
        call = builder.build_streamed()
        try:
            response = await call.__aenter__()
        except PyreqwestError as problem:
            raise _translate(problem, sent=not isinstance(problem, ConnectError | ConnectTimeoutError)) from None
        return ProviderReply(call, response)

    async def close(self) -> None:
        await self._client.close()


def _translate(problem: PyreqwestError, *, sent: bool) -> UpstreamFailed:
    """Our error, without the library's text: it may quote the address or a header."""
    if isinstance(problem, ConnectTimeoutError | ConnectError):
        return UpstreamFailed("connect", sent=False)
    if isinstance(problem, ReadTimeoutError | RequestTimeoutError):
        return UpstreamFailed("timeout", sent=sent)
    return UpstreamFailed("broken", sent=sent)
