"""Lists of what a caller holds: from what is noted here, told by the provider one by one.

The provider's own list is never asked for: it names what belongs to all callers. A page is
short, because each thing on it is one question; a reader that wants more goes on with the
last id.
"""

from collections.abc import Sequence
from typing import Any

import orjson

from curtilage.gateway import records
from curtilage.gateway.admitting import Admitted
from curtilage.gateway.asgi import Headers
from curtilage.gateway.calling import Outgoing
from curtilage.gateway.engine import Inbound, Outbound, Session
from curtilage.gateway.errors import UnknownHolding, UpstreamFailed
from curtilage.gateway.exchange import GONE
from curtilage.gateway.files.holding import HoldingExchange
from curtilage.gateway.files.holdings import Holding
from curtilage.gateway.pulse import FOREVER
from curtilage.gateway.recall import adopt
from curtilage.gateway.replying import read_whole, restore_whole
from curtilage.gateway.snapshot import Snapshot
from curtilage.gateway.wire.errors import UnexpectedShape
from curtilage.gateway.wire.file_protocols import FILE_PROTOCOLS, read_listed
from curtilage.gateway.wire.stream_json import read_frame

USUAL_PAGE, LARGEST_PAGE = 20, 100
JSON: Headers = [(b"content-type", b"application/json")]


class ListExchange(HoldingExchange):
    """The state of one call for a list."""

    __slots__ = ("_has_more", "_page")

    _page: list[tuple[Holding, Inbound, Outbound]]
    _has_more: bool

    async def _understand(
        self, snapshot: Snapshot, admitted: Admitted, session: Session, raw: bytes
    ) -> None:
        """Find the page that is asked for among what the caller holds."""
        del session
        if raw:
            raise UnexpectedShape("This path takes no body.")
        self._owner = await self._line.sessions.get(admitted.owner)
        holdings, self._has_more = await self._find_page()
        self._page = []
        for holding in holdings:
            inbound, outbound = self._line.engine.take_up(
                snapshot, admitted, self._protocol, holding.as_kept(), self._query,
                account=self._record.account,
            )  # fmt: skip
            adopt(outbound.held, holding.as_kept())
            self._page.append((holding, inbound, outbound))

    async def _find_page(self) -> tuple[list[Holding], bool]:
        asked = read_listed(self._query.forwarded)
        ids = await self._line.holdings.list(self._owner, self._protocol.holding)
        if asked.order == "asc":
            ids.reverse()
        if asked.after:
            ids = ids[ids.index(asked.after) + 1 :] if asked.after in ids else []
        page: list[Holding] = []
        size = min(asked.limit or USUAL_PAGE, LARGEST_PAGE)
        for id in ids:
            try:
                holding = await self._line.holdings.get(self._owner, id, self._protocol.holding)
            except UnknownHolding:  # forgotten meanwhile
                continue
            if asked.purpose and holding.purpose != asked.purpose:
                continue
            if len(page) == size:
                return page, True
            page.append(holding)
        return page, False

    async def _let_out(self) -> None:
        """Ask for each thing on the page, and tell what is still there."""
        snapshot, admitted, record = self._snapshot, self._admitted, self._record
        assert snapshot and admitted
        await record.intend(self._who(snapshot, admitted))
        total = snapshot.settings.total_timeout
        ends_at = self._line.clock.monotonic() + total if total else FOREVER
        self._caller.await_reply(ends_at=ends_at, streamed=False)
        told = [await self._ask(snapshot, admitted, *each) for each in self._page]
        self._caller.rest()
        document = _list([one for one in told if one is not None], self._protocol.dialect.name, has_more=self._has_more)  # fmt: skip
        body = orjson.dumps(document)
        record.status, record.bytes_out = 200, len(body)
        await record.close(records.COMPLETED)
        await self._caller.send_whole(200, list(JSON), body)

    async def _ask(
        self,
        snapshot: Snapshot,
        admitted: Admitted,
        holding: Holding,
        inbound: Inbound,
        outbound: Outbound,
    ) -> Any:
        """What the provider says of one thing; None where it is gone there."""
        reading = _READING[self._protocol.holding]
        outgoing = Outgoing(reading, inbound.target, b"", kept_id=holding.id)
        line, waiting = self._line, self._caller.waiting
        self._record.bill.was_sent = True
        self._reply = reply = await line.calling.send(
            snapshot, admitted, outgoing, self._record.passage
        )
        limit = snapshot.settings.max_body_bytes  # what a thing says of itself is short
        raw = await read_whole(reply, line.pulse, waiting, limit=limit)
        await reply.close()
        self._reply = None
        if reply.status != 200:
            if reply.status in GONE:
                await line.holdings.forget(self._owner, holding)
                return None
            raise UpstreamFailed("broken", sent=True)
        body, _ = restore_whole(
            raw, status=200, protocol=reading, inbound=inbound, outbound=outbound
        )
        return read_frame(body)


_READING = {
    protocol.holding: protocol
    for protocol in FILE_PROTOCOLS.values()
    if protocol.kind.endswith(".read")
}


def _list(told: Sequence[Any], dialect: str, *, has_more: bool) -> dict[str, Any]:
    """A page in the shape of the provider's SDK."""
    ids = [one.get("id") for one in told if type(one) is dict]
    first, last = (ids[0], ids[-1]) if ids else (None, None)
    page = {"data": list(told), "has_more": has_more, "first_id": first, "last_id": last}
    return page if dialect == "anthropic" else {"object": "list", **page}
