"""What callers hold at providers: files, batches, jobs, and what their tokens stand for.

All callers share the provider's account, so only this service knows what is whose. Each
thing has a head, found by a keyed hash of its id; an entry in the list of its kind; and,
where it was made of text, a map in rows of bounded size. All are sealed under the key of
the caller's own scope. To everybody else an id is unknown, and what is unknown is never
asked of the provider.
"""

import asyncio
import contextlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from curtilage.core.errors import CurtilageError
from curtilage.core.ids import Ids
from curtilage.gateway.errors import NotKept, ReplyElsewhere, UnknownHolding
from curtilage.gateway.files.maps import Borrowed
from curtilage.gateway.kept_values import encode_values, parse_values
from curtilage.gateway.recall import adopt
from curtilage.gateway.request import Inbound, Kept, Outbound
from curtilage.gateway.sealed import Label, SealedRows
from curtilage.gateway.session import Session
from curtilage.gateway.wire.errors import UnexpectedShape
from curtilage.gateway.wire.file_protocols import FILE
from curtilage.shield.held import Held, HeldValue
from curtilage.vault.errors import SealBroken

HOLDINGS = Label("holding-lookup", "holdings", "holding")
ROW = 512 * 1024  # bytes of a map that are sealed in one piece
PAGE = 4  # rows of a map that are read at once
MOST_NAMED = 64  # files of one request; each may have a map of megabytes
HEAD = "head"

Values = tuple[tuple[str, HeldValue], ...]


@dataclass(frozen=True, slots=True)
class Holding:
    """One thing at a provider that belongs to a caller.

    `read_as` says how its content is read back, and `map` names the map for that. `values` are
    those of what it says of itself: a name, metadata. `lines`, `size` and `longest` are what
    a batch of it may cost: requests, bytes, and tokens of replies as far as they say so;
    `unlimited` are those that do not. `entry` is its place in the list of its kind.
    """

    id: str
    kind: str
    upstream: str
    model: str = ""
    read_as: str = ""
    map: str = ""
    purpose: str = ""
    lines: int = 0
    size: int = 0
    longest: int = 0
    unlimited: int = 0
    entry: str = ""
    values: Values = field(default=(), repr=False)

    def as_kept(self) -> Kept:
        """As operations on what a provider keeps know it."""
        return Kept(self.upstream, self.model, self.values)


