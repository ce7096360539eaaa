"""What a reply that a provider keeps stands for, so that it can be gone on from.

A provider that keeps a conversation holds tokens. Who goes on from it sends only
its id, so the values behind the tokens are kept here: sealed under the key of
the caller's scope and found by a keyed hash of the id. Only the same caller,
in the same session, for the same purpose, finds them; to everybody else the id is unknown, and what is
unknown is never asked of the provider, whose account all callers share.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import orjson

from curtilage.core.errors import CurtilageError
from curtilage.core.ids import Ids
from curtilage.core.models import Scope
from curtilage.gateway.errors import (
    KeptTooMuch,
    NotKept,
    ReplyElsewhere,
    UnknownReply,
)
from curtilage.gateway.kept_values import encode_values, parse_values
from curtilage.gateway.request import Inbound, Kept
from curtilage.gateway.sealed import Label, SealedRows
from curtilage.gateway.session import Session
from curtilage.gateway.sessioncache import Sessions
from curtilage.shield.grammar import may_start_token
from curtilage.shield.held import Held, HeldValue
from curtilage.vault.errors import SealBroken

MOST_BYTES = 8 * 1024 * 1024  # of one map, before it is sealed: some 50,000 values
KEPT_REPLIES = Label("kept-lookup", "kept-replies", "kept")


@dataclass(frozen=True, slots=True)
class Recall:
    """Keeps maps of replies and finds them again. One per worker."""

    rows: SealedRows
    sessions: Sessions
    ids: Ids

    async def go_on(self, session: Session, inbound: Inbound, held: Held) -> None:
        """Hold what the replies stand for that a request goes on from.

        Raises UnknownReply, ReplyElsewhere, and KeptTooMuch where it is to be kept itself."""
        for id in inbound.facts.continues:
            kept = await self.get(session, id)
            target = inbound.target.find(kept.upstream)
            if target is None:
                raise ReplyElsewhere
            inbound.target, inbound.account.upstream = target, target.upstream
            adopt(held, kept)
            if id in inbound.facts.adds_to:
                inbound.recalled[id] = kept
        if inbound.facts.stored and sum(map(_size, held)) > MOST_BYTES:
            raise KeptTooMuch

    async def get(self, session: Session, id: str) -> Kept:
        """What a reply to this caller stands for. Raises UnknownReply for anybody else's."""
        kept = await self._find(session, id)
        before = epoch_before(session.loaded.scope)
        if kept is None and before is not None:
            earlier = await self.sessions.get(before)
            kept = await self._find(earlier.held_for(session.purpose), id)
        if kept is None:
            raise UnknownReply
        return kept

    async def _find(self, session: Session, id: str) -> Kept | None:
        rows = list(await self.rows.read(session, id))
        return _parse(rows) if rows else None

    async def keep(self, session: Session, id: str, inbound: Inbound, held: Held) -> None:
        """Keep what the reply to a request stands for; stored when this returns, or NotKept.

        What is added to has a row for what is new in it: each turn of a conversation holds
        all that came before, and reading it reads every row."""
        kept = Kept(inbound.target.upstream, inbound.facts.model, tuple(held))
        try:
            await self._write(session, id, kept)
            for each in inbound.facts.adds_to:
                before = inbound.recalled.pop(each, None)
                new = kept if before is None else _without(kept, before)
                if new.values or before is None:
                    await self._write(session, each, new)
        except CurtilageError:
            raise NotKept from None

    async def _write(self, session: Session, id: str, kept: Kept) -> None:
        await self.rows.write(session, id, self.ids.new(), _encode(kept))

    async def forget(self, session: Session, id: str) -> None:
        await self.rows.forget(session, id)


def adopt(held: Held, kept: Kept) -> None:
    """Hold what a kept reply stands for too; what another value has taken means nothing here.

    Only tokens: a surrogate of an earlier turn may be a literal of this one."""
    for token, value in kept.values:
        if may_start_token(token):
            held.hold(token, value)


def _without(kept: Kept, before: Kept) -> Kept:
    known = dict(before.values)
    return replace(kept, values=tuple(one for one in kept.values if known.get(one[0]) != one[1]))


def _size(entry: tuple[str, HeldValue]) -> int:
    token, value = entry
    return len(token) + 4 * len(value.value) + len(value.type) + 16


def epoch_before(scope: Scope) -> Scope | None:
    """The scope before the last change of epochs: a conversation does not end with one."""
    if scope.span != "epoch":
        return None
    return scope._replace(name=str(int(scope.name) - 1))


def _encode(kept: Kept) -> bytes:
    """Format 1."""
    return orjson.dumps([1, kept.upstream, kept.model, encode_values(kept.values)])


def _parse(rows: Sequence[bytes]) -> Kept:
    """Raises SealBroken for a version that is none of ours."""
    values: dict[str, HeldValue] = {}
    kept_at: set[str] = set()
    upstream = model = ""
    for row in rows:
        version, upstream, model, listed = orjson.loads(row)
        if version != 1:
            raise SealBroken
        kept_at.add(upstream)
        values.update(parse_values(listed))
    if len(kept_at) > 1:
        raise ReplyElsewhere
    return Kept(upstream, model, tuple(values.items()))
