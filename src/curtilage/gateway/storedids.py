"""Which ids of what a provider stores were given to whom.

A provider that keeps what a model thought, what a search found, what was said aloud gives
it an id, and reads it again for whoever names that id: all callers share its account. So
each id is noted for the caller whom it is given to, before that caller learns it, and a
request that names one which was not given to its caller is never sent. Responses and
conversations have more to them: `recall`; files: `files.holdings`.

A row says `[1, upstream]`: format 1, and who stores it; "" where nobody does, but the id
comes back all the same.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence

import orjson

from curtilage.core.errors import CurtilageError
from curtilage.gateway.errors import NotKept, ReplyElsewhere, UnknownItem
from curtilage.gateway.recall import epoch_before
from curtilage.gateway.request import Inbound
from curtilage.gateway.sealed import Label, SealedRows
from curtilage.gateway.session import Session
from curtilage.gateway.sessioncache import Sessions
from curtilage.gateway.wire.errors import UnexpectedShape
from curtilage.vault.errors import SealBroken

STORED_IDS = Label("stored-lookup", "stored-ids", "stored")
MOST_NAMED = 4096  # of one request: a long loop sends back what was thought in each turn
REMEMBERED = 16_384  # ids that a worker need not ask for again; 2 MB at most
ROW = "id"  # each id has one row


class StoredIds:
    """Notes ids and finds them again. One per worker."""

    def __init__(self, rows: SealedRows, sessions: Sessions, *, most: int = REMEMBERED) -> None:
        self._rows = rows
        self._sessions = sessions
        self._most = most
        # By keyed hash, so that no id is held in the open, and a destroyed key finds nothing.
        self._known: OrderedDict[str, str] = OrderedDict()

    async def note(self, session: Session, given: Mapping[str, bool], upstream: str) -> None:
        """Note ids for a caller, each with whether the upstream stores anything under it.

        Stored when this returns, or NotKept."""
        try:
            for id, is_stored in given.items():
                await self._note(session, id, upstream if is_stored else "")
        except CurtilageError:
            raise NotKept from None

    async def _note(self, session: Session, id: str, upstream: str) -> None:
        lookup = self._rows.find_lookup(session, id)
        if self._known.get(lookup) != upstream:
            await self._rows.write(session, id, ROW, orjson.dumps([1, upstream]))
            self._remember(lookup, upstream)

    async def require(self, session: Session, inbound: Inbound, ids: Sequence[str]) -> None:
        """Send a request to where the things are that it names. Raises UnknownItem for anybody
        else's, and ReplyElsewhere where they are not at one place that serves its model."""
        if len(ids) > MOST_NAMED:
            raise UnexpectedShape(f"The request names more than {MOST_NAMED} stored items.")
        for id in ids:
            upstream = await self._get(session, id)
            target = inbound.target.find(upstream) if upstream else inbound.target
            if target is None:
                raise ReplyElsewhere
            inbound.target, inbound.account.upstream = target, target.upstream

    async def _get(self, session: Session, id: str) -> str:
        """The upstream that stores it, "" where none does. Raises UnknownItem."""
        lookup = self._rows.find_lookup(session, id)
        upstream = self._known.get(lookup)
        if upstream is None:
            upstream = await self._find(session, id)
        before = epoch_before(session.loaded.scope)
        if upstream is None and before is not None:
            earlier = await self._sessions.get(before)
            upstream = await self._find(earlier.held_for(session.purpose), id)
        if upstream is None:
            raise UnknownItem
        self._remember(lookup, upstream)
        return upstream

    async def _find(self, session: Session, id: str) -> str | None:
        for row in await self._rows.read(session, id):
            return _parse(row)
        return None

    def _remember(self, lookup: str, upstream: str) -> None:
        self._known[lookup] = upstream
        self._known.move_to_end(lookup)
        if len(self._known) > self._most:
            self._known.popitem(last=False)


def _parse(row: bytes) -> str:
    """The upstream of a row. Raises SealBroken for a version that is none of ours."""
    version, upstream = orjson.loads(row)
    if version != 1:
        raise SealBroken
    return str(upstream)
