"""One connection to a provider that speaks HTTP/2: many calls at once (RFC 9113).

h2 keeps the protocol's state. What is added here is whose bytes are whose, how much may wait
for a slow caller, and what may be tried again: a stream that the provider says it has not
looked at was not sent; any other that ends early may have been served.
"""

import asyncio
import socket
from contextlib import suppress
from typing import cast

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import (
    DataReceived,
    Event,
    InformationalResponseReceived,
    RemoteSettingsChanged,
    ResponseReceived,
    StreamEnded,
    StreamReset,
)
from h2.exceptions import H2Error
from h2.settings import SettingCodes, Settings
from hpack import HeaderTuple, NeverIndexedHeaderTuple

from curtilage.core.errors import PeerError
from curtilage.gateway.adapters.http1_connection import READ_BUFFER
from curtilage.gateway.adapters.http2_stream import Stream
from curtilage.gateway.errors import UpstreamFailed
from curtilage.gateway.wire.body import Body
from curtilage.gateway.wire.http2 import Fields, FrameCutter, GoAway

MOST_STREAMS = 100  # calls at once over one connection: what RFC 9113 §6.5.2 asks for at least
MOST_INTERIM = 16  # heads before the one of the reply
MOST_OF_HEAD = 64 * 1024
MOST_REMEMBERED = 4096  # bytes of names and values that headers are shortened by: the usual size
# Never written into a table of either side: RFC 7541 §7.1.3. h2 knows `authorization` itself.
_SECRETS = dict.fromkeys((b"x-api-key", b"api-key", b"x-goog-api-key"), NeverIndexedHeaderTuple)
_OURS = {
    SettingCodes.ENABLE_PUSH: 0,
    SettingCodes.INITIAL_WINDOW_SIZE: READ_BUFFER,
    SettingCodes.MAX_HEADER_LIST_SIZE: MOST_OF_HEAD,
}


