"""Budgets of people and apps keep one promise on SQLite and on PostgreSQL."""

from curtilage.core.db.engine import Database
from curtilage.core.models import PrincipalId, TenantId
from curtilage.identity.budgets import Budget, Measure, Whose, Window
from curtilage.identity.caller_budgets import EVERYBODY
from curtilage.identity.store.caller_budgets import SqlCallerBudgetStore

OURS, THEIRS = TenantId("tenant-orchard"), TenantId("tenant-harbour")
CALLS = Budget(Measure.REQUESTS, Window.TOTAL, 300)
MONEY = Budget(Measure.MONEY, Window.MONTH, 20_000_000)
STORE = SqlCallerBudgetStore()


async def test_budgets_come_back_replaced_and_gone(database: Database) -> None:
    async with database.begin() as connection:
        await STORE.put(connection, OURS, Whose.PERSON, EVERYBODY, [CALLS])
        await STORE.put(connection, OURS, Whose.PERSON, "ada", [CALLS])
        await STORE.put(connection, OURS, Whose.APP, "ada", [MONEY, CALLS])
        await STORE.put(connection, THEIRS, Whose.APP, "ada", [MONEY])
    async with database.begin() as connection:
        await STORE.put(connection, OURS, Whose.PERSON, "ada", [MONEY])
        await STORE.put(connection, OURS, Whose.PERSON, EVERYBODY, [])
        await STORE.put(connection, OURS, Whose.PERSON, "nobody", [])
    async with database.read() as connection:
        assert (await STORE.load(connection, OURS)).held == {
            (Whose.PERSON, "ada"): (MONEY,),
            (Whose.APP, "ada"): (MONEY, CALLS),
        }
        assert (await STORE.load(connection, THEIRS)).held == {(Whose.APP, "ada"): (MONEY,)}


async def test_the_budget_of_whoever_is_erased_goes_and_no_other(database: Database) -> None:
    async with database.begin() as connection:
        for tenant, whose, id in (
            (OURS, Whose.PERSON, "ada"),
            (OURS, Whose.APP, "ada"),
            (OURS, Whose.PERSON, "bob"),
            (THEIRS, Whose.PERSON, "ada"),
        ):
            await STORE.put(connection, tenant, whose, id, [CALLS])
        assert await STORE.erase(connection, OURS, PrincipalId("ada")) == 1
        assert await STORE.erase(connection, OURS, PrincipalId("ada")) == 0
    async with database.read() as connection:
        left = (await STORE.load(connection, OURS)).held
        assert set(left) == {(Whose.APP, "ada"), (Whose.PERSON, "bob")}
        assert set((await STORE.load(connection, THEIRS)).held) == {(Whose.PERSON, "ada")}
