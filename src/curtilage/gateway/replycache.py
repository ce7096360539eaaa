"""Replies that are kept, in the memory of a worker, to answer the same question again.

What is kept is what the provider sent, with the tokens in it, sealed under the
key of the caller's scope. A hit goes through everything that a call goes through
before and after: it is admitted, limited, scanned, decided and recorded anew, and
the reply is restored with what this request held. So a hit can show nobody what
they did not send, and it is found only by the same caller, for the same purpose,
under the same policy, with the same bytes.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

import orjson

from curtilage.core.clock import Clock
from curtilage.gateway.admitting import Admitted
from curtilage.gateway.ports import UpstreamReply
from curtilage.gateway.repeatable import Wish, is_repeatable, is_whole
from curtilage.gateway.request import Inbound
from curtilage.gateway.session import Session
from curtilage.gateway.snapshot import Snapshot
from curtilage.gateway.wire.facts import ReplyStats
from curtilage.vault.seal import derive, encode_context, open_sealed, seal

MOST_REQUEST = 1024 * 1024  # bytes of a request that is looked up; hashing more holds up the loop
MOST_REPLY = 1024 * 1024  # bytes of a reply that is kept
BESIDE = 512  # bytes that an entry takes beside its reply: seal, key, and the table's own
PIECE = 16 * 1024  # of a reply that is given again: so much is restored before others get a turn
# Of the provider's headers, those that say how to read the reply. Its limits and the id of its
# call were those of another call.
HEADERS = frozenset(("content-type", "x-curtilage-mirror"))


@dataclass(frozen=True, slots=True)
class Question:
    """All that a reply may depend on. `body` is what would leave."""

    snapshot: Snapshot
    admitted: Admitted
    session: Session
    kind: str
    inbound: Inbound
    body: bytes = field(repr=False)
    query: bytes = b""


@dataclass(frozen=True, slots=True)
class _Entry:
    sealed: bytes = field(repr=False)
    ends_at: float

    @property
    def size(self) -> int:
        return len(self.sealed) + BESIDE


class ReplyCache:
    """Sealed replies by a keyed hash of their question, the oldest dropped first.

    `most` bytes at once; `rules` is the version of what detection looks for. A worker
    that begins anew, and one whose snapshot changes, begin with nothing."""

    def __init__(self, clock: Clock, *, most: int, rules: str = "") -> None:
        self._clock = clock
        self._most = most
        self._rules = rules
        self._entries: OrderedDict[bytes, _Entry] = OrderedDict()
        self._size = 0
        self.generation = 0

    def consult(self, question: Question, wish: Wish) -> "CachedCall | None":
        """The reply that is kept, or a place for the one to come; None where none may be."""
        inbound, body = question.inbound, question.body
        if not wish.may_keep or question.admitted.headers.credential is not None:
            return None
        if len(body) > MOST_REQUEST:
            return None
        if not is_repeatable(question.kind, inbound.facts, inbound.document, body):
            return None
        _, key = question.session.loaded.current
        lookup, box = self._name(question, key), derive(key, "cached-replies")
        reply = self._find(lookup, box) if wish.may_look else None
        return CachedCall(self, question.kind, inbound.target.cache, lookup, box, reply)

    def _name(self, question: Question, key: bytes) -> bytes:
        """Under a key of the scope: no other caller, session or epoch comes to the same."""
        policy, loaded = question.snapshot.policy, question.session.loaded
        targets, said = question.inbound.target.in_order(), question.admitted.headers.forwarded
        context = encode_context(
            loaded.scope.encode(), loaded.current[0],
            policy.reference, policy.version, len(policy.held_to), *policy.held_to, self._rules,
            question.admitted.purpose, question.kind, question.query,
            len(targets), *(name for one in targets for name in (one.upstream, one.model)),
            len(said), *(text for header in said for text in header),
        )  # fmt: skip
        named = blake2b(context, key=derive(key, "cached-lookup"), digest_size=32)
        named.update(question.body)
        return named.digest()

    def _find(self, lookup: bytes, box: bytes) -> UpstreamReply | None:
        entry = self._entries.get(lookup)
        if entry is None:
            return None
        if entry.ends_at <= self._clock.monotonic():
            self._drop(lookup)
            return None
        self._entries.move_to_end(lookup)
        return _read(open_sealed(box, entry.sealed, _context(lookup)))

    def keep(
        self,
        lookup: bytes,
        box: bytes,
        headers: Sequence[tuple[str, str]],
        body: bytes,
        life: float,
    ) -> None:
        """Keep a reply for `life` seconds, in place of what has waited longest."""
        entry = _Entry(
            seal(box, _write(headers, body), _context(lookup)), self._clock.monotonic() + life
        )
        if lookup in self._entries:
            self._drop(lookup)
        if entry.size > self._most:
            return
        self._entries[lookup] = entry
        self._size += entry.size
        while self._size > self._most:
            self._drop(next(iter(self._entries)))

    def _drop(self, lookup: bytes) -> None:
        self._size -= self._entries.pop(lookup).size

    def forget(self) -> None:
        """Drop all: a key, a policy or a route changed, or somebody's data was erased."""
        self._entries.clear()
        self._size = 0
        self.generation += 1


