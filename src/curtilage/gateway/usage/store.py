"""Sums of usage: a projection of the ledger that can be thrown away and counted again.

A batch of records and the place behind it are written in one transaction that
first looks whether the place before it is still the one that was read from: so
each record counts once, however many processes read.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import orjson
from sqlalchemy import (
    BigInteger,
    Column,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    and_,
    delete,
    func,
    select,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.db.engine import Database
from curtilage.core.db.prepared import Prepared
from curtilage.core.db.tables import ID, NAMING
from curtilage.core.models import Event, PrincipalKind, TenantId
from curtilage.gateway.usage.models import By, Counts, OpenCall, Period, UsageKey
from curtilage.gateway.usage.rules import fold, name_intents
from curtilage.ledger.models import Cursor, Position

USAGE = MetaData(naming_convention=NAMING)
COUNTS = tuple(item.name for item in fields(Counts))
KEYS = UsageKey._fields
MOST_IDS = 400  # in one statement; SQLite takes 999 values at least

SUM = Table(
    "usage_sum",
    USAGE,
    Column("tenant", ID, nullable=False),
    Column("day", String(10), nullable=False),
    Column("actor", ID, nullable=False),
    Column("group_id", ID, nullable=False),
    Column("model", String(256), nullable=False),
    Column("upstream", ID, nullable=False),
    Column("purpose", String(128), nullable=False),
    Column("currency", String(3), nullable=False),
    Column("app", ID, nullable=False, server_default=""),
    Column("kind", String(16), nullable=False, server_default=""),
    *(Column(name, BigInteger, nullable=False) for name in COUNTS),
    PrimaryKeyConstraint(*KEYS),
)

OPEN = Table(
    "usage_open",
    USAGE,
    Column("tenant", ID, nullable=False),
    Column("id", String(36), nullable=False),
    Column("call", Text, nullable=False),
    PrimaryKeyConstraint("tenant", "id"),
)

CURSOR = Table(
    "usage_cursor",
    USAGE,
    Column("writer", ID, nullable=False),
    Column("segment", BigInteger, nullable=False),
    Column("offset", BigInteger, nullable=False),
    PrimaryKeyConstraint("writer"),
)
_PLACES = select(CURSOR).order_by(CURSOR.c.writer)
_CURSOR = Prepared(_PLACES)  # asked several times a second
_HOLD_CURSOR = Prepared(_PLACES.with_for_update())

COLUMNS = {
    By.KEY: SUM.c.actor,
    By.GROUP: SUM.c.group_id,
    By.PERSON: SUM.c.actor,
    By.APP: SUM.c.app,
    By.MODEL: SUM.c.model,
    By.PURPOSE: SUM.c.purpose,
    By.UPSTREAM: SUM.c.upstream,
    By.DAY: SUM.c.day,
}
ONLY = {  # calls with a key, those with a token, and of these those of people
    By.KEY: SUM.c.app == "",
    By.PERSON: and_(SUM.c.app != "", SUM.c.kind != PrincipalKind.SERVICE.value),
    By.APP: SUM.c.app != "",
}


@dataclass(frozen=True, slots=True)
class UsageStore:
    """Counts what the ledger brings, and reads the sums."""

    database: Database

    async def cursor(self) -> Cursor:
        async with self.database.read() as connection:
            return await _read_cursor(connection)

    async def add(self, events: Sequence[Event], *, before: Cursor, after: Cursor) -> bool:
        async with self.database.begin() as connection:
            if await self._hold_cursor(connection, after) != dict(before):
                return False
            known = await _find_open(connection, name_intents(events))
            folded = fold(events, known)
            for key, counts in folded.sums.items():
                await self._increase(connection, key, counts)
            await self._close(connection, folded.closed)
            if folded.opened:
                rows = [
                    {"tenant": tenant, "id": id, "call": _encode_call(call)}
                    for (tenant, id), call in folded.opened.items()
                ]
                await connection.execute(self.database.insert(OPEN), rows)
            await self._move(connection, after)
        return True

    async def totals(
        self, tenant: TenantId, by: By, period: Period
    ) -> Sequence[tuple[str, str, Counts]]:
        column = COLUMNS[by]
        query = (
            select(
                column.label("what"),
                SUM.c.currency,
                *(func.sum(SUM.c[name]).label(name) for name in COUNTS),
            )
            .where(SUM.c.tenant == tenant)
            .group_by(column, SUM.c.currency)
            .order_by(column, SUM.c.currency)
        )
        if by in ONLY:
            query = query.where(ONLY[by])
        if period.since:
            query = query.where(SUM.c.day >= period.since)
        if period.until:
            query = query.where(SUM.c.day <= period.until)
        async with self.database.read() as connection:
            rows = await connection.execute(query)
            return [(row.what, row.currency, _read_counts(row)) for row in rows]

    async def everything(self) -> tuple[Mapping[UsageKey, Counts], Cursor]:
        async with self.database.read() as connection:
            rows = await connection.execute(select(SUM))
            sums = {
                UsageKey(*(getattr(row, name) for name in KEYS)): _read_counts(row) for row in rows
            }
            return sums, await _read_cursor(connection)

    async def _hold_cursor(self, connection: AsyncConnection, after: Cursor) -> Cursor:
        """Where the ledger was read up to, held against others until the transaction ends.

        The row of a writer that is new is made first, so that there is one to hold."""
        for writer in sorted(after):
            row = {"writer": writer, "segment": 0, "offset": 0}
            insert = self.database.insert(CURSOR).values(row).on_conflict_do_nothing()
            await connection.execute(insert)
        return await _read_cursor(connection, held=True)

    async def _increase(self, connection: AsyncConnection, key: UsageKey, counts: Counts) -> None:
        insert = self.database.insert(SUM).values(**key._asdict(), **asdict(counts))
        increased = {name: SUM.c[name] + insert.excluded[name] for name in COUNTS}
        await connection.execute(
            insert.on_conflict_do_update(index_elements=list(SUM.primary_key), set_=increased)
        )

    async def _close(self, connection: AsyncConnection, closed: Sequence[tuple[str, str]]) -> None:
        for start in range(0, len(closed), MOST_IDS):
            some = closed[start : start + MOST_IDS]
            await connection.execute(delete(OPEN).where(tuple_(OPEN.c.tenant, OPEN.c.id).in_(some)))

    async def _move(self, connection: AsyncConnection, after: Cursor) -> None:
        for writer, place in after.items():
            row = {"segment": place.segment, "offset": place.offset}
            insert = self.database.insert(CURSOR).values(writer=writer, **row)
            await connection.execute(
                insert.on_conflict_do_update(index_elements=[CURSOR.c.writer], set_=row)
            )


async def _read_cursor(connection: AsyncConnection, *, held: bool = False) -> Cursor:
    found = await (_HOLD_CURSOR if held else _CURSOR).run(connection, {})
    places = {row.writer: Position(row.segment, row.offset) for row in found.rows}
    return {writer: place for writer, place in places.items() if place != Position(0, 0)}


async def _find_open(
    connection: AsyncConnection, ids: Collection[tuple[str, str]]
) -> dict[tuple[str, str], OpenCall]:
    wanted, found = sorted(ids), {}
    for start in range(0, len(wanted), MOST_IDS):
        some = wanted[start : start + MOST_IDS]
        rows = await connection.execute(
            select(OPEN).where(tuple_(OPEN.c.tenant, OPEN.c.id).in_(some))
        )
        found.update({(row.tenant, row.id): OpenCall(**orjson.loads(row.call)) for row in rows})
    return found


def _encode_call(call: OpenCall) -> str:
    return orjson.dumps(asdict(call)).decode()


def _read_counts(row: Any) -> Counts:
    return Counts(**{name: int(getattr(row, name)) for name in COUNTS})
