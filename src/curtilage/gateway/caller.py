"""The caller's side of one call: its body, its reply, and whether it is still there.

Nothing here knows what a call is about. `pulse` ends a caller who takes too
long, sends a sign of life to one who waits, and begins to watch over those
whose call lasts: `leave` and what `watch` found make an exchange end.
"""

import asyncio

from curtilage.core.errors import CurtilageError
from curtilage.gateway.asgi import (
    CallerLeft,
    Headers,
    Receive,
    Send,
    read_body,
    send_part,
    send_whole,
    start_reply,
    wait_for_leave,
)
from curtilage.gateway.pulse import FOREVER, Pulse, Waiting
from curtilage.gateway.recording import Recording
from curtilage.gateway.settings import GatewaySettings
from curtilage.gateway.wire.protocols import RouteProtocol


class Caller:
    """Who asked, until the last byte is taken. `started` says that a reply has begun.

    `record` gives the headers of ours that a reply begins with.
    """

    __slots__ = (
        "_is_read",
        "_leaving",
        "_protocol",
        "_pulse",
        "_receive",
        "_record",
        "_send",
        "started",
        "waiting",
    )

    def __init__(
        self,
        pulse: Pulse,
        protocol: RouteProtocol,
        receive: Receive,
        send: Send,
        record: Recording,
    ) -> None:
        self._pulse = pulse
        self._protocol = protocol
        self._receive, self._send = receive, send
        self._leaving: asyncio.Task[None] | None = None
        task = asyncio.current_task()
        assert task is not None
        self.waiting = Waiting(task)
        self._record = record
        self.started = self._is_read = False

    async def read_body(self, settings: GatewaySettings) -> bytes:
        """All of it. Raises BodyTooLarge or CallerLeft; who is too slow is cancelled."""
        self._pulse.enter_sender(self.waiting, within=settings.read_timeout)
        try:
            return await read_body(self._receive, limit=settings.max_body_bytes)
        finally:
            self._pulse.leave(self.waiting)

    async def read_piece(self, settings: GatewaySettings) -> bytes | None:
        """The next piece of it, None at its end. Raises CallerLeft; who is silent for too
        long is cancelled, and so is who takes longer than a call may."""
        if self._is_read:
            return None
        if self.waiting.ends_at == FOREVER and settings.total_timeout:
            self.waiting.ends_at = self._pulse.monotonic() + settings.total_timeout
        self._pulse.enter_sender(self.waiting, within=settings.read_timeout)
        try:
            message = await self._receive()
        finally:
            self._pulse.leave(self.waiting)
        if message["type"] == "http.disconnect":
            raise CallerLeft
        self._is_read = not message.get("more_body")
        return bytes(message.get("body", b""))

    def await_reply(self, *, ends_at: float, streamed: bool) -> None:
        """From now on a provider is waited for, until `ends_at` on the monotonic clock."""
        self.waiting.ends_at = ends_at
        self.waiting.watch = self._watch
        if streamed:
            self.waiting.beat = self._beat
        self._pulse.enter(self.waiting)

    def rest(self) -> None:
        """Nobody is waited for: our own work is under no clock."""
        self._pulse.leave(self.waiting)

    def _watch(self) -> None:
        self._leaving = asyncio.get_running_loop().create_task(self._cancel_when_left())

    async def _cancel_when_left(self) -> None:
        await wait_for_leave(self._receive)
        self.waiting.reason = self.waiting.reason or "caller-left"
        self.waiting.task.cancel()

    async def _beat(self) -> None:
        """A sign of life: after long silence, and even before the provider's first byte."""
        await self._begin(200, [(b"content-type", self._protocol.dialect.stream_type)])
        await send_part(self._send, self._protocol.keepalive, more=True)

    async def _begin(self, status: int, headers: Headers) -> None:
        if not self.started:
            self.started = True
            await start_reply(self._send, status, [*headers, *self._record.headers()])

    async def finish_beat(self) -> None:
        """A sign of life that is on its way goes before anything else."""
        beating, self.waiting.beating = self.waiting.beating, None
        if beating is not None:
            self._pulse.enter_reader(self.waiting)
            await beating

    async def begin_stream(self, status: int, headers: Headers) -> None:
        self._pulse.enter_reader(self.waiting)
        await self._begin(status, headers)

    async def send_part(self, body: bytes, *, more: bool) -> None:
        """A piece of a stream; the caller is waited for, as long as it takes some."""
        self._pulse.enter_reader(self.waiting)
        await send_part(self._send, body, more=more)

    async def send_whole(self, status: int, headers: Headers, body: bytes) -> None:
        self.started = True
        self._pulse.enter_reader(self.waiting)
        await send_whole(self._send, status, [*headers, *self._record.headers()], body)

    async def tell(self, error: CurtilageError) -> None:
        """An error in the protocol's own shape: the reply, or the last frame of one.

        Where frames know no errors nothing more is sent, and no end: the server cuts it."""
        self.waiting.ends_at = FOREVER  # what is over time is told so
        self._pulse.enter_reader(self.waiting)
        await self.finish_beat()
        request_id = self._record.request_id
        if self.started:
            frame = self._protocol.error_frame(error, request_id)
            if frame:
                await send_part(self._send, frame, more=False)
            return
        self.started = True
        status, body = self._protocol.error_body(error, request_id)
        headers = [
            *self._protocol.dialect.error_headers(error, request_id),
            *self._record.policy_headers(),
        ]
        await send_whole(self._send, status, headers, body)

    def let_go(self) -> None:
        """Let go of all that waits for this call, and it of us.

        A ring of references would keep the call's values until the collector comes by."""
        waiting = self.waiting
        self._pulse.leave(waiting)
        waiting.beat = waiting.watch = None
        if self._leaving is not None:
            self._leaving.cancel()
            self._leaving = None
        if waiting.beating is not None:
            waiting.beating.cancel()
            waiting.beating = None