class Http2Connection(asyncio.Protocol):
    """What the event loop tells of a connection, as streams that can be awaited."""

    def __init__(self, loop: asyncio.AbstractEventLoop, opened: socket.socket) -> None:
        self._loop = loop
        self._socket = opened
        config = H2Configuration(client_side=True, header_encoding=False)
        self._h2 = H2Connection(config)
        self._h2.local_settings = Settings(client=True, initial_values=_OURS)
        self._cutter = FrameCutter()
        self._transport: asyncio.Transport | None = None
        self._streams: dict[int, Stream] = {}
        self._ready: asyncio.Future[None] = loop.create_future()
        self._drained: asyncio.Future[None] | None = None
        self.is_leaving = False  # it takes no more calls
        self.idle_since = loop.time()

    # What the pool asks.

    @property
    def has_room(self) -> bool:
        """Whether one more call may begin here."""
        most = min(self._h2.remote_settings.max_concurrent_streams, MOST_STREAMS)
        is_open = not self.is_leaving and self._transport is not None
        return is_open and len(self._streams) < most and (bool(self._streams) or self._is_quiet())

    def _is_quiet(self) -> bool:
        """Whether nothing came to an idle connection that the loop has not seen yet.

        It may be the end of it; whoever calls next would not know what became of the call."""
        try:
            self._socket.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return True
        except OSError:
            pass
        return False

    @property
    def takes_any(self) -> bool:
        """Whether the provider takes calls at all."""
        return not self.is_leaving and self._h2.remote_settings.max_concurrent_streams > 0

    @property
    def is_idle(self) -> bool:
        return not self._streams

    async def opened(self) -> None:
        """Until the provider has said how many calls it takes. Raises UpstreamFailed."""
        await asyncio.shield(self._ready)

    async def call(self, fields: Fields, body: Body) -> Stream:
        """Send a request; returns when the head of its reply is there. Raises UpstreamFailed."""
        stream = self._begin(fields, is_last=not body)
        try:
            if body:
                await self._write(stream, body)
            while not stream.has_head:
                await stream.wait()
        except H2Error:  # the connection has broken, and the loop has not said so yet
            await stream.close()
            raise UpstreamFailed("broken", sent=True) from None
        except BaseException:  # cancelled, above all: the caller left
            await stream.close()
            raise
        return stream

    def _begin(self, fields: Fields, *, is_last: bool) -> Stream:
        try:
            id = self._h2.get_next_available_stream_id()
            named = [_SECRETS.get(name, HeaderTuple)(name, value) for name, value in fields]
            self._h2.send_headers(id, named, end_stream=is_last)
        except H2Error:  # no number is left, or the connection is not what we think
            self.retire()
            raise UpstreamFailed("connect", sent=False) from None
        stream = self._streams[id] = Stream(self, id)
        self._flush()
        return stream

    async def _write(self, stream: Stream, body: Body) -> None:
        """Send the body as fast as the provider takes it."""
        at = 0
        while at < len(body):
            if stream.failed is not None:
                raise stream.failed
            if stream.is_complete:
                return  # answered before it was read: no more of it is wanted
            most = min(
                self._h2.local_flow_control_window(stream.id), self._h2.max_outbound_frame_size
            )
            if most <= 0:
                await stream.wait()
                continue
            piece = body[at : at + most]
            at += len(piece)
            self._h2.send_data(stream.id, piece, end_stream=at == len(body))
            self._flush()
            if self._drained is not None:
                await asyncio.shield(self._drained)
            elif at % READ_BUFFER < most:
                await asyncio.sleep(0)  # one long body does not make others wait

    def give_back(self, id: int, size: int) -> None:
        """Let the provider send as much again as was read."""
        if size and self._transport is not None:
            with suppress(H2Error):  # broken, and its end is on the way
                self._h2.acknowledge_received_data(size, id)
            self._flush()

    def let_go(self, stream: Stream, owed: int) -> None:
        """Forget a call; the provider is told to stop where it is not through."""
        if self._streams.pop(stream.id, None) is None:
            return
        if stream.failed is None and not (stream.is_complete and self._is_through(stream.id)):
            with suppress(H2Error):
                self._h2.reset_stream(stream.id, ErrorCodes.CANCEL)
        self.give_back(stream.id, owed)
        self._flush()
        self.idle_since = self._loop.time()
        if self.is_leaving and not self._streams:
            self.abort()

    def _is_through(self, id: int) -> bool:
        """Whether both sides have said all of a stream."""
        known = self._h2.streams.get(id)
        return known is None or known.closed

    def retire(self) -> None:
        """Take no more calls; those under way end well."""
        self.is_leaving = True
        if not self._streams:
            self.abort()

    def abort(self) -> None:
        """End the connection now."""
        self.is_leaving = True
        if self._transport is not None:
            self._transport.abort()

    def _flush(self) -> None:
        data = self._h2.data_to_send()
        if data and self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    # What the event loop tells.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """TLS is there: the first bytes are ours (RFC 9113 §3.4)."""
        self._transport = cast("asyncio.Transport", transport)
        self._h2.initiate_connection()
        # Room for all streams, each with its window full: none that is slow stops another.
        self._h2.increment_flow_control_window(MOST_STREAMS * READ_BUFFER)
        self._flush()

    def data_received(self, data: bytes) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        try:
            frames, leaving = self._cutter.feed(data)
            events = self._h2.receive_data(frames) if frames else []
            for event in events:
                self._take(event)
            for goaway in leaving:
                self._go_away(goaway)
        except (H2Error, PeerError):
            self._flush()  # h2 has said what was wrong
            self.abort()
            return
        self._flush()

    def _take(self, event: Event) -> None:
        stream = self._streams.get(getattr(event, "stream_id", 0) or 0)
        if isinstance(event, DataReceived):
            self._take_data(event, stream)
        elif isinstance(event, RemoteSettingsChanged):
            self._take_settings()
        elif stream is None:
            self._wake_all()
        elif isinstance(event, ResponseReceived):
            self._take_head(event, stream)
        elif isinstance(event, InformationalResponseReceived):
            stream.interim += 1
            if stream.interim > MOST_INTERIM:
                raise UpstreamFailed("broken", sent=True)
        elif isinstance(event, StreamEnded):
            stream.is_complete = True
            stream.wake()
        elif isinstance(event, StreamReset):
            # Only of a refused stream it is certain that nobody looked at it (RFC 9113 §8.7).
            is_refused = event.error_code == ErrorCodes.REFUSED_STREAM
            stream.fail(sent=stream.has_head or not is_refused)
        else:
            stream.wake()  # its window is wider

    def _take_settings(self) -> None:
        """What the provider allows. More memory for names of ours than is usual, we do not use."""
        table = self._h2.remote_settings.header_table_size
        self._h2.encoder.header_table_size = min(table, MOST_REMEMBERED)
        if not self._ready.done():
            self._ready.set_result(None)
        self._wake_all()

    def _wake_all(self) -> None:
        """Who waits for a window may go on."""
        for stream in self._streams.values():
            stream.wake()

    def _take_data(self, event: DataReceived, stream: Stream | None) -> None:
        size = event.flow_controlled_length or 0
        if stream is not None and stream.has_head:
            stream.take(event.data or b"", size)
        elif size:
            self._h2.acknowledge_received_data(size, event.stream_id or 0)

    def _take_head(self, event: ResponseReceived, stream: Stream) -> None:
        fields = [
            (name.decode("latin-1"), value.decode("latin-1")) for name, value in event.headers or ()
        ]
        status = next((value for name, value in fields if name == ":status"), "")
        if not (len(status) == 3 and status.isascii() and status.isdigit()):
            raise UpstreamFailed("broken", sent=True)
        stream.status = int(status)
        stream.headers = [(name, value) for name, value in fields if name[:1] != ":"]
        stream.has_head = True
        stream.wake()

    def _go_away(self, goaway: GoAway) -> None:
        """The provider ends the connection: what it began, it may still answer."""
        self.is_leaving = True
        for stream in list(self._streams.values()):
            if stream.id > goaway.last:
                stream.fail(sent=stream.has_head)
        if not self._streams:
            self.abort()

    def eof_received(self) -> None:
        """Nothing more comes."""
        self.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self.is_leaving = True
        self.resume_writing()
        if not self._ready.done():
            self._ready.set_exception(UpstreamFailed("connect", sent=False))
            self._ready.exception()  # somebody may still ask, or nobody does
        for stream in self._streams.values():
            stream.fail(sent=True)

    def pause_writing(self) -> None:
        self._drained = self._loop.create_future()

    def resume_writing(self) -> None:
        drained, self._drained = self._drained, None
        if drained is not None and not drained.done():
            drained.set_result(None)
