"""The outbox: state and the Event that tells of it, in one transaction.

A use case calls `record` with its own connection; what commits is then moved
into the ledger by `drain`, in the order of positions, and deleted only after
the ledger made it durable. A crash between the two moves an Event twice: the
id is the same, and readers that count must look at it.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import delete as delete_from
from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.canonical import encode_canonical
from curtilage.core.clock import encode_instant, parse_instant
from curtilage.core.db.engine import Database
from curtilage.core.db.errors import OutboxUnreadable
from curtilage.core.db.prepared import Prepared
from curtilage.core.db.tables import OUTBOX
from curtilage.core.models import Event, Sealed, TenantId

VERSION = 1
_INSERT = Prepared(insert(OUTBOX), columns=("event", "box"))
_ANY = Prepared(select(OUTBOX.c.position).limit(1))
_TEXTS = ("id", "kind", "actor", "actor_kind", "subject", "purpose")


@dataclass(frozen=True, slots=True)
class Waiting:
    """An Event that is committed and not yet in the ledger."""

    position: int
    event: Event


async def record(connection: AsyncConnection, event: Event) -> None:
    """Write `event` in the caller's transaction, so that it stands or falls with the state."""
    box = None if event.sealed is None else event.sealed.box
    await _INSERT.run(connection, {"event": encode_waiting(event), "box": box})


async def read_batch(connection: AsyncConnection, limit: int) -> Sequence[Waiting]:
    """The oldest waiting Events, at most `limit`. Raises OutboxUnreadable."""
    rows = await connection.execute(
        select(OUTBOX.c.position, OUTBOX.c.event, OUTBOX.c.box)
        .order_by(OUTBOX.c.position)
        .limit(limit)
    )
    return [Waiting(position, parse_waiting(raw, box)) for position, raw, box in rows]


async def count_waiting(connection: AsyncConnection) -> int:
    """How many Events are committed and not yet in the ledger."""
    rows = await connection.execute(select(func.count()).select_from(OUTBOX))
    return int(rows.scalar_one())


async def delete(connection: AsyncConnection, positions: Sequence[int]) -> None:
    """Forget Events that the ledger has made durable."""
    await connection.execute(delete_from(OUTBOX).where(OUTBOX.c.position.in_(positions)))


async def drain(
    database: Database, append: Callable[[Event], Awaitable[None]], *, limit: int = 500
) -> int:
    """Move waiting Events through `append`, which returns once one is durable.

    Gives how many were moved. One drainer at a time: the control process. What
    was appended before a failure is deleted all the same."""
    async with database.read() as connection:
        if not (await _ANY.run(connection, {})).rows:  # as it is mostly, several times a second
            return 0
        waiting = await read_batch(connection, limit)
    moved: list[int] = []
    try:
        for item in waiting:
            await append(item.event)
            moved.append(item.position)
    finally:
        if moved:
            async with database.begin() as connection:
                await delete(connection, moved)
    return len(moved)


def encode_waiting(event: Event) -> str:
    """One line of canonical JSON; the sealed box stays beside it, in its own column."""
    fields: dict[str, Any] = {name: getattr(event, name) for name in _TEXTS}
    fields |= {
        "v": VERSION,
        "at": encode_instant(event.at),
        "tenant": event.tenant,
        "decision": event.decision,
        "facts": event.facts,
        "commitment": None if event.sealed is None else event.sealed.commitment.hex(),
    }
    return encode_canonical(fields).decode()


def parse_waiting(raw: str, box: bytes | None) -> Event:
    """The Event that `encode_waiting` wrote, with its box. Raises OutboxUnreadable."""
    try:
        fields: Mapping[str, Any] = orjson.loads(raw)
        if fields["v"] != VERSION:
            raise OutboxUnreadable
        event = Event(
            at=parse_instant(fields["at"]),
            tenant=TenantId(fields["tenant"]),
            decision=_object(fields["decision"]),
            facts=_object(fields["facts"]),
            sealed=_sealed(fields["commitment"], box),
            **{name: fields[name] for name in _TEXTS},
        )
        if encode_waiting(event) == raw:
            return event
    except (ValueError, KeyError, TypeError):
        pass
    raise OutboxUnreadable


def _object(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise TypeError("expected an object")
    return value


def _sealed(commitment: str | None, box: bytes | None) -> Sealed | None:
    if commitment is None and box is None:
        return None
    if commitment is None or box is None:
        raise OutboxUnreadable
    return Sealed(bytes.fromhex(commitment), box)
