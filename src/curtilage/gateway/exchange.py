"""One model call, from the caller's bytes to the last byte back.

The order is always: who, what, may it, make it so, write it down, send,
restore, write it down. Whatever happens in between — a refusal, a provider
that breaks off, a caller who leaves — the call has an intent and an outcome in
the ledger, and the outcome is durable before the reply ends.
"""

import asyncio
import logging
from dataclasses import dataclass, field, replace
from functools import partial
from time import perf_counter_ns

from curtilage.core.clock import Clock
from curtilage.core.errors import CurtilageError, UnavailableError
from curtilage.gateway import records
from curtilage.gateway.admitting import Admitted, admit
from curtilage.gateway.asgi import ASGIScope, CallerLeft, Headers, Receive, Send
from curtilage.gateway.aside import Aside
from curtilage.gateway.billing import Bill, BilledCall
from curtilage.gateway.caller import Caller
from curtilage.gateway.calling import Calling, Outgoing, read_query
from curtilage.gateway.engine import Engine, Inbound, Outbound, Session
from curtilage.gateway.errors import (
    BodyTooSlow,
    CredentialRefused,
    InternalFault,
    KeyLimitReached,
    ReplyElsewhere,
    UpstreamFailed,
    name_upstream,
)
from curtilage.gateway.files.holdings import Holdings
from curtilage.gateway.files.spool import Spools
from curtilage.gateway.headers import returned_headers
from curtilage.gateway.ports import Allotments, Budgets, SnapshotSource, UpstreamReply
from curtilage.gateway.pulse import FOREVER, Pulse, Turn
from curtilage.gateway.recall import Recall, adopt
from curtilage.gateway.recording import Recording, Registrar, Who, facts_of
from curtilage.gateway.rejections import Rejections
from curtilage.gateway.repeatable import read_wish
from curtilage.gateway.replycache import CachedCall, Question, ReplyCache
from curtilage.gateway.replying import is_stream, read_whole, restore_whole, with_logprobs
from curtilage.gateway.sessions import Sessions
from curtilage.gateway.snapshot import Snapshot
from curtilage.gateway.wire.errors import UnexpectedShape
from curtilage.gateway.wire.facts import ReplyStats, Usage
from curtilage.gateway.wire.file_protocols import FILE
from curtilage.gateway.wire.kept_query import KeptQuery
from curtilage.gateway.wire.protocols import RouteProtocol, StreamRewriter

log = logging.getLogger(__name__)

MOST_NAMED = 64  # files of one request; each may have a map of megabytes
GONE = (200, 404)  # the provider keeps it no longer
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
    budgets: Budgets
    registrar: Registrar
    calling: Calling
    pulse: Pulse
    rejections: Rejections
    clock: Clock
    recall: Recall
    holdings: Holdings
    cache: ReplyCache
    spools: Spools = field(default_factory=Spools)
    aside: Aside = field(default_factory=Aside)


