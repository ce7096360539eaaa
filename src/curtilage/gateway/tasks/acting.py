"""Calls on one thing that a caller holds: read it, cancel it, delete it, read its content."""

from dataclasses import replace

from curtilage.gateway.admitting import Admitted
from curtilage.gateway.billing import BilledCall
from curtilage.gateway.exchange.call import Admission, Call, Ready
from curtilage.gateway.exchange.modeltask import bill_of, outgoing_of
from curtilage.gateway.exchange.passing import Passing
from curtilage.gateway.files.holdings import Holding
from curtilage.gateway.recall import adopt
from curtilage.gateway.session import Session
from curtilage.gateway.snapshot import Snapshot
from curtilage.gateway.upstream_calls import Outgoing
from curtilage.gateway.wire.errors import UnexpectedShape
from curtilage.gateway.wire.facts import ReplyStats
from curtilage.gateway.wire.file_protocols import FILE


class ActTask:
    """An operation on what the path names."""

    __slots__ = ("_call", "_holding", "_owner", "keeps")

    _owner: Session
    _holding: Holding

    def __init__(self, call: Call) -> None:
        self._call = call
        self.keeps = True

    async def read(self, snapshot: Snapshot, admitted: Admitted) -> bytes:
        del admitted
        return await self._call.caller.read_body(snapshot.settings)

    async def prepare(self, admission: Admission, raw: bytes) -> Passing:
        """Find what the path names among what this caller holds. Raises UnknownHolding."""
        if raw:
            raise UnexpectedShape("This path takes no body.")
        call, services, protocol = self._call, self._call.services, self._call.protocol
        self._owner = await services.sessions.get(admission.admitted.owner)
        holding = await services.holdings.get(self._owner, call.path.kept_id, protocol.holding)
        self._holding = holding
        inbound, outbound = services.engine.take_up(
            admission.snapshot, admission.admitted, protocol, holding.as_kept(), call.query,
            account=call.record.account,
        )  # fmt: skip
        if protocol.streams_file:
            inbound.facts = replace(inbound.facts, read_as=holding.read_as)
            await services.holdings.hold_map(self._owner, holding, outbound.held, call.maps)
        else:
            adopt(outbound.held, holding.as_kept())
        return Passing(call, self, Ready(admission, inbound, outbound))

    def make_bill(self, ready: Ready) -> BilledCall:
        return bill_of(self._call, ready)

    def make_outgoing(self, ready: Ready) -> Outgoing:
        return outgoing_of(self._call, ready)

    async def keep(self, ready: Ready, stats: ReplyStats) -> None:
        """Note which files there are now that the provider made of it."""
        del ready
        self.keeps = False
        for id in stats.names:
            await self._call.services.holdings.keep(self._owner, _made_of(self._holding, id))

    async def forget(self, ready: Ready) -> None:
        del ready
        await self._call.services.holdings.forget(self._owner, self._holding)

    def close(self) -> None:
        """Nothing is open."""


def _made_of(holding: Holding, id: str) -> Holding:
    """A file that the provider made of what a caller holds: it is that caller's as well.

    It is read as what it came from, and needs no entry of its own in a list of uploads."""
    return replace(holding, id=id, kind=FILE, purpose="", entry="", values=())
