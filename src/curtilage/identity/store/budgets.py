"""Groups of keys, and what is taken of each budget: rows and back."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.clock import encode_instant, parse_instant
from curtilage.core.db.columns import insert_into
from curtilage.core.models import TenantId
from curtilage.identity.budgets import Budget, Measure, Tally, Window
from curtilage.identity.models import KeyGroup
from curtilage.identity.store.tables import BUDGET_USE, KEY_GROUP


class SqlBudgetStore:
    """Groups and tallies."""

    async def insert_group(
        self, connection: AsyncConnection, tenant: TenantId, group: KeyGroup
    ) -> None:
        row = {
            "tenant": tenant,
            "id": group.id,
            "name": group.name,
            "budgets": encode_budgets(group.budgets),
            "created_at": encode_instant(group.created_at),
        }
        await connection.execute(insert(KEY_GROUP).values(row))

    async def limit_group(
        self, connection: AsyncConnection, tenant: TenantId, group: KeyGroup
    ) -> None:
        await connection.execute(
            update(KEY_GROUP)
            .where(KEY_GROUP.c.tenant == tenant, KEY_GROUP.c.id == group.id)
            .values(budgets=encode_budgets(group.budgets))
        )

    async def load_groups(
        self, connection: AsyncConnection, tenant: TenantId
    ) -> Sequence[KeyGroup]:
        return list((await load_groups(connection, tenant)).values())

    async def hold_tallies(
        self, connection: AsyncConnection, tenant: TenantId, holders: Sequence[tuple[str, Budget]]
    ) -> Sequence[Tally]:
        for holder, budget in sorted(holders, key=_sorted):  # so that two never wait for each other
            row = {"tenant": tenant, **_encode_place(holder, budget), "period": "", "used": 0}
            await connection.execute(
                insert_into(connection, BUDGET_USE).values(row).on_conflict_do_nothing()
            )
        return await self._load(connection, tenant, holders, held=True)

    async def load_tallies(
        self, connection: AsyncConnection, tenant: TenantId, holders: Sequence[tuple[str, Budget]]
    ) -> Sequence[Tally]:
        return await self._load(connection, tenant, holders, held=False)

    async def _load(
        self,
        connection: AsyncConnection,
        tenant: TenantId,
        holders: Sequence[tuple[str, Budget]],
        *,
        held: bool,
    ) -> Sequence[Tally]:
        table = BUDGET_USE.c
        query = (
            select(BUDGET_USE)
            .where(
                table.tenant == tenant,
                table.holder.in_({holder for holder, _ in holders}),
            )
            .order_by(table.holder, table.measure, table.span)
        )
        rows = await connection.execute(query.with_for_update() if held else query)
        known = {(row.holder, row.measure, row.span): row for row in rows}
        return [_read_tally(holder, budget, known) for holder, budget in holders]

    async def put_tallies(
        self, connection: AsyncConnection, tenant: TenantId, tallies: Sequence[Tally]
    ) -> None:
        for tally in tallies:
            place = {"tenant": tenant, **_encode_place(tally.holder, tally.budget)}
            await connection.execute(
                update(BUDGET_USE).filter_by(**place).values(period=tally.period, used=tally.used)
            )


async def load_groups(connection: AsyncConnection, tenant: TenantId) -> Mapping[str, KeyGroup]:
    """Every group by its id, the oldest first."""
    rows = await connection.execute(
        select(KEY_GROUP).where(KEY_GROUP.c.tenant == tenant).order_by(KEY_GROUP.c.id)
    )
    return {row.id: _read_group(row) for row in rows}


def encode_budgets(budgets: Sequence[Budget]) -> str:
    """Budgets as a column holds them: `[["money", "month", 20000000]]`."""
    return orjson.dumps([[each.measure, each.window, each.limit] for each in budgets]).decode()


def parse_budgets(raw: str | None) -> tuple[Budget, ...]:
    """The budgets of such a column; none where it is empty, as in rows of earlier releases."""
    return tuple(
        Budget(Measure(measure), Window(window), limit)
        for measure, window, limit in orjson.loads(raw or "[]")
    )


def _read_group(row: Any) -> KeyGroup:
    return KeyGroup(
        id=row.id,
        tenant=TenantId(row.tenant),
        name=row.name,
        created_at=parse_instant(row.created_at),
        budgets=parse_budgets(row.budgets),
    )


def _read_tally(holder: str, budget: Budget, known: Mapping[tuple[str, str, str], Any]) -> Tally:
    row = known.get((holder, budget.measure, budget.window))
    return Tally(holder, budget) if row is None else Tally(holder, budget, row.period, row.used)


def _encode_place(holder: str, budget: Budget) -> dict[str, str]:
    return {"holder": holder, "measure": budget.measure.value, "span": budget.window.value}


def _sorted(place: tuple[str, Budget]) -> tuple[str, str, str]:
    holder, budget = place
    return holder, budget.measure, budget.window
