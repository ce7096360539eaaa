"""One model call, from the caller's bytes to the last byte back.

The order is always: who, what, may it, make it so, write it down, send,
restore, write it down. Whatever happens in between — a refusal, a provider
that breaks off, a caller who leaves — the call has an intent and an outcome in
the ledger, and the outcome is durable before the reply ends.
"""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from time import perf_counter_ns

import orjson

from curtilage.core.canonical import LARGEST, Json
from curtilage.core.clock import Clock
from curtilage.core.entropy import Entropy
from curtilage.core.errors import CurtilageError
from curtilage.core.ids import Ids
from curtilage.core.models import Event, Sealed
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
from curtilage.gateway.calling import Calling, Outgoing, check_query
from curtilage.gateway.engine import Admitted, Engine, Inbound, Outbound, Session
from curtilage.gateway.errors import InternalFault, KeyLimitReached, UpstreamFailed
from curtilage.gateway.headers import returned_headers
from curtilage.gateway.meters import Meters
from curtilage.gateway.ports import Allotments, Recorder, SnapshotSource, UpstreamReply
from curtilage.gateway.pulse import Pulse, Waiting
from curtilage.gateway.rejections import Rejections
from curtilage.gateway.sessions import Sessions
from curtilage.gateway.snapshot import Snapshot
from curtilage.gateway.wire.error_bodies import error_headers
from curtilage.gateway.wire.facts import ReplyStats
from curtilage.gateway.wire.protocols import RouteProtocol, StreamRewriter
from curtilage.gateway.wire.stream_json import read_frame, write_frame
from curtilage.vault.seal import seal_event_part

log = logging.getLogger(__name__)

STREAMED = b"text/event-stream"
FOREVER = float("inf")


@dataclass(frozen=True, slots=True)
class Line:
    """All that a call needs, made once per worker."""

    engine: Engine
    snapshots: SnapshotSource
    sessions: Sessions
    allotments: Allotments
    recorder: Recorder
    calling: Calling
    pulse: Pulse
    meters: Meters
    rejections: Rejections
    clock: Clock
    ids: Ids
    entropy: Entropy


