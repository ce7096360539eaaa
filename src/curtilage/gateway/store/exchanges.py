"""Rows of model calls as people read them: a projection of the ledger.

It can be thrown away and rebuilt from the ledger. `intent` and `ending` hold
the facts of the two Events as JSON; request ids are UUIDv7, so their order is
the order of time and pages go by id.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.clock import encode_instant, parse_instant
from curtilage.core.db.engine import Database
from curtilage.core.db.prepared import Prepared
from curtilage.core.models import Event, TenantId
from curtilage.gateway import records
from curtilage.gateway.rows import PENDING, ExchangePage, ExchangeRow, Wanted
from curtilage.gateway.store.searching import encode_kinds, find_ids
from curtilage.gateway.store.shadows import count_shadows
from curtilage.gateway.store.tables import CURSOR, EXCHANGE
from curtilage.ledger.models import Cursor, Position

_CURSOR = Prepared(select(CURSOR))  # asked several times a second
MOST_AT_ONCE = 500  # rows that one statement names
END = (
    update(EXCHANGE)
    .where(EXCHANGE.c.tenant == bindparam("of_tenant"), EXCHANGE.c.id == bindparam("of_id"))
    .values(outcome=bindparam("outcome"), ending=bindparam("ending"))
)


@dataclass(frozen=True, slots=True)
class ExchangeStore:
    """Writes what the bus brings, reads pages."""

    database: Database

    async def cursor(self) -> Cursor:
        """How far the ledger has been taken over."""
        async with self.database.read() as connection:
            found = await _CURSOR.run(connection, {})
            return {row.writer: Position(row.segment, row.offset) for row in found.rows}

    async def add(self, events: Sequence[Event], cursor: Cursor) -> None:
        """Take over `exchange.*` Events and how far they reach, in one transaction.

        The same Event twice changes nothing. A call that began and ended within
        one batch, as most do, is written once.
        """
        begun, ended = _rows_of(events)
        async with self.database.begin() as connection:
            if begun:
                await connection.execute(self._upsert(), begun)
            if ended:
                await connection.execute(END, ended)
            await count_shadows(self.database, connection, events)
            await self._move(connection, cursor)

    def _upsert(self) -> Any:
        insert = self.database.insert(EXCHANGE)
        given = insert.excluded
        return insert.on_conflict_do_update(
            index_elements=[EXCHANGE.c.tenant, EXCHANGE.c.id],
            set_={"outcome": given.outcome, "ending": given.ending},
            where=given.ending.is_not(None),
        )

    async def _move(self, connection: AsyncConnection, cursor: Cursor) -> None:
        for writer, place in cursor.items():
            row = {"segment": place.segment, "offset": place.offset}
            insert = self.database.insert(CURSOR).values(writer=writer, **row)
            await connection.execute(
                insert.on_conflict_do_update(index_elements=[CURSOR.c.writer], set_=row)
            )

    async def page(
        self, tenant: TenantId, wanted: Wanted, *, before: str | None, limit: int
    ) -> ExchangePage:
        """Newest first; `before` is the id to go on from."""
        async with self.database.read() as connection:
            ids, horizon = await find_ids(connection, tenant, wanted, before=before, limit=limit)
            rows = await self._with_ids(connection, tenant, ids)
        return ExchangePage(rows, horizon if len(ids) < limit else None)

    async def _with_ids(
        self, connection: AsyncConnection, tenant: TenantId, ids: Sequence[str]
    ) -> Sequence[ExchangeRow]:
        rows: list[ExchangeRow] = []
        for start in range(0, len(ids), MOST_AT_ONCE):
            part = ids[start : start + MOST_AT_ONCE]
            query = (
                select(EXCHANGE)
                .where(EXCHANGE.c.tenant == tenant, EXCHANGE.c.id.in_(part))
                .order_by(EXCHANGE.c.id.desc())
            )
            rows += [_parse(row) for row in await connection.execute(query)]
        return rows

    async def since(self, tenant: TenantId, *, after: str, limit: int) -> Sequence[ExchangeRow]:
        """Those after `after`, newest first."""
        query = (
            select(EXCHANGE)
            .where(EXCHANGE.c.tenant == tenant, EXCHANGE.c.id > after)
            .order_by(EXCHANGE.c.id.desc())
            .limit(limit)
        )
        return await self._read(query)

    async def find(self, tenant: TenantId, request_id: str) -> ExchangeRow | None:
        rows = await self._read(
            select(EXCHANGE).where(EXCHANGE.c.tenant == tenant, EXCHANGE.c.id == request_id)
        )
        return rows[0] if rows else None

    async def _read(self, query: Any) -> Sequence[ExchangeRow]:
        async with self.database.read() as connection:
            return [_parse(row) for row in await connection.execute(query)]


def _rows_of(events: Sequence[Event]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Calls that began in this batch, ended or not, and endings of those that began before it."""
    begun: dict[str, dict[str, Any]] = {}
    ended: list[dict[str, Any]] = []
    for event in events:
        if event.kind == records.INTENDED:
            begun[event.id] = _begin(event)
        elif event.kind.startswith("exchange."):
            ending = _end(event)
            row = begun.get(ending["of_id"])
            if row is None:
                ended.append(ending)
            else:
                row.update(outcome=ending["outcome"], ending=ending["ending"])
    return list(begun.values()), ended


def _begin(event: Event) -> dict[str, Any]:
    found = event.facts.get("found")
    return {
        "tenant": event.tenant,
        "id": event.id,
        "at": encode_instant(event.at),
        "actor": event.actor,
        "purpose": event.purpose,
        "outcome": PENDING,
        "intent": orjson.dumps(
            {"decision": event.decision, "facts": event.facts, "kind": event.actor_kind}
        ).decode(),
        "ending": None,
        "model": str(event.facts.get("model", "")),
        "kinds": encode_kinds(sorted(found) if isinstance(found, Mapping) else ()),
    }


def _end(event: Event) -> dict[str, Any]:
    return {
        "of_tenant": event.tenant,
        "of_id": event.facts.get("intent"),
        "outcome": event.kind.removeprefix("exchange."),
        "ending": orjson.dumps({"at": encode_instant(event.at), "facts": event.facts}).decode(),
    }


def _parse(row: Any) -> ExchangeRow:
    intent = orjson.loads(row.intent)
    ending = orjson.loads(row.ending) if row.ending else None
    return ExchangeRow(
        id=row.id,
        at=parse_instant(row.at),
        actor=row.actor,
        purpose=row.purpose,
        outcome=row.outcome,
        decision=intent["decision"],
        facts=intent["facts"],
        ending=ending["facts"] if ending else {},
        ended_at=parse_instant(ending["at"]) if ending else None,
        actor_kind=intent.get("kind", ""),
    )