@dataclass(frozen=True, slots=True)
class Holdings:
    """Keeps and finds what callers hold. One per worker."""

    rows: SealedRows
    ids: Ids

    async def keep(self, owner: Session, holding: Holding) -> None:
        """Note what a caller holds now; stored when this returns, or NotKept.

        The same thing twice is one. It is in the list before it can be found, so that
        nothing is held that no list shows."""
        try:
            if holding.entry:
                await self._write(owner, _list_of(holding.kind), holding.entry, holding.id)
            await self._write(owner, holding.id, HEAD, _encode(holding))
        except CurtilageError:
            raise NotKept from None

    async def keep_map(self, owner: Session, values: Iterable[tuple[str, HeldValue]]) -> str:
        """Keep what the tokens of a content stand for; the name of that map. Raises NotKept."""
        name = f"map:{self.ids.new()}"
        try:
            for number, part in enumerate(_cut(values)):
                await self._write(owner, name, _number(number), part)
        except CurtilageError:
            raise NotKept from None
        return name

    def describe(self, id: str, kind: str, inbound: Inbound, outbound: Outbound) -> Holding:
        """What a call made, as it is held from now on."""
        return Holding(
            id, kind, inbound.target.upstream, inbound.facts.model,
            entry=self.ids.new(), values=tuple(outbound.held),
        )  # fmt: skip

    async def hold_named(
        self, owner: Session, inbound: Inbound, outbound: Outbound, borrowed: Borrowed
    ) -> None:
        """Hold what the files stand for that a request names, and send it to where they are.

        Raises UnknownHolding for those of anybody else: all callers share the provider's
        account. Raises ReplyElsewhere where they are not at one place that serves it, and
        HoldsTooMuch or Busy where there is no room for what they stand for."""
        if len(outbound.files) > MOST_NAMED:
            raise UnexpectedShape(f"The request names more than {MOST_NAMED} files.")
        for id in outbound.files:
            file = await self.get(owner, id, FILE)
            target = inbound.target.find(file.upstream)
            if target is None:
                raise ReplyElsewhere
            inbound.target, inbound.account.upstream = target, target.upstream
            await self.hold_map(owner, file, outbound.held, borrowed)

    async def get(self, owner: Session, id: str, *kinds: str) -> Holding:
        """What a caller holds under an id. Raises UnknownHolding for anybody else's."""
        for head in await self.rows.read(owner, id):
            holding = _parse(id, _open(head))
            if not kinds or holding.kind in kinds:
                return holding
        raise UnknownHolding

    async def hold_map(self, owner: Session, file: Holding, held: Held, borrowed: Borrowed) -> None:
        """Hold what the tokens in the content of a file stand for.

        A few rows at a time, so that what is refused was not read before, and others have
        their turn. Raises HoldsTooMuch or Busy."""
        after, rows = "", PAGE if file.map else 0
        while rows == PAGE:
            page = await self.rows.page(
                owner, file.map, after=after, newest_first=False, limit=PAGE
            )
            for row in page:
                borrowed.take(len(row))
                adopt(held, replace(file.as_kept(), values=tuple(parse_values(_open(row)))))
                await asyncio.sleep(0)
            rows, after = len(page), _number(int(after or -1) + len(page))

    async def list(
        self, owner: Session, kind: str, *, after: str = "", newest_first: bool = True, limit: int
    ) -> Sequence[Holding]:
        """The things of a kind behind the one with the id `after`; those that are there still."""
        entry = (await self.get(owner, after, kind)).entry if after else ""
        rows = await self.rows.page(
            owner, _list_of(kind), after=entry, newest_first=newest_first, limit=limit
        )
        found: list[Holding] = []
        for row in rows:
            with contextlib.suppress(UnknownHolding):  # forgotten meanwhile
                found.append(await self.get(owner, str(_open(row)), kind))
        return found

    async def forget(self, owner: Session, holding: Holding) -> None:
        """It is gone at the provider. Its map stays as long as something made of it may."""
        if holding.entry:
            await self.rows.forget(owner, _list_of(holding.kind), holding.entry)
        await self.rows.forget(owner, holding.id)

    async def _write(self, owner: Session, name: str, row: str, content: Any) -> None:
        await self.rows.write(owner, name, row, orjson.dumps([1, content]))


def _number(row: int) -> str:
    """What a row of a map is called: they are read in the order of these."""
    return f"{row:08d}"


def _list_of(kind: str) -> str:
    return f"list:{kind}"  # no id has a colon


def _open(plain: bytes) -> Any:
    version, content = orjson.loads(plain)
    if version != 1:
        raise SealBroken
    return content


_TOLD = (
    "kind", "upstream", "model", "map", "purpose", "lines", "size", "longest", "unlimited", "entry",
)  # fmt: skip
READ_AS = "form"  # what a head calls it since its first version


def _encode(holding: Holding) -> dict[str, Any]:
    told = {name: getattr(holding, name) for name in _TOLD}
    return {**told, READ_AS: holding.read_as, "values": encode_values(holding.values)}


def _parse(id: str, head: dict[str, Any]) -> Holding:
    """A head as it was written: the seal holds, so that it is as it should be."""
    told = {name: head[name] for name in _TOLD}
    values = tuple(parse_values(head["values"]))
    return Holding(id, read_as=head[READ_AS], values=values, **told)


def size_of(token: str, value: HeldValue) -> int:
    """How many bytes a value takes in a map, at most."""
    return len(token) + 4 * len(value.value) + len(value.type) + 32


def _cut(values: Iterable[tuple[str, HeldValue]]) -> Iterator[list[list[str]]]:
    """Values in pieces of a bounded size."""
    part: list[tuple[str, HeldValue]] = []
    size = 0
    for token, value in values:
        size += size_of(token, value)
        if part and size > ROW:
            yield encode_values(part)
            part, size = [], size_of(token, value)
        part.append((token, value))
    if part:
        yield encode_values(part)