class Exchange:
    """The state of one call. `run` goes through it once."""

    __slots__ = (
        "_admitted", "_began", "_bytes_in", "_bytes_out", "_commit_us", "_inbound", "_intent", "_line",
        "_outbound", "_protocol", "_receive", "_reply", "_scope", "_send", "_session", "_snapshot",
        "_started", "_stats", "_status", "_tokens_reserved", "_waiting", "_work_ns", "request_id",
    )  # fmt: skip

    def __init__(
        self, line: Line, protocol: RouteProtocol, scope: ASGIScope, receive: Receive, send: Send
    ) -> None:
        self._line = line
        self._protocol = protocol
        self._scope, self._receive, self._send = scope, receive, send
        self.request_id = line.ids.new()
        self._began = perf_counter_ns()
        self._snapshot: Snapshot | None = None
        self._admitted: Admitted | None = None
        self._inbound: Inbound | None = None
        self._session: Session | None = None
        self._outbound: Outbound | None = None
        self._intent: Event | None = None
        self._reply: UpstreamReply | None = None
        self._waiting: Waiting | None = None
        self._started = False
        self._status = 0
        self._bytes_in = self._bytes_out = 0
        self._work_ns = self._commit_us = 0
        self._tokens_reserved = 0
        self._stats: Mapping[str, Json] = {}

    async def run(self) -> None:
        """Serve the call. Every end of it is recorded; nothing but cancellation escapes."""
        leaving: asyncio.Task[None] | None = None
        try:
            await self._take_in()
            leaving = self._watch_leaving()
            await self._let_out()
        except CallerLeft:
            await self._close(records.ABORTED, "caller-left")
        except CurtilageError as error:
            await self._refuse(error)
        except asyncio.CancelledError:
            await self._end_cancelled()
        except Exception:  # a bug: the caller gets a refusal, the log the place, neither a value
            log.error(
                "exchange failed",
                extra={"event": "bug", "request_id": self.request_id},
                exc_info=True,
            )
            await self._refuse(InternalFault())
        finally:
            if leaving is not None:
                leaving.cancel()
            if self._waiting is not None:
                self._line.pulse.leave(self._waiting)
            if self._reply is not None:
                await self._reply.close()

    async def _take_in(self) -> None:
        """Admit the caller, read the body, protect what it holds."""
        line, protocol = self._line, self._protocol
        check_query(self._scope["query_string"])
        self._snapshot = snapshot = line.snapshots.current()
        self._admitted = admitted = line.engine.admit(
            snapshot, self._scope["headers"], line.clock.now()
        )
        if admitted.refusal is not None:
            raise admitted.refusal
        raw = await read_body(self._receive, limit=snapshot.settings.max_body_bytes)
        self._bytes_in = len(raw)
        await self._take_allotment(admitted, len(raw))
        work = perf_counter_ns()
        self._inbound = inbound = line.engine.read(snapshot, admitted, protocol, raw)
        self._work_ns = perf_counter_ns() - work
        self._session = session = await line.sessions.get(admitted.scope)
        work = perf_counter_ns()
        self._outbound = line.engine.protect(snapshot, admitted, protocol, inbound, session)
        self._work_ns += perf_counter_ns() - work

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

    def _watch_leaving(self) -> "asyncio.Task[None]":
        task = asyncio.current_task()
        assert task is not None
        self._waiting = Waiting(task, FOREVER, FOREVER, FOREVER)
        return asyncio.get_running_loop().create_task(self._cancel_when_left(self._waiting))

    async def _cancel_when_left(self, waiting: Waiting) -> None:
        await wait_for_leave(self._receive)
        waiting.reason = waiting.reason or "caller-left"
        waiting.task.cancel()

    async def _let_out(self) -> None:
        """Write the intent down, send, and bring the reply back."""
        snapshot, admitted, inbound = self._snapshot, self._admitted, self._inbound
        outbound, waiting = self._outbound, self._waiting
        assert snapshot and admitted and inbound and outbound and waiting
        await self._intend()
        self._limit_time(waiting, snapshot)
        self._line.pulse.enter(waiting)
        outgoing = Outgoing(
            self._protocol, inbound.target, outbound.body, self._scope["query_string"]
        )
        self._reply = reply = await self._line.calling.send(snapshot, admitted, outgoing)
        self._line.pulse.leave(waiting)
        self._status = reply.status
        headers = returned_headers(reply.headers)
        if reply.status == 200 and self._protocol.rewriter and _is_stream(headers):
            rewriter = self._protocol.rewriter(outbound.held, inbound.facts, ())
            await self._stream_back(reply, headers, rewriter)
        else:
            await self._send_back(reply, headers, snapshot)

    def _limit_time(self, waiting: Waiting, snapshot: Snapshot) -> None:
        total = snapshot.settings.total_timeout
        waiting.ends_at = self._line.clock.monotonic() + total if total else FOREVER
        inbound = self._inbound
        if inbound is not None and inbound.facts.stream:
            waiting.beat = self._beat

    async def _beat(self) -> None:
        """A sign of life: after long silence, and even before the provider's first byte."""
        await self._begin_stream(200, [(b"content-type", STREAMED)])
        await send_part(self._send, self._protocol.keepalive, more=True)

    async def _begin_stream(self, status: int, headers: Headers) -> None:
        if not self._started:
            self._started = True
            headers.append((b"cache-control", b"no-store"))
            await start_reply(self._send, status, [*headers, *self._own_headers()])

    async def _stream_back(
        self, reply: UpstreamReply, headers: Headers, rewriter: StreamRewriter
    ) -> None:
        """Pass the stream on as it comes, restored. Its last frame waits for the record."""
        waiting, pulse = self._waiting, self._line.pulse
        assert waiting
        await self._begin_stream(reply.status, self._with_logprobs(headers, rewriter.stats))
        while True:
            pulse.enter(waiting)
            chunk = await reply.read()
            pulse.leave(waiting)
            if waiting.beating is not None:
                await waiting.beating
                waiting.beating = None
            work = perf_counter_ns()
            ready = rewriter.feed(chunk) if chunk else b""
            ended = not chunk or rewriter.ended
            if ended:
                ready += rewriter.close()
            self._work_ns += perf_counter_ns() - work
            self._bytes_out += len(ready)
            if ended:
                await self._end_stream(rewriter.stats, ready)
                return
            if ready:
                await send_part(self._send, ready, more=True)

    async def _end_stream(self, stats: ReplyStats, rest: bytes) -> None:
        self._stats = _facts_of(stats)
        if not stats.complete and not stats.failed:
            await send_part(self._send, rest, more=True)
            raise UpstreamFailed("broken", sent=True)
        kind = records.FAILED if stats.failed else records.COMPLETED
        await self._close(kind, "provider-error" if stats.failed else "")
        await send_part(self._send, rest, more=False)

    def _with_logprobs(self, headers: Headers, stats: ReplyStats) -> Headers:
        return (
            [*headers, (b"x-curtilage-logprobs", b"withheld")]
            if stats.logprobs_withheld
            else headers
        )

    async def _send_back(self, reply: UpstreamReply, headers: Headers, snapshot: Snapshot) -> None:
        raw = await self._read_whole(reply, snapshot.settings.max_reply_bytes)
        work = perf_counter_ns()
        body, stats = self._restore(raw, reply.status)
        self._work_ns += perf_counter_ns() - work
        self._bytes_out = len(body)
        self._stats = _facts_of(stats)
        headers = self._with_logprobs(headers, stats)
        kind = records.COMPLETED if reply.status < 400 else records.FAILED
        await self._close(kind, "" if reply.status < 400 else "provider-error")
        if self._started:
            frame = (
                body
                if reply.status < 400
                else self._protocol.error_frame(
                    UpstreamFailed("broken", sent=True), self.request_id
                )
            )
            await send_part(self._send, frame, more=False)
            return
        self._started = True
        await send_whole(self._send, reply.status, [*headers, *self._own_headers()], body)

    async def _read_whole(self, reply: UpstreamReply, limit: int) -> bytes:
        waiting = self._waiting
        assert waiting
        parts: list[bytes] = []
        size = 0
        while True:
            self._line.pulse.enter(waiting)
            chunk = await reply.read()
            self._line.pulse.leave(waiting)
            if not chunk:
                return b"".join(parts)
            parts.append(chunk)
            size += len(chunk)
            if size > limit:
                raise UpstreamFailed("oversize", sent=True)

    def _restore(self, raw: bytes, status: int) -> tuple[bytes, ReplyStats]:
        """The caller's form of a whole reply; the provider's own bytes where nothing changed."""
        outbound, inbound = self._outbound, self._inbound
        assert outbound and inbound
        document = read_frame(raw) if status < 400 else None
        if document is None:
            return raw, ReplyStats(failed=status >= 400)
        stats = self._protocol.restore_reply(document, outbound.held, inbound.facts, ())
        changed = stats.restored or stats.logprobs_withheld
        return write_frame(document, raw) if changed else raw, stats

    def _own_headers(self) -> Headers:
        found = self._outbound.found if self._outbound is not None else {}
        counts = ", ".join(f"{kind}={count}" for kind, count in sorted(found.items()))
        return [
            (b"x-curtilage-request-id", self.request_id.encode()),
            (b"x-curtilage-protected", counts.encode() or b"none"),
        ]

    async def _intend(self) -> None:
        """The intent, durable. Nothing has left before this returns."""
        outbound, inbound = self._outbound, self._inbound
        assert outbound and inbound
        began = perf_counter_ns()
        self._intent = self._make_intent(
            {
                "model": inbound.facts.model,
                "upstream": inbound.target.upstream,
                "destination": inbound.target.destination,
                "stream": inbound.facts.stream,
                "slots": outbound.slots,
                "found": outbound.found,
            }
        )
        await self._line.recorder.append(self._intent)
        self._commit_us = (perf_counter_ns() - began) // 1000

    def _make_intent(self, facts: Mapping[str, Json]) -> Event:
        admitted, session, outbound = self._admitted, self._session, self._outbound
        assert admitted and self._snapshot
        return records.intended(
            request_id=self.request_id,
            at=self._line.clock.now(),
            tenant=self._snapshot.tenant,
            actor=session.loaded.actor if session else "",
            actor_kind=admitted.principal.kind.value,
            subject=session.loaded.subject if session else "",
            purpose=admitted.purpose,
            decision=outbound.decision if outbound else None,
            facts={"route": self._protocol.kind, "bytes_in": self._bytes_in, **facts},
            sealed=self._seal(admitted, session),
        )

    def _seal(self, admitted: Admitted, session: Session | None) -> Sealed | None:
        """What only the key of this scope opens: which key, session and address asked."""
        if session is None:
            return None
        client = self._scope.get("client")
        part = {
            "key": admitted.key.id,
            "session": admitted.headers.session,
            "subject": admitted.headers.subject,
            "address": client[0] if client else "",
        }
        return seal_event_part(
            session.seal_key,
            orjson.dumps(part),
            self.request_id,
            key_id=session.loaded.key_id,
            entropy=self._line.entropy,
        )

    async def _close(self, kind: str, reason: str) -> None:
        """Write the outcome down, once; durable when this returns."""
        intent, self._intent = self._intent, None
        if intent is None:
            return
        facts: dict[str, Json] = {
            "status": self._status,
            "bytes_out": self._bytes_out,
            "overhead_us": self._work_ns // 1000,
            "commit_us": self._commit_us,
            "total_us": (perf_counter_ns() - self._began) // 1000,
            **self._stats,
        }
        if reason:
            facts["reason"] = reason
        self._count(kind)
        self._settle_tokens()
        line = self._line
        await line.recorder.append(
            records.outcome(
                event_id=line.ids.new(), at=line.clock.now(), kind=kind, intent=intent, facts=facts
            )
        )

    def _count(self, kind: str) -> None:
        meters = self._line.meters
        meters.count(f"exchanges:{self._protocol.kind}:{kind.removeprefix('exchange.')}")
        meters.observe_overhead(self._work_ns // 1000)
        if self._outbound is not None:
            for name, count in self._outbound.found.items():
                meters.count(f"findings:{name}", count)

    def _settle_tokens(self) -> None:
        admitted = self._admitted
        if admitted is None or not admitted.key.tokens_per_minute:
            return
        used = sum(
            value
            for name, value in self._stats.items()
            if name in ("tokens_in", "tokens_out") and isinstance(value, int)
        )
        if used:
            self._line.allotments.settle(admitted.key.id, tokens=used - self._tokens_reserved)

    async def _refuse(self, error: CurtilageError) -> None:
        """Tell the caller in the protocol's own shape, after the record of it."""
        sent = isinstance(error, UpstreamFailed)
        await self._record_refusal(error, records.FAILED if sent else records.REFUSED)
        if self._started:
            await send_part(
                self._send, self._protocol.error_frame(error, self.request_id), more=False
            )
            return
        status, body = self._protocol.error_body(error, self.request_id)
        self._started = True
        await send_whole(self._send, status, error_headers(error, self.request_id), body)

    async def _record_refusal(self, error: CurtilageError, kind: str) -> None:
        """An intent (if there is none yet) and an outcome, or a count for the unknown."""
        self._status = self._status or error.status
        try:
            if self._admitted is None:
                self._line.rejections.count(error.code)
                return
            if self._intent is None:
                await self._find_session()
                self._intent = self._make_intent({})
                self._line.recorder.append(self._intent).add_done_callback(_retrieve)
            await self._close(kind, error.code)
        except CurtilageError:
            # The record cannot be written. Nothing leaves, so refusing is still right; the
            # ledger's own failure is counted and raised by its checks.
            self._line.meters.count("unrecorded")

    async def _find_session(self) -> None:
        if self._session is None and self._admitted is not None:
            self._session = await self._line.sessions.get(self._admitted.scope)

    async def _end_cancelled(self) -> None:
        """The caller left, time ran out, or the worker stops."""
        reason = self._waiting.reason if self._waiting is not None else ""
        task = asyncio.current_task()
        if reason in ("idle", "timeout"):
            if task is not None:
                task.uncancel()
            await self._refuse(UpstreamFailed(reason, sent=True))
            return
        await self._close(records.ABORTED, reason or "worker-stopped")
        if reason != "caller-left":
            raise asyncio.CancelledError


def _is_stream(headers: Headers) -> bool:
    return any(name == b"content-type" and STREAMED in value for name, value in headers)


def _facts_of(stats: ReplyStats) -> dict[str, Json]:
    """What the record keeps of a reply: counts and the protocol's own short words."""
    facts: dict[str, Json] = {"restored": dict(stats.restored), "finish": list(stats.finish)}
    for name in ("mangled", "unknown"):
        if getattr(stats, name):
            facts[name] = getattr(stats, name)
    usage = stats.usage
    for name, count in (
        ("tokens_in", usage.prompt),
        ("tokens_out", usage.completion),
        ("tokens_cached", usage.cached),
    ):
        if count is not None:
            facts[name] = min(count, LARGEST)
    return facts


def _retrieve(future: "asyncio.Future[None]") -> None:
    """Look at a future whose outcome another one tells, so that it is not lost loudly."""
    if not future.cancelled():
        future.exception()
