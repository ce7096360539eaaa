"""The usual call: one document in and one reply out. And operations on kept replies."""

from functools import partial
from time import perf_counter_ns

from curtilage.gateway import records
from curtilage.gateway.admitting import Admitted
from curtilage.gateway.billing import BilledCall
from curtilage.gateway.exchange.call import Admission, Call, Ready
from curtilage.gateway.exchange.passing import Passing
from curtilage.gateway.recall import adopt
from curtilage.gateway.request import Inbound, Outbound
from curtilage.gateway.session import Session
from curtilage.gateway.snapshot import Snapshot
from curtilage.gateway.upstream_calls import Outgoing
from curtilage.gateway.wire.errors import UnexpectedShape
from curtilage.gateway.wire.facts import ReplyStats

PLAIN = ("", "identity")  # content-encodings that are none


class ModelTask:
    """One document in and one reply out; or an operation on a reply that a provider keeps."""

    __slots__ = ("_call", "keeps")

    def __init__(self, call: Call) -> None:
        self._call = call
        self.keeps = False

    async def read(self, snapshot: Snapshot, admitted: Admitted) -> bytes:
        del admitted
        return await self._call.caller.read_body(snapshot.settings)

    async def prepare(self, admission: Admission, raw: bytes) -> Passing:
        understand = self._take_up if self._call.protocol.of_kept else self._understand
        return Passing(self._call, self, await understand(admission, raw))

    async def _understand(self, admission: Admission, raw: bytes) -> Ready:
        inbound, outbound = await self._protect(admission, raw)
        services = self._call.services
        if outbound.stored:
            await services.stored_ids.require(admission.session, inbound, outbound.stored)
        if outbound.files:
            owner = await services.sessions.get(admission.admitted.owner)
            await services.holdings.hold_named(owner, inbound, outbound, self._call.maps)
        # The last: what may be kept of it is counted with what its files stand for.
        await services.recall.go_on(admission.session, inbound, outbound.held)
        self.keeps = inbound.facts.stored
        return Ready(admission, inbound, outbound)

    async def _protect(self, admission: Admission, raw: bytes) -> tuple[Inbound, Outbound]:
        call, minting = self._call, admission.session
        if call.protocol.by_collection:
            minting = await call.services.sessions.get(admission.admitted.collection)
        return await protect_body(call, admission, raw, minting, model=call.path.model)

    async def _take_up(self, admission: Admission, raw: bytes) -> Ready:
        """Find what the provider keeps for this caller, and what it stands for."""
        if raw:
            raise UnexpectedShape("This path takes no body.")
        call = self._call
        kept = await call.services.recall.get(admission.session, call.path.kept_id)
        inbound, outbound = call.services.engine.take_up(
            admission.snapshot, admission.admitted, call.protocol, kept, call.query,
            account=call.record.account,
        )  # fmt: skip
        adopt(outbound.held, kept)
        return Ready(admission, inbound, outbound)

    def make_bill(self, ready: Ready) -> BilledCall:
        return bill_of(self._call, ready)

    def make_outgoing(self, ready: Ready) -> Outgoing:
        return outgoing_of(self._call, ready)

    async def keep(self, ready: Ready, stats: ReplyStats) -> None:
        services, inbound = self._call.services, ready.inbound
        if stats.given:
            given = stats.given.take()
            await services.stored_ids.note(ready.session, given, inbound.target.upstream)
        if self.keeps and stats.reply_id:
            self.keeps = False
            held = ready.outbound.held
            await services.recall.keep(ready.session, stats.reply_id, inbound, held)

    async def forget(self, ready: Ready) -> None:
        await self._call.services.recall.forget(ready.session, self._call.path.kept_id)

    def close(self) -> None:
        """Nothing is held."""


async def protect_body(
    call: Call, admission: Admission, raw: bytes, minting: Session, *, model: str
) -> tuple[Inbound, Outbound]:
    """Read a body and protect it, beside the loop where it is long."""
    services, record = call.services, call.record
    given = (admission.snapshot, admission.admitted, call.protocol, raw, minting)
    take_in = partial(services.engine.take_in, *given, account=record.account, model=model)
    work = perf_counter_ns()
    try:
        return await services.aside.scan(unpacked_size(admission, raw), take_in)
    finally:
        record.work_ns = perf_counter_ns() - work


def unpacked_size(admission: Admission, raw: bytes) -> int:
    """How many bytes a body has; a packed one may unfold to all that is allowed."""
    is_plain = admission.admitted.headers.encoding in PLAIN
    return len(raw) if is_plain else admission.snapshot.settings.max_body_bytes


def bill_of(call: Call, ready: Ready) -> BilledCall:
    """A call of one document, as its bill sees it."""
    inbound = ready.inbound
    return BilledCall(
        kind=call.protocol.kind,
        model=inbound.target.model,
        upstream=inbound.target.upstream,
        document=inbound.document,
        size=len(ready.outbound.body),
        choices=inbound.facts.n,
        of_kept=call.protocol.of_kept or call.record.account.cache == records.HIT,
    )


def outgoing_of(call: Call, ready: Ready) -> Outgoing:
    """What a call of one document sends."""
    inbound = ready.inbound
    return Outgoing(
        call.protocol,
        inbound.target,
        ready.outbound.body,
        call.query.forwarded,
        call.path.kept_id,
        inbound.document,
    )
