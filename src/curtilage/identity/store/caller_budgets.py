"""Budgets of people and apps: rows and back."""

from collections.abc import Sequence

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.models import PrincipalId, TenantId
from curtilage.identity.budgets import Budget, Whose
from curtilage.identity.caller_budgets import CallerBudgets
from curtilage.identity.store.budgets import encode_budgets, parse_budgets
from curtilage.identity.store.tables import CALLER_BUDGET


class SqlCallerBudgetStore:
    """Who has which. What is taken of them is beside what is taken of keys."""

    async def put(
        self,
        connection: AsyncConnection,
        tenant: TenantId,
        whose: Whose,
        id: str,
        budgets: Sequence[Budget],
    ) -> None:
        table = CALLER_BUDGET.c
        await connection.execute(
            delete(CALLER_BUDGET).where(
                table.tenant == tenant, table.whose == whose.value, table.holder == id
            )
        )
        if budgets:
            row = {"tenant": tenant, "whose": whose.value, "holder": id}
            row["budgets"] = encode_budgets(budgets)
            await connection.execute(insert(CALLER_BUDGET).values(row))

    async def erase(
        self, connection: AsyncConnection, tenant: TenantId, person: PrincipalId
    ) -> int:
        """Implements `people.ports.Eraser`: budgets of their own go with them."""
        table = CALLER_BUDGET.c
        result = await connection.execute(
            delete(CALLER_BUDGET).where(
                table.tenant == tenant,
                table.whose == Whose.PERSON.value,
                table.holder == person,
            )
        )
        return result.rowcount

    async def load(self, connection: AsyncConnection, tenant: TenantId) -> CallerBudgets:
        rows = await connection.execute(
            select(CALLER_BUDGET).where(CALLER_BUDGET.c.tenant == tenant)
        )
        return CallerBudgets(
            {(Whose(row.whose), row.holder): parse_budgets(row.budgets) for row in rows}
        )
