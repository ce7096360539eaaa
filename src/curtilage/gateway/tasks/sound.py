"""Sound that is to be written down: what is said of it is protected, itself is not read."""

from dataclasses import replace
from functools import partial

from curtilage.gateway.admitting import Admitted
from curtilage.gateway.billing import BilledCall
from curtilage.gateway.exchange.call import Admission, Call, Ready
from curtilage.gateway.exchange.modeltask import bill_of
from curtilage.gateway.exchange.passing import Passing
from curtilage.gateway.snapshot import Snapshot
from curtilage.gateway.tasks.formbody import FormBody
from curtilage.gateway.upstream_calls import Outgoing
from curtilage.gateway.wire.errors import MalformedMedia
from curtilage.gateway.wire.facts import ReplyStats
from curtilage.gateway.wire.fields import unscannable
from curtilage.gateway.wire.media import find_kind, may_be_sound


class SoundTask:
    """A form with a recording; nothing of it is kept."""

    __slots__ = ("_body", "_call", "keeps")

    def __init__(self, call: Call) -> None:
        self._call = call
        self._body = FormBody(call)
        self.keeps = False

    async def read(self, snapshot: Snapshot, admitted: Admitted) -> bytes:
        return await self._body.read(snapshot, admitted)

    async def prepare(self, admission: Admission, raw: bytes) -> Passing:
        del raw  # it is on disk
        snapshot, admitted, session = admission.snapshot, admission.admitted, admission.session
        if "audio" not in snapshot.policy.allowed_opaque:
            raise unscannable("audio")
        if not may_be_sound(find_kind(self._body.raw.rewind().read(16))):
            raise MalformedMedia("The file is no sound.")
        call = self._call
        engine, protocol, account = call.services.engine, call.protocol, call.record.account
        fields = self._body.fields
        inbound = engine.place(snapshot, admitted, protocol, fields, account, session=session)
        inbound.target = replace(inbound.target, others=())
        protect = partial(engine.protect, snapshot, admitted, protocol, inbound, session)
        outbound = await call.services.aside.scan(0, protect)
        await self._body.pass_file()
        await self._body.assemble(fields)
        return Passing(call, self, Ready(admission, inbound, outbound))

    def make_bill(self, ready: Ready) -> BilledCall:
        """Nobody here knows how many tokens a sound is."""
        return replace(bill_of(self._call, ready), of_kept=True)

    def make_outgoing(self, ready: Ready) -> Outgoing:
        return self._body.make_outgoing(ready)

    async def keep(self, ready: Ready, stats: ReplyStats) -> None:
        """Nothing is."""

    async def forget(self, ready: Ready) -> None:
        """Nothing was kept."""

    def close(self) -> None:
        self._body.close()
