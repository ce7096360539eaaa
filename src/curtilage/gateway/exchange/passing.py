"""A call that may leave: written down, sent, and its reply brought back."""

from functools import partial
from time import perf_counter_ns

from curtilage.gateway import records
from curtilage.gateway.asgi import Headers
from curtilage.gateway.errors import CredentialRefused, UpstreamFailed
from curtilage.gateway.exchange.call import Call, Ready
from curtilage.gateway.exchange.ending import close_answered
from curtilage.gateway.exchange.task import Sending
from curtilage.gateway.headers import returned_headers
from curtilage.gateway.ports import UpstreamReply
from curtilage.gateway.pulse import FOREVER
from curtilage.gateway.recording import facts_of
from curtilage.gateway.repeatable import read_wish
from curtilage.gateway.replycache import CachedCall, Question
from curtilage.gateway.replying import is_stream, read_whole, restore_whole, with_logprobs
from curtilage.gateway.replywatch import ReplyWatch
from curtilage.gateway.snapshot import Snapshot
from curtilage.gateway.wire.facts import ReplyStats, Usage
from curtilage.gateway.wire.protocols import StreamRewriter

GONE = (200, 204, 404)  # the provider keeps it no longer


class Passing:
    """The state of one call from its intent to its outcome. `run` goes through it once."""

    __slots__ = ("_cached", "_call", "_ready", "_task")

    def __init__(self, call: Call, task: Sending, ready: Ready) -> None:
        self._call, self._task, self._ready = call, task, ready
        self._cached: CachedCall | None = None

    async def run(self) -> None:
        """Write the intent down, send, and bring the reply back."""
        call, ready = self._call, self._ready
        record, inbound = call.record, ready.inbound
        if isinstance(ready.outbound.held.watch, ReplyWatch):
            record.watch = ready.outbound.held.watch
        if inbound.target.cache:
            self._consult_cache()
        await self._reserve()
        await record.intend(call.who(ready.snapshot, ready.admitted))
        begin_to_wait(call, ready.snapshot, streamed=inbound.facts.stream)
        call.reply = reply = await self._send()
        self._take_served()
        call.caller.rest()
        record.status = record.bill.status = reply.status
        if reply.status == 401 and ready.admitted.headers.credential is None:
            raise CredentialRefused
        await self._bring_back(reply, returned_headers(reply.headers))

    async def _reserve(self) -> None:
        """Take what the call may cost from the budgets of its payer, before anything leaves."""
        record, ready = self._call.record, self._ready
        bill, now = self._task.make_bill(ready), self._call.services.clock.now()
        payer, prices = ready.admitted.payer, ready.snapshot.prices
        record.account.reserved = await record.bill.reserve(payer, prices, bill, now)

    def _consult_cache(self) -> None:
        """Find a reply to the same question, before it is written down that any is asked."""
        call, ready = self._call, self._ready
        question = Question(
            ready.snapshot, ready.admitted, ready.session, call.protocol.kind, ready.inbound,
            ready.outbound.body, call.query.forwarded,
        )  # fmt: skip
        cached = call.services.cache.consult(question, read_wish(call.scope["headers"]))
        if cached is not None:
            self._cached = cached
            call.record.account.cache = outcome = records.HIT if cached.reply else records.MISS
            call.services.registrar.meters.count(f"cached:{outcome}")

    async def _send(self) -> UpstreamReply:
        """Send what may leave, or take the reply that is kept to the same question."""
        record, ready = self._call.record, self._ready
        record.bill.was_sent = True  # unless the provider was never reached
        if self._cached is not None and self._cached.reply is not None:
            return self._cached.reply
        record.passage.is_shared = bool(ready.inbound.target.others)
        outgoing = self._task.make_outgoing(ready)
        upstream_calls = self._call.services.upstream_calls
        reply = await upstream_calls.send(ready.snapshot, ready.admitted, outgoing, record.passage)
        return self._cached.copy(reply) if self._cached is not None else reply

    def _take_served(self) -> None:
        """What was served elsewhere than planned is kept there, and has the price of there."""
        record, inbound = self._call.record, self._ready.inbound
        served = record.passage.served
        if served is not None and served.upstream != inbound.target.upstream:
            at = self._call.services.clock.now().date()
            prices = self._ready.snapshot.prices
            record.bill.charge_at(prices.find(served.model, served.upstream, at))
            inbound.target = served
            self._cached = None  # what another said is no answer of the one that was asked

    async def _bring_back(self, reply: UpstreamReply, headers: Headers) -> None:
        """The reply, restored: as it comes where it streams, else in one piece."""
        protocol, ready = self._call.protocol, self._ready
        settings, is_file = ready.snapshot.settings, protocol.streams_file
        streams = is_file or is_stream(headers, protocol.dialect.stream_type)
        if reply.status != 200 or protocol.rewriter is None or not streams:
            await self._send_back(reply, headers)
            return
        inbound, outbound = ready.inbound, ready.outbound
        rewriter = protocol.rewriter(outbound.held, inbound.facts, outbound.outbound_tools)
        # What was sent is let go of: a stream may be open for very long.
        inbound.document, inbound.untouched, outbound.body = None, b"", b""
        limit = settings.max_download_bytes if is_file else settings.max_reply_bytes
        await self._stream_back(reply, headers, rewriter, limit=limit)

    async def _stream_back(
        self, reply: UpstreamReply, headers: Headers, rewriter: StreamRewriter, *, limit: int
    ) -> None:
        """Pass the stream on as it comes, restored. Its last frame waits for the record.

        Raises UpstreamFailed once more than `limit` bytes have come."""
        call, task = self._call, self._task
        caller, pulse, record = call.caller, call.services.pulse, call.record
        waiting = caller.waiting
        taken = 0
        await caller.begin_stream(reply.status, with_logprobs(headers, rewriter.stats))
        while True:
            pulse.enter(waiting)
            chunk = await reply.read()
            if waiting.beating is not None:
                await caller.finish_beat()
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
            if task.keeps or rewriter.stats.given:
                await task.keep(self._ready, rewriter.stats)
            if ended:
                await self._end_stream(rewriter.stats, ready)
                return
            if ready:
                await caller.send_part(ready, more=True)

    async def _end_stream(self, stats: ReplyStats, rest: bytes) -> None:
        caller = self._call.caller
        self._note_reply(stats)
        if not stats.complete and not stats.failed:
            await caller.send_part(rest, more=True)
            raise UpstreamFailed("broken", sent=True)
        caller.rest()
        await self._close(stats, failed=stats.failed)
        await caller.send_part(rest, more=False)

    async def _send_back(self, reply: UpstreamReply, headers: Headers) -> None:
        """Restore a whole reply and send it, after the record of it."""
        call, task = self._call, self._task
        caller, record = call.caller, call.record
        body, stats = await self._read_whole(reply)
        record.bytes_out = len(body)
        self._note_reply(stats)
        await caller.finish_beat()
        if caller.started:  # signs of life went out already: a stream was asked for, none came
            raise UpstreamFailed("broken", sent=True)
        caller.rest()
        if (task.keeps or stats.given) and reply.status == 200:
            await task.keep(self._ready, stats)
        if call.protocol.forgets and reply.status in GONE:
            await task.forget(self._ready)
        await self._close(stats, failed=reply.status >= 400)
        await caller.send_whole(reply.status, with_logprobs(headers, stats), body)

    async def _read_whole(self, reply: UpstreamReply) -> tuple[bytes, ReplyStats]:
        call, ready = self._call, self._ready
        services, limit = call.services, ready.snapshot.settings.max_reply_bytes
        raw = await read_whole(reply, services.pulse, call.caller.waiting, limit=limit)
        work = perf_counter_ns()
        restore = partial(
            restore_whole,
            raw,
            status=reply.status,
            protocol=call.protocol,
            inbound=ready.inbound,
            outbound=ready.outbound,
        )
        restored = await services.aside.run(len(raw), restore)
        call.record.work_ns += perf_counter_ns() - work
        return restored

    def _note_reply(self, stats: ReplyStats) -> None:
        """For the record. What the provider counted for a reply that is given again, it
        counted when it made it."""
        record = self._call.record
        if record.account.cache == records.HIT:
            stats.usage = Usage()
        record.stats = facts_of(stats)

    async def _close(self, stats: ReplyStats, *, failed: bool) -> None:
        """The outcome of a call that the provider answered, durable."""
        await close_answered(self._call, failed=failed)
        if self._cached is not None and not failed:
            self._cached.keep(stats)


def begin_to_wait(call: Call, snapshot: Snapshot, *, streamed: bool) -> None:
    """From here on a provider is waited for, and no longer than a call may take."""
    total = snapshot.settings.total_timeout
    ends_at = call.services.clock.monotonic() + total if total else FOREVER
    call.caller.await_reply(ends_at=ends_at, streamed=streamed)
