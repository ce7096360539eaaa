"""Lists of what a caller holds: from what is noted here, told by the provider one by one.

The provider's own list is never asked for: it names what belongs to all callers. A page is
short, because each thing on it is one question; a reader that wants more goes on with the
last id.
"""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import orjson

from curtilage.gateway import records
from curtilage.gateway.admitting import Admitted
from curtilage.gateway.asgi import Headers
from curtilage.gateway.errors import UpstreamFailed
from curtilage.gateway.exchange.call import Admission, Call
from curtilage.gateway.exchange.passing import begin_to_wait
from curtilage.gateway.files.holdings import Holding
from curtilage.gateway.recall import adopt
from curtilage.gateway.replying import read_whole, restore_whole
from curtilage.gateway.request import Inbound, Outbound
from curtilage.gateway.routes import RouteTable
from curtilage.gateway.session import Session
from curtilage.gateway.snapshot import Snapshot
from curtilage.gateway.upstream_calls import Outgoing
from curtilage.gateway.wire.azure import find_version
from curtilage.gateway.wire.errors import UnexpectedShape
from curtilage.gateway.wire.file_protocols import ANTHROPIC_FILES, FILE_PROTOCOLS, read_listed
from curtilage.gateway.wire.protocols import ANTHROPIC, RouteProtocol
from curtilage.gateway.wire.stream_json import read_frame

USUAL_PAGE, LARGEST_PAGE = 20, 100
JSON: Headers = [(b"content-type", b"application/json")]


class PageTask:
    """A call for a list."""

    __slots__ = ("_call",)

    def __init__(self, call: Call) -> None:
        self._call = call

    async def read(self, snapshot: Snapshot, admitted: Admitted) -> bytes:
        del admitted
        return await self._call.caller.read_body(snapshot.settings)

    async def prepare(self, admission: Admission, raw: bytes) -> "Page":
        """Find the page that is asked for among what the caller holds."""
        if raw:
            raise UnexpectedShape("This path takes no body.")
        call = self._call
        begin_to_wait(call, admission.snapshot, streamed=False)  # to look through many takes long
        owner = await call.services.sessions.get(admission.admitted.owner)
        holdings, has_more = await self._find_page(owner, admission.snapshot.routes)
        page = Page(call, admission, owner, has_more=has_more)
        for holding in holdings:
            page.add(holding)
        return page

    async def _find_page(self, owner: Session, routes: RouteTable) -> tuple[list[Holding], bool]:
        """What is on the page, and whether there is more behind it.

        A caller of two providers sees in the list of each what lies there."""
        dialect = self._call.protocol.dialect.name
        holdings, kind = self._call.services.holdings, self._call.protocol.holding
        asked = read_listed(self._call.query.forwarded)
        size = min(asked.limit or USUAL_PAGE, LARGEST_PAGE)
        at_once = LARGEST_PAGE if asked.purpose else size
        found: list[Holding] = []
        after, newest_first = asked.after or asked.before, asked.order == "desc"
        newest_first ^= bool(asked.before)  # from there backwards, and turned round at the end
        while True:
            some = await holdings.list(
                owner, kind, after=after, newest_first=newest_first, limit=at_once + 1
            )
            found += [
                one
                for one in some
                if routes.speaks(one.upstream, dialect) and asked.purpose in ("", one.purpose)
            ]
            if len(found) > size or not some:
                page = found[:size]
                return page[::-1] if asked.before else page, len(found) > size
            after = some[-1].id

    def close(self) -> None:
        """Nothing is open."""


class Page:
    """One page of a list: what is on it, and how each is asked for."""

    __slots__ = ("_admission", "_call", "_has_more", "_owner", "_things")

    def __init__(self, call: Call, admission: Admission, owner: Session, *, has_more: bool) -> None:
        self._call, self._admission, self._owner = call, admission, owner
        self._has_more = has_more
        self._things: list[tuple[Holding, Inbound, Outbound]] = []

    def add(self, holding: Holding) -> None:
        """One more thing, at the end. Raises what refuses that it is asked for."""
        call, admission = self._call, self._admission
        inbound, outbound = call.services.engine.take_up(
            admission.snapshot, admission.admitted, call.protocol, holding.as_kept(), call.query,
            account=call.record.account,
        )  # fmt: skip
        adopt(outbound.held, holding.as_kept())
        self._things.append((holding, inbound, outbound))

    async def run(self) -> None:
        """Ask for each thing on the page, and tell what is still there."""
        call, record = self._call, self._call.record
        snapshot, admitted = self._admission.snapshot, self._admission.admitted
        call.caller.rest()  # our own work is under no clock
        await record.intend(call.who(snapshot, admitted))
        told = [await self._ask(*each) for each in self._things]
        call.caller.rest()
        there = [one for one in told if one is not None]
        body = orjson.dumps(_list(there, call.protocol, has_more=self._has_more))
        record.status, record.bytes_out = 200, len(body)
        await record.close(records.COMPLETED)
        await call.caller.send_whole(200, list(JSON), body)

    async def _ask(self, holding: Holding, inbound: Inbound, outbound: Outbound) -> Any:
        """What the provider says of one thing; None where it is gone there."""
        call, services = self._call, self._call.services
        reading = _READING[call.protocol.kind.removesuffix(".list")]
        version = find_version(call.query.forwarded)
        outgoing = Outgoing(reading, inbound.target, b"", version, kept_id=holding.id)
        status, raw = await self._read(outgoing)
        if status == HTTPStatus.NOT_FOUND:
            await services.holdings.forget(self._owner, holding)
            return None
        if status != HTTPStatus.OK:
            raise UpstreamFailed("broken", sent=True)
        body, _ = restore_whole(
            raw, status=200, protocol=reading, inbound=inbound, outbound=outbound
        )
        return read_frame(body)

    async def _read(self, outgoing: Outgoing) -> tuple[int, bytes]:
        """The provider's answer to one question: its status and its body."""
        call, services = self._call, self._call.services
        snapshot, admitted = self._admission.snapshot, self._admission.admitted
        call.record.bill.was_sent = True
        services.pulse.enter(call.caller.waiting)  # reading the one before has ended the wait
        sent = services.upstream_calls.send(snapshot, admitted, outgoing, call.record.passage)
        call.reply = reply = await sent
        limit = snapshot.settings.max_body_bytes  # what a thing says of itself is short
        raw = await read_whole(reply, services.pulse, call.caller.waiting, limit=limit)
        await reply.close()
        call.reply = None
        return reply.status, raw


_READING = {
    protocol.kind.removesuffix(".read"): protocol
    for protocol in (*FILE_PROTOCOLS.values(), *ANTHROPIC_FILES.values())
    if protocol.kind.endswith(".read")
}


def _list(told: Sequence[Any], protocol: RouteProtocol, *, has_more: bool) -> dict[str, Any]:
    """A page in the shape of the provider's SDK."""
    ids = [one.get("id") for one in told if type(one) is dict]
    first, last = (ids[0], ids[-1]) if ids else (None, None)
    page = {"data": list(told), "has_more": has_more, "first_id": first, "last_id": last}
    if protocol.kind in ANTHROPIC_FILES:
        return {**page, "next_page": last if has_more else None}  # how its newer SDKs go on
    return page if protocol.dialect.name == ANTHROPIC.name else {"object": "list", **page}
