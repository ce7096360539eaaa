"""Rows that only their caller's key opens, found by a keyed hash of their name.

Who reads the table learns neither what a row is about nor whose it is; who has another
key, or the same one for another purpose, finds nothing under the same name. A row that was changed, or moved under another
name, does not open.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import blake2b

from curtilage.core.clock import Clock
from curtilage.gateway.ports import KeptRows
from curtilage.gateway.session import Session
from curtilage.vault.seal import derive, encode_context, open_sealed, seal

KEPT_FOR = timedelta(days=400)  # a provider keeps a response 30 days, a conversation until deleted


@dataclass(frozen=True, slots=True)
class Label:
    """What one sort of rows is sealed as: the words its keys and its context begin with."""

    lookup: str
    box: str
    context: str


@dataclass(frozen=True, slots=True)
class SealedRows:
    """Writes and reads the rows of one sort. One per worker."""

    rows: KeptRows
    clock: Clock
    label: Label

    async def write(self, session: Session, name: str, row: str, plain: bytes) -> None:
        """Keep a row under a name; stored when this returns. The same row twice is one."""
        _, key = session.loaded.current
        place = self._place(key, _named(session, name))
        await self.rows.keep_row(
            session.loaded.scope.tenant,
            place.lookup,
            id=row,
            sealed=seal(place.box, plain, place.context),
            until=self.clock.now() + KEPT_FOR,
        )

    async def read(self, session: Session, name: str) -> Iterator[bytes]:
        """What is kept under a name, the oldest row first. Each is opened when it is taken,
        which raises SealBroken for one that somebody changed."""
        for place in self._places(session, name):
            rows = await self.rows.find_kept(session.loaded.scope.tenant, place.lookup)
            if rows:
                return (place.open(row) for row in rows)
        return iter(())

    async def page(
        self, session: Session, name: str, *, after: str = "", newest_first: bool, limit: int
    ) -> Sequence[bytes]:
        """At most `limit` rows behind the row `after`, in the order of their ids."""
        tenant, found = session.loaded.scope.tenant, list[bytes]()
        places = self._places(session, name)  # each newer key has the newer rows
        for place in places if newest_first else reversed(places):
            rows = await self.rows.page_kept(
                tenant, place.lookup, after=after, newest_first=newest_first,
                limit=limit - len(found),
            )  # fmt: skip
            found += map(place.open, rows)
            if len(found) == limit:
                break
        return found

    async def forget(self, session: Session, name: str, row: str = "") -> None:
        """Delete what is kept under a name, or one row of it, whichever key sealed it."""
        for place in self._places(session, name):
            await self.rows.forget_kept(session.loaded.scope.tenant, place.lookup, id=row)

    def find_lookup(self, session: Session, name: str) -> str:
        """The keyed hash that a row of this name is found by, under the newest key."""
        _, key = session.loaded.current
        return self._hash(key, _named(session, name))

    def _places(self, session: Session, name: str) -> list["_Place"]:
        keys = (session.loaded.current, *session.loaded.older)
        return [self._place(key, _named(session, name)) for _, key in keys]

    def _place(self, key: bytes, name: str) -> "_Place":
        lookup = self._hash(key, name)
        context = encode_context(self.label.context, lookup)
        return _Place(lookup, derive(key, self.label.box), context)

    def _hash(self, key: bytes, name: str) -> str:
        named = blake2b(name.encode(), key=derive(key, self.label.lookup), digest_size=16)
        return named.hexdigest()


def _named(session: Session, name: str) -> str:
    """The name for the purpose of the session: the same name for another is another row."""
    return f"{session.purpose}\0{name}" if session.purpose else name


@dataclass(frozen=True, slots=True)
class _Place:
    """Where rows of one name lie under one key, and what opens them."""

    lookup: str
    box: bytes
    context: bytes

    def open(self, row: bytes) -> bytes:
        return open_sealed(self.box, row, self.context)
