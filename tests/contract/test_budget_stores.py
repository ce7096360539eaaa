"""Budgets keep one promise on SQLite and on PostgreSQL."""

import asyncio
from dataclasses import replace

from sqlalchemy import update

from curtilage.core.authority import Authority
from curtilage.core.db.engine import Database
from curtilage.core.models import PrincipalId, TenantId
from curtilage.identity.budgets import (
    Amount,
    Budget,
    BudgetAsk,
    Measure,
    Tally,
    Window,
    lease,
    minute_of,
)
from curtilage.identity.models import ApiKey, KeyGroup
from curtilage.identity.service.budgets import BudgetService
from curtilage.identity.store.budgets import SqlBudgetStore
from curtilage.identity.store.keys import SqlKeyStore
from curtilage.identity.store.tables import API_KEY
from tests.fakes import FixedClock, FixedIds
from tests.fakes.clock import START
from tests.fakes.pseudonyms import FixedPseudonyms

OURS, THEIRS = TenantId("tenant-orchard"), TenantId("tenant-harbour")
MONEY = Budget(Measure.MONEY, Window.MONTH, 20_000_000)
CALLS = Budget(Measure.REQUESTS, Window.TOTAL, 300)
TEAM = KeyGroup("group-1", OURS, "Ünïcode & 'team'", START, (MONEY, CALLS))
STORE = SqlBudgetStore()


async def test_a_key_comes_back_with_its_budgets_and_its_group(database: Database) -> None:
    key = ApiKey(
        "key-1", OURS, PrincipalId("s"), "a", b"d" * 32, START, budgets=(CALLS,), group=TEAM
    )
    keys = SqlKeyStore()
    async with database.begin() as connection:
        await STORE.insert_group(connection, OURS, TEAM)
        await keys.insert(connection, OURS, key)
    async with database.begin() as connection:
        assert await keys.load(connection, OURS) == [key]
        other = replace(key, budgets=(), group=None)
        assert await keys.limit(connection, OURS, other)
        assert not await keys.limit(connection, THEIRS, other)
        assert await keys.find(connection, OURS, "key-1") == other
        await STORE.limit_group(connection, OURS, replace(TEAM, budgets=()))
        assert await STORE.load_groups(connection, OURS) == [replace(TEAM, budgets=())]
        assert await STORE.load_groups(connection, THEIRS) == []


async def test_a_key_of_an_earlier_release_has_no_budgets(database: Database) -> None:
    key = ApiKey("key-1", OURS, PrincipalId("s"), "a", b"d" * 32, START, budgets=(CALLS,))
    keys = SqlKeyStore()
    async with database.begin() as connection:
        await keys.insert(connection, OURS, key)
        await connection.execute(update(API_KEY).values(budgets=None, group_id=None))
        assert await keys.load(connection, OURS) == [replace(key, budgets=())]


async def test_nodes_over_one_database_have_its_calendar(database: Database) -> None:
    """One whose clock is years ahead would begin a month of then, which ends then."""
    clock = FixedClock()
    clock.advance(50 * 366 * 86400)
    ahead = BudgetService(database, STORE, Authority(), FixedPseudonyms(), clock, FixedIds())
    key = ApiKey("key-1", OURS, PrincipalId("s"), "a", b"d" * 32, START, budgets=(MONEY,))
    portion = await ahead.lease(key.payer, BudgetAsk("key-1", Amount(money=1)))
    own = minute_of(clock.now())[:4]
    assert (portion.minute[:4] == own) == (database.dialect == "sqlite")


async def test_what_is_taken_is_kept_for_each_holder_and_tenant(database: Database) -> None:
    holders = [("key-1", MONEY), ("group-1", MONEY), ("key-1", CALLS)]
    async with database.begin() as connection:
        held = await STORE.hold_tallies(connection, OURS, holders)
        assert held == [Tally(holder, budget) for holder, budget in holders]
        await STORE.put_tallies(connection, OURS, [Tally("key-1", MONEY, "2026-11", 10**15)])
    async with database.read() as connection:
        tallies = await STORE.load_tallies(connection, OURS, holders)
        assert [(tally.period, tally.used) for tally in tallies] == [
            ("2026-11", 10**15), ("", 0), ("", 0),
        ]  # fmt: skip
        assert [tally.used for tally in await STORE.load_tallies(connection, THEIRS, holders)] == [
            0, 0, 0,
        ]  # fmt: skip


async def test_two_that_take_at_once_take_one_after_the_other(database: Database) -> None:
    holders = [("key-1", CALLS), ("group-1", CALLS)]

    async def take(order: list[tuple[str, Budget]]) -> int:
        async with database.begin() as connection:
            held = await STORE.hold_tallies(connection, OURS, order)
            after, portion = lease(held, BudgetAsk("key-1", Amount(7)), START)
            await asyncio.sleep(0)
            await STORE.put_tallies(connection, OURS, after)
        return portion.amount.requests

    taken = await asyncio.gather(*(take(holders[:: (-1) ** n]) for n in range(8)))
    async with database.read() as connection:
        tallies = await STORE.load_tallies(connection, OURS, holders)
    assert [tally.used for tally in tallies] == [sum(taken)] * 2
    assert 0 < sum(taken) <= CALLS.limit
