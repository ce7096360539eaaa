"""Calls that make something of files: a batch, a fine-tuning job; a batch of messages."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from curtilage.gateway.admitting import Admitted
from curtilage.gateway.billing import USUAL_OUTPUT, BilledCall
from curtilage.gateway.errors import NotForThis, ReplyElsewhere
from curtilage.gateway.exchange.call import Admission, Call, Ready
from curtilage.gateway.exchange.modeltask import bill_of, outgoing_of, protect_body, unpacked_size
from curtilage.gateway.exchange.passing import Passing
from curtilage.gateway.files.holdings import Holding
from curtilage.gateway.session import Session
from curtilage.gateway.snapshot import Snapshot
from curtilage.gateway.upstream_calls import Outgoing
from curtilage.gateway.wire.body import decode_content, parse_body
from curtilage.gateway.wire.facts import ReplyStats
from curtilage.gateway.wire.file_protocols import BATCH, FILE, JOB, MESSAGE_BATCH
from curtilage.gateway.wire.json_lines import AS_IT_IS, MESSAGE_RESULTS, RESTORED
from curtilage.gateway.wire.openai_files import BATCH as FOR_BATCHES
from curtilage.gateway.wire.openai_files import TUNING

PURPOSE_OF = {BATCH: FOR_BATCHES, JOB: TUNING}


class MakeTask:
    """A body that names files of the caller, protected and sent to where these are."""

    __slots__ = ("_call", "_file", "_owner", "keeps")

    _owner: Session

    def __init__(self, call: Call) -> None:
        self._call = call
        self._file: Holding | None = None
        self.keeps = True

    async def read(self, snapshot: Snapshot, admitted: Admitted) -> bytes:
        del admitted
        return await self._call.caller.read_body(snapshot.settings)

    async def prepare(self, admission: Admission, raw: bytes) -> Passing:
        services, protocol = self._call.services, self._call.protocol
        self._owner = await services.sessions.get(admission.admitted.owner)
        files = await self._find_files(admission, raw)
        self._file = files[0] if files else None
        model = files[0].model if files and protocol.holding == BATCH else ""
        inbound, outbound = await protect_body(
            self._call, admission, raw, admission.session, model=model
        )
        places = {one.upstream for one in files} or {inbound.target.upstream}
        target = inbound.target.find(places.pop())
        if target is None or places:
            raise ReplyElsewhere
        inbound.target, inbound.account.upstream = target, target.upstream
        await services.holdings.hold_named(self._owner, inbound, outbound, self._call.maps)
        await services.stored_ids.require(admission.session, inbound, outbound.stored)
        return Passing(self._call, self, Ready(admission, inbound, outbound))

    async def _find_files(self, admission: Admission, raw: bytes) -> list[Holding]:
        """The files that a body names, all made for this. Raises NotForThis, UnknownHolding."""
        services, protocol = self._call.services, self._call.protocol
        if protocol.refers is None:
            return []
        read = partial(_read_named, protocol.refers, admission, raw)
        named = await services.aside.run(unpacked_size(admission, raw), read)
        holdings = services.holdings
        files = [await holdings.get(self._owner, id, FILE) for id in named]
        if any(one.purpose != PURPOSE_OF[protocol.holding] for one in files):
            raise NotForThis
        return files

    def make_bill(self, ready: Ready) -> BilledCall:
        """What a batch may cost at most: all of its requests, each with its longest reply."""
        bill, file, inbound = bill_of(self._call, ready), self._file, ready.inbound
        if self._call.protocol.holding == MESSAGE_BATCH:
            limits = [one["params"].get("max_tokens") for one in inbound.document["requests"]]
            longest = sum(limit for limit in limits if type(limit) is int and limit > 0)
            return replace(bill, document={"max_tokens": longest}, choices=1)
        if file is None:
            return replace(bill, of_kept=True)
        at = self._call.services.clock.now().date()
        price = ready.snapshot.prices.find(inbound.target.model, inbound.target.upstream, at)
        each = price.max_output if price else USUAL_OUTPUT
        longest = file.longest + file.unlimited * each
        return replace(bill, size=file.size, document={"max_tokens": longest}, choices=1)

    def make_outgoing(self, ready: Ready) -> Outgoing:
        return outgoing_of(self._call, ready)

    async def keep(self, ready: Ready, stats: ReplyStats) -> None:
        """Note what the caller holds now, before it learns its id."""
        self.keeps = False
        if stats.reply_id:
            made = await self._describe(ready, stats.reply_id)
            await self._call.services.holdings.keep(self._owner, made)

    async def _describe(self, ready: Ready, id: str) -> Holding:
        """What was made, as it is held from now on."""
        protocol, holdings, file = self._call.protocol, self._call.services.holdings, self._file
        made = holdings.describe(id, protocol.holding, ready.inbound, ready.outbound)
        if protocol.holding == MESSAGE_BATCH:
            map = await holdings.keep_map(self._owner, made.values)
            return replace(made, read_as=MESSAGE_RESULTS, map=map, values=())
        if protocol.holding == BATCH and file is not None:
            endpoint = ready.inbound.document.get("endpoint")
            read_as = endpoint if endpoint in RESTORED else AS_IT_IS
            return replace(made, read_as=read_as, map=file.map)
        return made

    async def forget(self, ready: Ready) -> None:
        """What is made is not gone."""

    def close(self) -> None:
        """Nothing is open."""


def _read_named(
    refers: Callable[[Any], Sequence[str]], admission: Admission, raw: bytes
) -> Sequence[str]:
    """The ids of files that a body names."""
    limit = admission.snapshot.settings.max_body_bytes
    plain = decode_content(raw, admission.admitted.headers.encoding, limit=limit)
    return refers(parse_body(plain, limit=limit))
