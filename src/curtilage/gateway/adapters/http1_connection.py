"""One connection to a provider: HTTP/1.1, one call after the other.

llhttp (httptools) reads the replies, as strictly as it does by default. What is
added here is whose bytes are whose: a connection over which anything came
unasked, or not to its end, is never used again (RFC 9112 §9.3), so that no
caller is ever handed another one's reply.
"""

import asyncio
import socket
from typing import cast

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from curtilage.gateway.errors import UpstreamFailed
from curtilage.gateway.wire.body import Body

READ_BUFFER = 256 * 1024  # bytes held for a slow caller before the provider is made to wait
WRITE_PIECE = 256 * 1024  # bytes handed to the system at once, between other callers' work
MOST_OF_HEAD = 64 * 1024  # bytes of a head, and of anything else that is no content
_FRAMING = (b"content-length", b"transfer-encoding")  # without either, the end is the connection's


class Connection(asyncio.Protocol):
    """What the event loop tells of a connection, as a reply that can be awaited."""

    __slots__ = (
        "_besides", "_chunks", "_complete", "_drained", "_framed", "_full", "_has_head", "_is_aborted",
        "_is_lost", "_keep", "_loop", "_parser", "_size", "_socket", "_spoilt", "_transport", "_waiter",
        "headers", "idle_since", "status",
    )  # fmt: skip

    def __init__(self, loop: asyncio.AbstractEventLoop, opened: socket.socket) -> None:
        self._loop = loop
        self._socket = opened
        self._parser: HttpResponseParser | None = None
        self._transport: asyncio.Transport | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._drained: asyncio.Future[None] | None = None
        self._full = self._is_lost = self._is_aborted = False
        self._spoilt = False  # it is never used again, though its reply may still come to its end
        self.idle_since = 0.0
        self._begin()
        self._complete = True  # nothing was asked yet, so nothing may come

    def _begin(self) -> None:
        self.status = 0
        self.headers: list[tuple[str, str]] = []
        self._chunks: list[bytes] = []
        self._size = self._besides = 0
        self._has_head = self._framed = self._complete = self._keep = False

    @property
    def is_reusable(self) -> bool:
        """Whether the last call ended cleanly, was read, and nothing came after it."""
        transport = self._transport
        return (
            self._complete
            and self._keep
            and not self._spoilt
            and not self._full  # nothing more would be heard of it
            and transport is not None
            and not transport.is_closing()
            and not transport.get_write_buffer_size()  # answered before all of it was written
        )

    @property
    def is_open(self) -> bool:
        """Whether an idle connection can take a call: it is open, and nothing came.

        The system is asked, too. It may hold an end, or a reply to nothing, that the loop
        has not seen yet; whoever calls next would be handed it."""
        if self._spoilt or self._transport is None or self._transport.is_closing():
            return False
        try:
            self._socket.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False

    async def call(self, head: bytes, body: Body) -> None:
        """Send a request; returns when the head of its reply is there.

        Raises UpstreamFailed. Whatever ends the wait early ends the connection too. Where
        a connection that was used before is lost now, the request may have arrived all
        the same: that is `sent`, and nobody tries it again (RFC 9110 §9.2.2).
        """
        self._begin()
        try:
            await self._write(head, body)
            while not self._has_head:
                await self._wait()
        except BaseException:  # cancelled, above all: the caller left
            self.abort()
            raise

    async def read(self) -> bytes:
        """All that has come since; waits where nothing has, b"" at the end."""
        while not self._chunks:
            if self._complete:
                return b""
            await self._wait()
        chunks, self._chunks, self._size = self._chunks, [], 0
        if self._full:
            self._full = False
            if self._transport is not None and not self._is_lost:
                self._transport.resume_reading()
        return chunks[0] if len(chunks) == 1 else b"".join(chunks)

    def let_go(self) -> None:
        """Forget the call. What is idle holds nothing of it."""
        self.headers, self._chunks = [], []

    def abort(self) -> None:
        """End the connection now, and with it whatever the provider still does."""
        self._spoilt = self._is_aborted = True
        if self._transport is not None:
            self._transport.abort()

    async def _write(self, head: bytes, body: Body) -> None:
        transport = self._transport
        if transport is None or transport.is_closing():
            raise UpstreamFailed("broken", sent=False)
        if len(body) <= WRITE_PIECE:
            transport.writelines((head, body[:]))
            return
        transport.write(head)
        for start in range(0, len(body), WRITE_PIECE):
            if self._is_lost:
                return  # a reply may have come before
            if self._has_head:  # answered before it was read: no more of it is wanted
                self._spoilt = True
                return
            transport.write(body[start : start + WRITE_PIECE])
            await asyncio.sleep(0)  # a provider who takes all at once does not make others wait
            if self._drained is not None:
                await self._drained

    async def _wait(self) -> None:
        if self._is_lost or self._is_aborted:
            raise UpstreamFailed("broken", sent=True)
        self._waiter = self._loop.create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
        if self._has_head and self._drained is not None and not self._drained.done():
            self._drained.set_result(None)  # who answers early may read no further

    # What the event loop tells.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Told once more with the transport of TLS, should there be any left to speak over."""
        if not self._is_lost:
            self._transport = cast("asyncio.Transport", transport)
            self._parser = HttpResponseParser(self)

    def data_received(self, data: bytes) -> None:
        if self._is_aborted or self._parser is None:
            return  # TLS may still hand over what it has
        if self._complete:
            self.abort()  # unasked
            return
        self._besides += len(data)
        try:
            self._parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade):  # no HTTP, or another protocol from here on
            self.abort()
        if self._besides > MOST_OF_HEAD and not self._complete:
            self.abort()
        if self._size > READ_BUFFER and not self._full and not self._is_aborted:
            self._full = True
            assert self._transport is not None
            self._transport.pause_reading()
        self._wake()

    def eof_received(self) -> None:
        """Nothing more comes. What is left of a request has no reader: nobody waits for it."""
        if self._transport is not None:
            self._transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._is_lost = True
        if self._has_head and not self._framed and not self._is_aborted and exc is None:
            self._complete = True  # RFC 9112 §6.3: without a length it ends with its connection
        self._parser = self._transport = None  # they refer to this object
        self.resume_writing()
        self._wake()

    def pause_writing(self) -> None:
        self._drained = self._loop.create_future()

    def resume_writing(self) -> None:
        drained, self._drained = self._drained, None
        if drained is not None and not drained.done():
            drained.set_result(None)

    # What the parser tells.

    def on_message_begin(self) -> None:
        if self._complete:  # a second reply to one request
            self._spoilt = True

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._has_head:  # later ones are trailers
            lower = name.lower()
            self._framed = self._framed or lower in _FRAMING
            self.headers.append((lower.decode("latin-1"), value.decode("latin-1").rstrip(" \t")))

    def on_headers_complete(self) -> None:
        assert self._parser is not None
        if self._complete or self._is_aborted:
            return
        status = self._parser.get_status_code()
        if status >= 200 and not self._is_too_long():
            self.status, self._has_head, self._besides = status, True, 0
        elif 100 <= status < 200:  # an interim reply (RFC 9110 §15.2)
            self.headers, self._framed = [], False
        else:
            self.abort()

    def _is_too_long(self) -> bool:
        """Whether the head is; what came with it in one piece is not counted."""
        if self._besides <= MOST_OF_HEAD:
            return False
        return sum(len(name) + len(value) for name, value in self.headers) > MOST_OF_HEAD

    def on_body(self, body: bytes) -> None:
        if self._has_head and not self._complete:
            self._chunks.append(body)
            self._size += len(body)
            self._besides = 0

    def on_message_complete(self) -> None:
        assert self._parser is not None
        if self._has_head and not self._complete:
            self._complete = True
            self._keep = self._parser.should_keep_alive()
