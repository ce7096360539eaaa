"""Calls on what a caller holds at a provider: make it, read it, act on it, read its file."""

from dataclasses import replace

from curtilage.gateway.admitting import Admitted
from curtilage.gateway.billing import USUAL_OUTPUT, BilledCall
from curtilage.gateway.engine import Inbound, Outbound, Session
from curtilage.gateway.errors import NotForThis, ReplyElsewhere
from curtilage.gateway.exchange import Exchange
from curtilage.gateway.files.holdings import Holding
from curtilage.gateway.recall import adopt
from curtilage.gateway.snapshot import Snapshot
from curtilage.gateway.wire.body import decode_content, parse_body
from curtilage.gateway.wire.errors import UnexpectedShape
from curtilage.gateway.wire.facts import ReplyStats
from curtilage.gateway.wire.file_protocols import BATCH, FILE, JOB, MESSAGE_BATCH
from curtilage.gateway.wire.json_lines import AS_IT_IS, MESSAGE_RESULTS, RESTORED
from curtilage.gateway.wire.openai_files import BATCH as FOR_BATCHES
from curtilage.gateway.wire.openai_files import TUNING

PURPOSE_OF = {BATCH: FOR_BATCHES, JOB: TUNING}


class HoldingExchange(Exchange):
    """A call that makes a holding, or speaks of one."""

    __slots__ = ("_holding", "_owner")

    _owner: Session
    _holding: Holding | None

    async def _understand(
        self, snapshot: Snapshot, admitted: Admitted, session: Session, raw: bytes
    ) -> None:
        self._owner = await self._line.sessions.get(admitted.owner)
        self._holding = None
        if self._protocol.of_kept:
            await self._take_held(snapshot, admitted, is_bare=not raw)
        else:
            await self._make(snapshot, admitted, session, raw)
        self._is_to_be_kept = True

    async def _take_held(self, snapshot: Snapshot, admitted: Admitted, *, is_bare: bool) -> None:
        """Find what the path names among what this caller holds."""
        if not is_bare:
            raise UnexpectedShape("This path takes no body.")
        holdings, protocol = self._line.holdings, self._protocol
        self._holding = holding = await holdings.get(self._owner, self._kept_id, protocol.holding)
        self._inbound, self._outbound = self._line.engine.take_up(
            snapshot, admitted, protocol, holding.as_kept(), self._query, account=self._record.account
        )  # fmt: skip
        values = holding.values
        if protocol.streams_file:
            self._inbound.facts = replace(self._inbound.facts, form=holding.form)
            values = await holdings.find_map(self._owner, holding.map)
        adopt(self._outbound.held, replace(holding.as_kept(), values=values))

    async def _make(
        self, snapshot: Snapshot, admitted: Admitted, session: Session, raw: bytes
    ) -> None:
        """Protect a body that names files of the caller, at the place where these are."""
        line, protocol = self._line, self._protocol
        model, files = "", list[Holding]()
        if protocol.refers is not None:
            limit = snapshot.settings.max_body_bytes
            plain = decode_content(raw, admitted.headers.encoding, limit=limit)
            named = protocol.refers(parse_body(plain, limit=limit))
            files = [await line.holdings.get(self._owner, id, FILE) for id in named]
            if any(one.purpose != PURPOSE_OF[protocol.holding] for one in files):
                raise NotForThis
            model = files[0].model if protocol.holding == BATCH else ""
        account = self._record.account
        inbound, outbound = await line.aside.run(
            len(raw),
            lambda: line.engine.take_in(
                snapshot, admitted, protocol, raw, session, account=account, model=model
            ),
        )
        places = {one.upstream for one in files} or {inbound.target.upstream}
        target = inbound.target.find(places.pop())
        if target is None or places:
            raise ReplyElsewhere
        inbound.target, account.upstream = target, target.upstream
        await self._take_files(admitted, inbound, outbound)
        self._inbound, self._outbound = inbound, outbound
        self._holding = files[0] if files else None

    async def _keep(self, stats: ReplyStats) -> None:
        """Note what the caller holds now, before it learns its id."""
        assert self._inbound and self._outbound
        self._is_to_be_kept = False
        holdings, holding = self._line.holdings, self._holding
        if not self._protocol.of_kept:
            if stats.reply_id:
                await holdings.keep(self._owner, await self._describe(stats.reply_id))
        elif holding is not None:
            for id in stats.names:
                await holdings.keep(self._owner, _made_of(holding, id))

    async def _describe(self, id: str) -> Holding:
        """What was made, as it is held from now on."""
        assert self._inbound and self._outbound
        holdings, protocol, file = self._line.holdings, self._protocol, self._holding
        values, inbound = tuple(self._outbound.held), self._inbound
        made = Holding(
            id, protocol.holding, inbound.target.upstream, inbound.facts.model,
            entry=self._line.registrar.ids.new(), values=values,
        )  # fmt: skip
        if protocol.holding == MESSAGE_BATCH:
            map = await holdings.keep_map(self._owner, values)
            return replace(made, form=MESSAGE_RESULTS, map=map, values=())
        if protocol.holding == BATCH and file is not None:
            endpoint = inbound.document.get("endpoint")
            form = endpoint if endpoint in RESTORED else AS_IT_IS
            return replace(made, form=form, map=file.map)
        return made

    async def _forget(self) -> None:
        if self._holding is not None:
            await self._line.holdings.forget(self._owner, self._holding)

    def _make_bill(self, inbound: Inbound, outbound: Outbound) -> BilledCall:
        """What a batch may cost at most: all of its requests, each with its longest reply."""
        bill, file = super()._make_bill(inbound, outbound), self._holding
        if self._protocol.of_kept or self._snapshot is None:
            return bill
        if self._protocol.holding == MESSAGE_BATCH:
            limits = [one["params"].get("max_tokens") for one in inbound.document["requests"]]
            longest = sum(limit for limit in limits if type(limit) is int and limit > 0)
            return replace(bill, document={"max_tokens": longest}, choices=1)
        if file is None:
            return replace(bill, of_kept=True)
        at = self._line.clock.now().date()
        price = self._snapshot.prices.find(inbound.target.model, inbound.target.upstream, at)
        each = price.max_output if price else USUAL_OUTPUT
        longest = file.longest + file.unlimited * each
        return replace(bill, size=file.size, document={"max_tokens": longest}, choices=1)


def _made_of(holding: Holding, id: str) -> Holding:
    """A file that the provider made of what a caller holds: it is that caller's as well.

    It is read as what it came from, and needs no entry of its own in a list of uploads."""
    return replace(holding, id=id, kind=FILE, purpose="", entry="", values=())