class Exchange:
    """The state of one call. `run` goes through it once."""

    __slots__ = (
        "_admitted", "_cached", "_caller", "_inbound", "_is_to_be_kept", "_kept_id", "_line", "_model",
        "_outbound", "_protocol", "_query", "_record", "_reply", "_scope", "_session", "_sides", "_snapshot",
        "_tokens_reserved",
    )  # fmt: skip

    def __init__(  # noqa: PLR0917 -- what a call is made of
        self,
        line: Line,
        protocol: RouteProtocol,
        scope: ASGIScope,
        receive: Receive,
        send: Send,
        kept_id: str = "",
        model: str = "",
    ) -> None:
        self._line = line
        self._kept_id = kept_id
        self._model = model
        self._query = KeptQuery()
        self._is_to_be_kept = False
        self._protocol = protocol
        self._scope, self._sides = scope, (receive, send)
        self._record = Recording(line.registrar, protocol.kind, Bill(line.budgets))
        self._record.trace(scope)
        self._caller: Caller
        self._snapshot: Snapshot | None = None
        self._admitted: Admitted | None = None
        self._inbound: Inbound | None = None
        self._session: Session | None = None
        self._outbound: Outbound | None = None
        self._reply: UpstreamReply | None = None
        self._cached: CachedCall | None = None
        self._tokens_reserved = 0

    async def run(self) -> None:
        """Serve the call. Every end of it is recorded; nothing but cancellation escapes."""
        receive, send = self._sides
        self._caller = Caller(self._line.pulse, self._protocol, receive, send, self._record)
        try:
            await self._serve()
        except asyncio.CancelledError:
            # Of a call that has ended already: its caller did not take even that.
            if not self._caller.waiting.reason:
                raise
        except CallerLeft:
            pass  # nobody was there to take the refusal either
        finally:
            self._caller.let_go()
            self._record.bill.release()
            await self._let_go_of_reply()

    async def _let_go_of_reply(self) -> None:
        """Close the provider's reply. All was told and recorded: no fault of it matters more."""
        if self._reply is not None:
            try:
                await self._reply.close()
            except Exception:  # noqa: BLE001 -- as of a bug in `_serve`
                self._log_bug("a reply was not closed")

    def _log_bug(self, what: str) -> None:
        """The place of a bug, and of no value: the log's form leaves messages out."""
        extra = {"event": "bug", "request_id": self._record.request_id}
        log.error(what, extra=extra, exc_info=True)  # noqa: LOG014 -- handlers call it

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
        except Exception:  # noqa: BLE001 -- a bug: the caller gets a refusal, the log its place
            self._log_bug("exchange failed")
            await self._refuse(InternalFault())

    async def _take_in(self) -> None:
        """Admit the caller, read the body, protect what it holds."""
        line, record = self._line, self._record
        self._query = read_query(self._protocol, self._scope["query_string"])
        self._snapshot = snapshot = line.snapshots.current()
        record.account.policy = snapshot.policy.reference
        record.account.observes = snapshot.policy.observe
        self._admitted = admitted = admit(snapshot, self._scope["headers"], line.clock.now())
        record.account.group = admitted.key.group.id if admitted.key.group else ""
        if admitted.refusal is not None:
            raise admitted.refusal
        raw = await self._read(snapshot)
        record.bytes_in = record.bytes_in or len(raw)
        await self._take_allotment(admitted, len(raw))
        self._session = session = await line.sessions.get(admitted.scope)
        snapshot = self._hold_to(session, snapshot)
        await self._understand(snapshot, admitted, session, raw)

    async def _read(self, snapshot: Snapshot) -> bytes:
        """The body, as far as it is one document."""
        return await self._caller.read_body(snapshot.settings)

    async def _understand(
        self, snapshot: Snapshot, admitted: Admitted, session: Session, raw: bytes
    ) -> None:
        """Find out where the call goes, and protect what it holds."""
        line, record = self._line, self._record
        if self._protocol.of_kept:
            await self._take_up(snapshot, admitted, session, is_bare=not raw)
            return
        minting = session
        if self._protocol.by_collection:
            minting = await line.sessions.get(admitted.collection)
        work = perf_counter_ns()
        given = (snapshot, admitted, self._protocol, raw, minting)
        take_in = partial(line.engine.take_in, *given, account=record.account, model=self._model)
        size = _size_of_work(admitted, raw, limit=snapshot.settings.max_body_bytes)
        try:
            inbound, outbound = await line.aside.run(size, take_in)
        finally:
            record.work_ns = perf_counter_ns() - work
        self._inbound, self._outbound = inbound, outbound
        await line.recall.go_on(session, inbound, outbound.held)
        await self._take_files(admitted, inbound, outbound)
        self._is_to_be_kept = inbound.facts.stored

    async def _take_files(self, admitted: Admitted, inbound: Inbound, outbound: Outbound) -> None:
        """Hold what the files stand for that a request names. Raises UnknownHolding for those
        of anybody else: all callers share the provider's account."""
        if not outbound.files:
            return
        if len(outbound.files) > MOST_NAMED:
            raise UnexpectedShape(f"The request names more than {MOST_NAMED} files.")
        line = self._line
        owner = await line.sessions.get(admitted.owner)
        for id in outbound.files:
            file = await line.holdings.get(owner, id, FILE)
            target = inbound.target.find(file.upstream)
            if target is None:
                raise ReplyElsewhere
            inbound.target, inbound.account.upstream = target, target.upstream
            values = await line.holdings.find_map(owner, file.map)
            adopt(outbound.held, replace(file.as_kept(), values=values))

    def _hold_to(self, session: Session, snapshot: Snapshot) -> Snapshot:
        """From here on the policies decide that were in force since the session began.

        One that became looser applies to new sessions alone."""
        self._snapshot = held = snapshot.held_to(session.loaded.begun_at)
        account, policy = self._record.account, held.policy
        account.observes, account.held_to = policy.observe, policy.held_to
        return held

    async def _take_up(
        self, snapshot: Snapshot, admitted: Admitted, session: Session, *, is_bare: bool
    ) -> None:
        """Find what the provider keeps for this caller, and what it stands for."""
        if not is_bare:
            raise UnexpectedShape("This path takes no body.")
        kept = await self._line.recall.get(session, self._kept_id)
        self._inbound, self._outbound = self._line.engine.take_up(
            snapshot, admitted, self._protocol, kept, self._query, account=self._record.account
        )
        adopt(self._outbound.held, kept)

    async def _keep(self, stats: ReplyStats) -> None:
        """Keep what a reply stands for, once its id is known and before the caller learns it."""
        assert self._session and self._inbound and self._outbound
        if stats.reply_id:
            self._is_to_be_kept = False
            await self._line.recall.keep(
                self._session, stats.reply_id, self._inbound, self._outbound.held
            )

    async def _forget(self) -> None:
        """The provider keeps it no longer, and so do we."""
        assert self._session
        await self._line.recall.forget(self._session, self._kept_id)

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

    async def _let_out(self) -> None:
        """Write the intent down, send, and bring the reply back."""
        snapshot, admitted, inbound = self._snapshot, self._admitted, self._inbound
        outbound, caller = self._outbound, self._caller
        assert snapshot and admitted and inbound and outbound
        if inbound.target.cache:
            self._consult_cache(snapshot, admitted, inbound, outbound)
        await self._reserve(snapshot, admitted, inbound, outbound)
        await self._record.intend(self._who(snapshot, admitted))
        total = snapshot.settings.total_timeout
        ends_at = self._line.clock.monotonic() + total if total else FOREVER
        caller.await_reply(ends_at=ends_at, streamed=inbound.facts.stream)
        self._reply = reply = await self._send(snapshot, admitted, inbound, outbound)
        self._take_served(snapshot, inbound)
        caller.rest()
        self._record.status = self._record.bill.status = reply.status
        if reply.status == 401 and admitted.headers.credential is None:
            raise CredentialRefused
        headers = returned_headers(reply.headers)
        is_file, stream_type = self._protocol.streams_file, self._protocol.dialect.stream_type
        is_streamed = is_file or is_stream(headers, stream_type)
        if reply.status == 200 and self._protocol.rewriter and is_streamed:
            rewriter = self._protocol.rewriter(
                outbound.held, inbound.facts, outbound.outbound_tools
            )
            settings = snapshot.settings
            limit = settings.max_download_bytes if is_file else settings.max_reply_bytes
            # What was sent is let go of: a stream may be open for very long.
            inbound.document, inbound.untouched, outbound.body = None, b"", b""
            await self._stream_back(reply, headers, rewriter, limit=limit)
        else:
            await self._send_back(reply, headers, snapshot, inbound, outbound)

    async def _send(
        self, snapshot: Snapshot, admitted: Admitted, inbound: Inbound, outbound: Outbound
    ) -> UpstreamReply:
        """Send what may leave, or take the reply that is kept to the same question."""
        self._record.bill.was_sent = True  # unless the provider was never reached
        if self._cached is not None and self._cached.reply is not None:
            return self._cached.reply
        passage = self._record.passage
        passage.is_shared = bool(inbound.target.others)
        outgoing = self._make_outgoing(inbound, outbound)
        reply = await self._line.calling.send(snapshot, admitted, outgoing, passage)
        return self._cached.copy(reply) if self._cached is not None else reply

    def _make_outgoing(self, inbound: Inbound, outbound: Outbound) -> Outgoing:
        """What is to be sent."""
        return Outgoing(
            self._protocol,
            inbound.target,
            outbound.body,
            self._query.forwarded,
            self._kept_id,
            inbound.document,
        )

    def _consult_cache(
        self, snapshot: Snapshot, admitted: Admitted, inbound: Inbound, outbound: Outbound
    ) -> None:
        """Find a reply to the same question, before it is written down that any is asked."""
        assert self._session
        kind, query = self._protocol.kind, self._query.forwarded
        question = Question(snapshot, admitted, self._session, kind, inbound, outbound.body, query)
        cached = self._line.cache.consult(question, read_wish(self._scope["headers"]))
        if cached is not None:
            self._cached = cached
            self._record.account.cache = outcome = records.HIT if cached.reply else records.MISS
            self._line.registrar.meters.count(f"cached:{outcome}")

    def _note_reply(self, stats: ReplyStats) -> None:
        """For the record. What the provider counted for a reply that is given again, it
        counted when it made it."""
        if self._record.account.cache == records.HIT:
            stats.usage = Usage()
        self._record.stats = facts_of(stats)

    def _make_bill(self, inbound: Inbound, outbound: Outbound) -> BilledCall:
        """The call as its bill sees it."""
        return BilledCall(
            kind=self._protocol.kind,
            model=inbound.target.model,
            upstream=inbound.target.upstream,
            document=inbound.document,
            size=len(outbound.body),
            choices=inbound.facts.n,
            of_kept=self._protocol.of_kept or self._record.account.cache == records.HIT,
        )

    async def _reserve(
        self, snapshot: Snapshot, admitted: Admitted, inbound: Inbound, outbound: Outbound
    ) -> None:
        """Take what the call may cost from the budgets of its key, before anything leaves."""
        call = self._make_bill(inbound, outbound)
        record, now = self._record, self._line.clock.now()
        reserved = await record.bill.reserve(admitted.key, snapshot.prices, call, now)
        record.account.reserved = reserved

    def _take_served(self, snapshot: Snapshot, inbound: Inbound) -> None:
        """What was served elsewhere than planned is kept there, and has the price of there."""
        served = self._record.passage.served
        if served is not None and served.upstream != inbound.target.upstream:
            at = self._line.clock.now().date()
            self._record.bill.charge_at(snapshot.prices.find(served.model, served.upstream, at))
            inbound.target = served
            self._cached = None  # what another said is no answer of the one that was asked

    def _who(self, snapshot: Snapshot, admitted: Admitted) -> Who:
        client = self._scope.get("client")
        return Who(snapshot.tenant, admitted, self._session, client[0] if client else "")

    async def _stream_back(
        self, reply: UpstreamReply, headers: Headers, rewriter: StreamRewriter, *, limit: int
    ) -> None:
        """Pass the stream on as it comes, restored. Its last frame waits for the record.

        Raises UpstreamFailed once more than `limit` bytes have come."""
        caller, pulse, record = self._caller, self._line.pulse, self._record
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
            if self._is_to_be_kept:
                await self._keep(rewriter.stats)
            if ended:
                await self._end_stream(rewriter.stats, ready)
                return
            if ready:
                await caller.send_part(ready, more=True)

    async def _end_stream(self, stats: ReplyStats, rest: bytes) -> None:
        self._note_reply(stats)
        if not stats.complete and not stats.failed:
            await self._caller.send_part(rest, more=True)
            raise UpstreamFailed("broken", sent=True)
        self._caller.rest()
        await self._close(stats, failed=stats.failed)
        await self._caller.send_part(rest, more=False)

    async def _send_back(
        self,
        reply: UpstreamReply,
        headers: Headers,
        snapshot: Snapshot,
        inbound: Inbound,
        outbound: Outbound,
    ) -> None:
        """Restore a whole reply and send it, after the record of it."""
        caller, record = self._caller, self._record
        limit = snapshot.settings.max_reply_bytes
        raw = await read_whole(reply, self._line.pulse, caller.waiting, limit=limit)
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
        self._note_reply(stats)
        await caller.finish_beat()
        if caller.started:  # signs of life went out already: a stream was asked for, none came
            raise UpstreamFailed("broken", sent=True)
        caller.rest()
        if self._is_to_be_kept and reply.status == 200:
            await self._keep(stats)
        if self._protocol.forgets and reply.status in GONE:
            await self._forget()
        await self._close(stats, failed=reply.status >= 400)
        await caller.send_whole(reply.status, with_logprobs(headers, stats), body)

    async def _close(self, stats: ReplyStats, *, failed: bool) -> None:
        """The outcome of a call that the provider answered, durable."""
        self._settle_tokens()
        if failed:
            await self._record.close(records.FAILED, "provider-error")
        else:
            await self._record.close(records.COMPLETED)
            if self._cached is not None:
                self._cached.keep(stats)

    def _settle_tokens(self) -> None:
        admitted = self._admitted
        if admitted is None or not admitted.key.tokens_per_minute:
            return
        counted = [self._record.stats.get(name) for name in ("tokens_in", "tokens_out")]
        used = sum(count for count in counted if isinstance(count, int))
        if used:
            self._line.allotments.settle(admitted.key.id, tokens=used - self._tokens_reserved)

    async def _refuse(self, error: CurtilageError) -> None:
        """Tell the caller in the protocol's own shape, after the record of it."""
        record = self._record
        self._caller.rest()
        if isinstance(error, UpstreamFailed):
            name_upstream(error, record.passage.last)
        if self._reply is None and _never_left(error):
            record.bill.was_sent = False
        # Once the intent is written only what is missing here keeps the call from being sent.
        failed = record.is_begun and not isinstance(error, UnavailableError)
        record.status = record.status or error.status
        await self._record_ending(records.FAILED if failed else records.REFUSED, error.code)
        await self._caller.tell(error)

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
        except Exception:  # noqa: BLE001 -- a bug where records are made: the caller is told all the same
            self._log_bug("a record was not made")
            self._line.registrar.meters.count("unrecorded")

    async def _end_cancelled(self) -> None:
        """The caller left, time ran out, or the worker stops."""
        waiting = self._caller.waiting
        if not waiting.reason:
            await self._record_ending(records.ABORTED, "worker-stopped")
            raise asyncio.CancelledError
        waiting.task.uncancel()
        if not waiting.is_overdue:
            await self._record_ending(records.ABORTED, waiting.reason)
        elif waiting.turn is Turn.READER:
            await self._record_ending(records.ABORTED, UNREAD[waiting.reason])
        elif waiting.turn is Turn.SENDER:
            await self._refuse(BodyTooSlow())
        else:
            await self._refuse(UpstreamFailed(waiting.reason, sent=True))


def _never_left(error: CurtilageError) -> bool:
    """Whether an error of sending says that nothing can have reached the provider."""
    if isinstance(error, UpstreamFailed):
        return not error.sent
    return isinstance(error, UnavailableError)


def _size_of_work(admitted: Admitted, raw: bytes, *, limit: int) -> int:
    """How many bytes are to be gone through. What a packed body unfolds to is known too late."""
    return len(raw) if admitted.headers.encoding in PLAIN else limit
