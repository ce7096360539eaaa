"""One model call, from the caller's bytes to the last byte back.

The order is always: who, what, may it, make it so, write it down, send,
restore, write it down. Whatever happens in between — a refusal, a provider
that breaks off, a caller who leaves — the call has an intent and an outcome in
the ledger, and the outcome is durable before the reply ends.
"""

import asyncio
import logging
from dataclasses import dataclass, field
from functools import partial
from time import perf_counter_ns

from curtilage.core.clock import Clock
from curtilage.core.errors import CurtilageError, UnavailableError
from curtilage.gateway import records
from curtilage.gateway.asgi import (
    ASGIScope,
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
from curtilage.gateway.aside import Aside
from curtilage.gateway.calling import Calling, Outgoing, check_query
from curtilage.gateway.engine import Admitted, Engine, Inbound, Outbound, Session
from curtilage.gateway.errors import (
    BodyTooSlow,
    CredentialRefused,
    InternalFault,
    KeyLimitReached,
    UpstreamFailed,
)
from curtilage.gateway.headers import returned_headers
from curtilage.gateway.ports import Allotments, SnapshotSource, UpstreamReply
from curtilage.gateway.pulse import FOREVER, Pulse, Turn, Waiting
from curtilage.gateway.recording import Recording, Registrar, Who, facts_of
from curtilage.gateway.rejections import Rejections
from curtilage.gateway.replying import (
    STREAMED,
    is_stream,
    read_whole,
    restore_whole,
    with_logprobs,
)
from curtilage.gateway.sessions import Sessions
from curtilage.gateway.snapshot import Snapshot
from curtilage.gateway.wire.error_bodies import error_headers
from curtilage.gateway.wire.facts import ReplyStats
from curtilage.gateway.wire.protocols import RouteProtocol, StreamRewriter

log = logging.getLogger(__name__)

PLAIN = ("", "identity")  # content-encodings that are none
# How a call is recorded whose caller did not take the reply, by what ran out.
UNREAD = {"idle": "caller-stalled", "timeout": "call-timeout"}


@dataclass(frozen=True, slots=True)
class Line:
    """All that a call needs, made once per worker."""

    engine: Engine
    snapshots: SnapshotSource
    sessions: Sessions
    allotments: Allotments
    registrar: Registrar
    calling: Calling
    pulse: Pulse
    rejections: Rejections
    clock: Clock
    aside: Aside = field(default_factory=Aside)


class Exchange:
    """The state of one call. `run` goes through it once."""

    __slots__ = (
        "_admitted", "_inbound", "_leaving", "_line", "_outbound", "_protocol", "_receive", "_record", "_reply",
        "_scope", "_send", "_session", "_snapshot", "_started", "_tokens_reserved", "_waiting",
    )  # fmt: skip

    def __init__(
        self, line: Line, protocol: RouteProtocol, scope: ASGIScope, receive: Receive, send: Send
    ) -> None:
        self._line = line
        self._protocol = protocol
        self._scope, self._receive, self._send = scope, receive, send
        self._record = Recording(line.registrar, protocol.kind)
        self._snapshot: Snapshot | None = None
        self._admitted: Admitted | None = None
        self._inbound: Inbound | None = None
        self._session: Session | None = None
        self._outbound: Outbound | None = None
        self._reply: UpstreamReply | None = None
        self._waiting: Waiting | None = None
        self._leaving: asyncio.Task[None] | None = None
        self._started = False
        self._tokens_reserved = 0

    async def run(self) -> None:
        """Serve the call. Every end of it is recorded; nothing but cancellation escapes."""
        try:
            await self._serve()
        except asyncio.CancelledError:
            # Of a call that has ended already: its caller did not take even that.
            if self._waiting is None or not self._waiting.reason:
                raise
        finally:
            await self._let_go()

    async def _serve(self) -> None:
        try:
            await self._take_in()
            await self._let_out()
        except CallerLeft:
            await self._record_ending(records.ABORTED, "caller-left")
        except CurtilageError as error:
            await self._refuse(error)
        except asyncio.CancelledError:
            await self._end_cancelled()
        except Exception:  # a bug: the caller gets a refusal, the log the place, neither a value
            extra = {"event": "bug", "request_id": self._record.request_id}
            log.error("exchange failed", extra=extra, exc_info=True)
            await self._refuse(InternalFault())

    async def _let_go(self) -> None:
        """Let go of all that waits for this call, and it of us.

        A ring of references would keep the call's values until the collector comes by."""
        waiting = self._waiting
        if self._leaving is not None:
            self._leaving.cancel()
            self._leaving = None
        if waiting is not None:
            self._line.pulse.leave(waiting)
            waiting.beat = waiting.watch = None
            if waiting.beating is not None:
                waiting.beating.cancel()
                waiting.beating = None
        if self._reply is not None:
            await self._reply.close()

    async def _take_in(self) -> None:
        """Admit the caller, read the body, protect what it holds."""
        line, record = self._line, self._record
        check_query(self._scope["query_string"])
        self._snapshot = snapshot = line.snapshots.current()
        record.account.policy = snapshot.policy.reference
        self._admitted = admitted = line.engine.admit(
            snapshot, self._scope["headers"], line.clock.now()
        )
        if admitted.refusal is not None:
            raise admitted.refusal
        raw = await self._read_body(snapshot)
        record.bytes_in = len(raw)
        await self._take_allotment(admitted, len(raw))
        self._session = session = await line.sessions.get(admitted.scope)
        work = perf_counter_ns()
        given = (snapshot, admitted, self._protocol, raw, session)
        take_in = partial(line.engine.take_in, *given, account=record.account)
        size = _size_of_work(admitted, raw, limit=snapshot.settings.max_body_bytes)
        try:
            self._inbound, self._outbound = await line.aside.run(size, take_in)
        finally:
            record.work_ns = perf_counter_ns() - work

    async def _read_body(self, snapshot: Snapshot) -> bytes:
        task, pulse, settings = asyncio.current_task(), self._line.pulse, snapshot.settings
        assert task is not None
        self._waiting = waiting = Waiting(task)
        pulse.enter_sender(waiting, within=settings.read_timeout)
        try:
            return await read_body(self._receive, limit=settings.max_body_bytes)
        finally:
            pulse.leave(waiting)

    async def _take_allotment(self, admitted: Admitted, size: int) -> None:
        """Count the call against the key's limits, with an estimate of its tokens."""
        key = admitted.key
        if not key.requests_per_minute and not key.tokens_per_minute:
            return
        estimate = size // 4 if key.tokens_per_minute else 0
        wait = self._line.allotments.take(key.id, tokens=estimate)
        if wait is None:
            wait = await self._line.allotments.lease(key.id, tokens=estimate)
        if wait > 0:
            raise KeyLimitReached(f"Try again in {wait} s.", retry_after=wait)
        self._tokens_reserved = estimate

    def _watch_leaving(self) -> None:
        assert self._waiting is not None
        watching = self._cancel_when_left(self._waiting)
        self._leaving = asyncio.get_running_loop().create_task(watching)

    async def _cancel_when_left(self, waiting: Waiting) -> None:
        await wait_for_leave(self._receive)
        waiting.reason = waiting.reason or "caller-left"
        waiting.task.cancel()

    async def _let_out(self) -> None:
        """Write the intent down, send, and bring the reply back."""
        snapshot, admitted, inbound = self._snapshot, self._admitted, self._inbound
        outbound, waiting = self._outbound, self._waiting
        assert snapshot and admitted and inbound and outbound and waiting
        await self._record.intend(self._who(snapshot, admitted))
        self._limit_time(waiting, snapshot, streamed=inbound.facts.stream)
        self._line.pulse.enter(waiting)
        outgoing = Outgoing(
            self._protocol, inbound.target, outbound.body, self._scope["query_string"]
        )
        self._reply = reply = await self._line.calling.send(snapshot, admitted, outgoing)
        self._line.pulse.leave(waiting)
        self._record.status = reply.status
        if reply.status == 401 and admitted.headers.credential is None:
            raise CredentialRefused
        headers = returned_headers(reply.headers)
        if reply.status == 200 and self._protocol.rewriter and is_stream(headers):
            rewriter = self._protocol.rewriter(
                outbound.held, inbound.facts, outbound.outbound_tools
            )
            limit = snapshot.settings.max_reply_bytes
            await self._stream_back(reply, headers, rewriter, limit=limit)
        else:
            await self._send_back(reply, headers, snapshot, inbound, outbound)

    def _who(self, snapshot: Snapshot, admitted: Admitted) -> Who:
        client = self._scope.get("client")
        return Who(snapshot.tenant, admitted, self._session, client[0] if client else "")

    def _limit_time(self, waiting: Waiting, snapshot: Snapshot, *, streamed: bool) -> None:
        total = snapshot.settings.total_timeout
        waiting.ends_at = self._line.clock.monotonic() + total if total else FOREVER
        waiting.watch = self._watch_leaving
        if streamed:
            waiting.beat = self._beat

    async def _beat(self) -> None:
        """A sign of life: after long silence, and even before the provider's first byte."""
        await self._begin_stream(200, [(b"content-type", STREAMED)])
        await send_part(self._send, self._protocol.keepalive, more=True)

    async def _begin_stream(self, status: int, headers: Headers) -> None:
        if not self._started:
            self._started = True
            await start_reply(self._send, status, [*headers, *self._own_headers()])

    async def _finish_beat(self) -> None:
        """A sign of life that is on its way goes before anything else."""
        waiting = self._waiting
        if waiting is not None and waiting.beating is not None:
            beating, waiting.beating = waiting.beating, None
            self._line.pulse.enter_reader(waiting)
            await beating

    async def _stream_back(
        self, reply: UpstreamReply, headers: Headers, rewriter: StreamRewriter, *, limit: int
    ) -> None:
        """Pass the stream on as it comes, restored. Its last frame waits for the record.

        Raises UpstreamFailed once more than `limit` bytes have come."""
        waiting, pulse, record = self._waiting, self._line.pulse, self._record
        assert waiting
        taken = 0
        pulse.enter_reader(waiting)
        await self._begin_stream(reply.status, with_logprobs(headers, rewriter.stats))
        while True:
            pulse.enter(waiting)
            chunk = await reply.read()
            pulse.enter_reader(waiting)
            if waiting.beating is not None:
                await self._finish_beat()
            taken += len(chunk)
            if taken > limit:
                raise UpstreamFailed("oversize", sent=True)
            work = perf_counter_ns()
            ready = rewriter.feed(chunk) if chunk else b""
            ended = not chunk or rewriter.ended
            if ended:
                ready += rewriter.close()
            record.work_ns += perf_counter_ns() - work
            record.bytes_out += len(ready)
            if ended:
                await self._end_stream(waiting, rewriter.stats, ready)
                return
            if ready:
                await send_part(self._send, ready, more=True)

    async def _end_stream(self, waiting: Waiting, stats: ReplyStats, rest: bytes) -> None:
        self._record.stats = facts_of(stats)
        if not stats.complete and not stats.failed:
            await send_part(self._send, rest, more=True)
            raise UpstreamFailed("broken", sent=True)
        self._line.pulse.leave(waiting)
        await self._close(failed=stats.failed)
        self._line.pulse.enter_reader(waiting)
        await send_part(self._send, rest, more=False)

    async def _send_back(
        self,
        reply: UpstreamReply,
        headers: Headers,
        snapshot: Snapshot,
        inbound: Inbound,
        outbound: Outbound,
    ) -> None:
        """Restore a whole reply and send it, after the record of it."""
        waiting, record = self._waiting, self._record
        assert waiting
        limit = snapshot.settings.max_reply_bytes
        raw = await read_whole(reply, self._line.pulse, waiting, limit=limit)
        work = perf_counter_ns()
        restore = partial(
            restore_whole,
            raw,
            status=reply.status,
            protocol=self._protocol,
            inbound=inbound,
            outbound=outbound,
        )
        body, stats = await self._line.aside.run(len(raw), restore)
        record.work_ns += perf_counter_ns() - work
        record.bytes_out = len(body)
        record.stats = facts_of(stats)
        await self._finish_beat()
        if self._started:  # signs of life went out already: a stream was asked for, none came
            raise UpstreamFailed("broken", sent=True)
        self._line.pulse.leave(waiting)
        await self._close(failed=reply.status >= 400)
        self._started = True
        self._line.pulse.enter_reader(waiting)
        headers = [*with_logprobs(headers, stats), *self._own_headers()]
        await send_whole(self._send, reply.status, headers, body)

    async def _close(self, *, failed: bool) -> None:
        """The outcome of a call that the provider answered, durable."""
        self._settle_tokens()
        if failed:
            await self._record.close(records.FAILED, "provider-error")
        else:
            await self._record.close(records.COMPLETED)

    def _settle_tokens(self) -> None:
        admitted = self._admitted
        if admitted is None or not admitted.key.tokens_per_minute:
            return
        counted = [self._record.stats.get(name) for name in ("tokens_in", "tokens_out")]
        used = sum(count for count in counted if isinstance(count, int))
        if used:
            self._line.allotments.settle(admitted.key.id, tokens=used - self._tokens_reserved)

    def _own_headers(self) -> Headers:
        protected = self._record.account.count_protected()
        counts = ", ".join(f"{kind}={count}" for kind, count in sorted(protected.items()))
        return [
            (b"x-curtilage-request-id", self._record.request_id.encode()),
            (b"x-curtilage-protected", counts.encode() or b"none"),
            (b"cache-control", b"no-store"),  # what was restored is for this caller alone
            *self._policy_headers(),
        ]

    def _policy_headers(self) -> Headers:
        """That nothing is protected is said in every reply."""
        is_open = self._snapshot is not None and self._snapshot.policy.observe
        return [(b"x-curtilage-policy", b"observe")] if is_open else []

    async def _refuse(self, error: CurtilageError) -> None:
        """Tell the caller in the protocol's own shape, after the record of it."""
        if self._waiting is not None:
            self._line.pulse.leave(self._waiting)
        # Once the intent is written only what is missing here keeps the call from being sent.
        failed = self._record.is_begun and not isinstance(error, UnavailableError)
        self._record.status = self._record.status or error.status
        await self._record_ending(records.FAILED if failed else records.REFUSED, error.code)
        await self._tell(error)

    async def _tell(self, error: CurtilageError) -> None:
        request_id = self._record.request_id
        if self._waiting is not None:
            self._waiting.ends_at = FOREVER  # what is over time is told so
            self._line.pulse.enter_reader(self._waiting)
            await self._finish_beat()
        if self._started:
            await send_part(self._send, self._protocol.error_frame(error, request_id), more=False)
            return
        status, body = self._protocol.error_body(error, request_id)
        self._started = True
        headers = [*error_headers(error, request_id), *self._policy_headers()]
        await send_whole(self._send, status, headers, body)

    async def _record_ending(self, kind: str, reason: str) -> None:
        """An outcome, and an intent where there is none yet; a count for the unknown."""
        record, snapshot, admitted = self._record, self._snapshot, self._admitted
        try:
            if snapshot is None or admitted is None:
                self._line.rejections.count(reason)
                return
            if not record.is_begun:
                self._session = self._session or await self._line.sessions.get(admitted.scope)
                record.intend_refused(self._who(snapshot, admitted))
            await record.close(kind, reason)
        except CurtilageError:
            # The record cannot be written. Nothing leaves, so refusing is still right; the
            # ledger's own failure is counted and raised by its checks.
            self._line.registrar.meters.count("unrecorded")

    async def _end_cancelled(self) -> None:
        """The caller left, time ran out, or the worker stops."""
        waiting, task = self._waiting, asyncio.current_task()
        if waiting is None or task is None or not waiting.reason:
            await self._record_ending(records.ABORTED, "worker-stopped")
            raise asyncio.CancelledError
        task.uncancel()
        if not waiting.is_overdue:
            await self._record_ending(records.ABORTED, waiting.reason)
        elif waiting.turn is Turn.READER:
            await self._record_ending(records.ABORTED, UNREAD[waiting.reason])
        elif waiting.turn is Turn.SENDER:
            await self._refuse(BodyTooSlow())
        else:
            await self._refuse(UpstreamFailed(waiting.reason, sent=True))


def _size_of_work(admitted: Admitted, raw: bytes, *, limit: int) -> int:
    """How many bytes are to be gone through. What a packed body unfolds to is known too late."""
    return len(raw) if admitted.headers.encoding in PLAIN else limit