class CachedCall:
    """One call and its place in the cache. `reply` is what is kept there, None on a miss.

    A call that the cache was emptied during keeps nothing: what it was decided by is gone."""

    __slots__ = ("_box", "_cache", "_copied", "_generation", "_kind", "_life", "_lookup", "reply")

    def __init__(  # noqa: PLR0917 -- made in one place
        self,
        cache: ReplyCache,
        kind: str,
        life: float,
        lookup: bytes,
        box: bytes,
        reply: UpstreamReply | None,
    ) -> None:
        self._cache, self._generation = cache, cache.generation
        self._kind = kind
        self._life = life
        self._lookup, self._box = lookup, box
        self._copied: CopiedReply | None = None
        self.reply = reply

    def copy(self, reply: UpstreamReply) -> UpstreamReply:
        """The provider's reply; what is read of it is remembered."""
        if reply.status != 200:
            return reply
        self._copied = CopiedReply(reply)
        return self._copied

    def keep(self, stats: ReplyStats) -> None:
        """Keep what was copied, now that the call has ended well and that is recorded."""
        copied = self._copied
        is_current = self._generation == self._cache.generation
        if copied is not None and copied.pieces and is_current and is_whole(self._kind, stats):
            body = b"".join(copied.pieces)
            self._cache.keep(self._lookup, self._box, copied.headers, body, self._life)


class CopiedReply:
    """A provider's reply on its way, with a copy of it; none of one that is too large."""

    def __init__(self, reply: UpstreamReply) -> None:
        self._reply = reply
        self.status, self.headers = reply.status, reply.headers
        self.pieces: list[bytes] = []
        self._left = MOST_REPLY

    async def read(self) -> bytes:
        piece = await self._reply.read()
        if self._left >= 0:
            self._left -= len(piece)
            if self._left >= 0:
                self.pieces.append(piece)
            else:
                self.pieces.clear()
        return piece

    async def close(self) -> None:
        await self._reply.close()


class CachedReply:
    """A reply that was kept, as if the provider gave it: at once, in pieces."""

    def __init__(self, headers: Sequence[tuple[str, str]], body: bytes) -> None:
        self.status, self.headers = 200, headers
        self._body = body
        self._at = 0

    async def read(self) -> bytes:
        await asyncio.sleep(0)  # nothing else here waits, and others are to have their turn
        piece = self._body[self._at : self._at + PIECE]
        self._at += len(piece)
        return piece

    async def close(self) -> None:
        self._body = b""


def _context(lookup: bytes) -> bytes:
    return encode_context("cached", lookup)


def _write(headers: Sequence[tuple[str, str]], body: bytes) -> bytes:
    """The headers in a line, then the body. JSON has no bare line end."""
    kept = [(name.lower(), value) for name, value in headers if name.lower() in HEADERS]
    return orjson.dumps(kept) + b"\n" + body


def _read(plain: bytes) -> CachedReply:
    head, _, body = plain.partition(b"\n")
    return CachedReply([(name, value) for name, value in orjson.loads(head)], body)
