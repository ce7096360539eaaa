"""Sums of usage keep one promise on SQLite and on PostgreSQL."""

import asyncio
import json
from dataclasses import replace

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, insert

from curtilage.core.db.engine import Database
from curtilage.core.models import Event, TenantId
from curtilage.gateway.usage.models import By, Period
from curtilage.gateway.usage.store import OPEN, USAGE, UsageStore
from curtilage.ledger.models import Cursor, Position
from tests.builders import TENANT
from tests.unit.gateway.usage.calls import DAY, PRICED, a_call, an_ending, an_intent, used

ALL = Period()


def differences(connection: Connection) -> list[object]:
    ours = set(USAGE.tables)
    options = {"include_name": lambda name, kind, _: kind != "table" or name in ours}
    return compare_metadata(MigrationContext.configure(connection, opts=options), USAGE)


def at(offset: int) -> Cursor:
    return {"gw-0": Position(0, offset)} if offset else {}


async def add(store: UsageStore, events: list[Event], before: int, after: int) -> bool:
    return await store.add(events, before=at(before), after=at(after))


async def test_migrated_tables_are_those_that_the_code_uses(database: Database) -> None:
    async with database.read() as connection:
        assert await connection.run_sync(differences) == []


async def test_each_record_counts_once_however_often_it_is_given(database: Database) -> None:
    store = UsageStore(database)
    assert await store.cursor() == {}
    assert await add(store, a_call(1), 0, 2)
    assert not await add(store, a_call(1), 0, 2)
    assert await add(store, a_call(2), 2, 4)
    assert await store.everything() == ({PRICED: used(2)}, at(4))


async def test_of_two_that_count_at_once_one_does(database: Database) -> None:
    store = UsageStore(database)
    counted = await asyncio.gather(*(add(store, a_call(1), 0, 2) for _ in range(4)))
    assert sorted(counted) == [False, False, False, True]
    assert (await store.everything())[0] == {PRICED: used()}


async def test_a_call_is_known_until_it_ends(database: Database) -> None:
    store = UsageStore(database)
    intents = [an_intent(number) for number in range(500)]
    assert await add(store, list(intents), 0, 500)
    assert (await store.everything())[0] == {}
    assert await add(store, [an_ending(intent) for intent in intents], 500, 1000)
    assert (await store.everything())[0] == {PRICED: used(500)}


async def test_sums_are_shown_by_anything_and_for_a_time(database: Database) -> None:
    store = UsageStore(database)
    await add(store, [*a_call(1), *a_call(2)], 0, 4)
    by_key = [by for by in By if by not in (By.PERSON, By.APP)]
    labels = {by: (await store.totals(TENANT, by, ALL))[0] for by in by_key}
    assert {by: what for by, (what, _, _) in labels.items()} == {
        By.KEY: "an actor", By.GROUP: "group-1", By.MODEL: "gpt-4o", By.PURPOSE: "assist",
        By.UPSTREAM: "openai", By.DAY: DAY,
    }  # fmt: skip
    assert all(rest == ["EUR", used(2)] for _, *rest in labels.values())
    assert await store.totals(TENANT, By.KEY, Period(DAY, DAY))
    assert not await store.totals(TENANT, By.KEY, Period("2030-01-01"))
    assert not await store.totals(TENANT, By.KEY, Period("", "2020-01-01"))
    assert not await store.totals(TenantId("another"), By.KEY, ALL)


def with_token(number: int, *, app: str, kind: str) -> list[Event]:
    intent = replace(an_intent(number, app=app, group=""), actor=f"of {app}", actor_kind=kind)
    return [intent, an_ending(intent)]


async def test_calls_with_tokens_are_those_of_people_and_apps_and_of_no_key(
    database: Database,
) -> None:
    store = UsageStore(database)
    calls = [
        *a_call(1),
        *with_token(2, app="notes", kind="person"),
        *with_token(3, app="notes", kind="agent"),
        *with_token(4, app="robot", kind="service"),
    ]
    assert await add(store, calls, 0, len(calls))
    assert await store.totals(TENANT, By.KEY, ALL) == [("an actor", "EUR", used())]
    assert await store.totals(TENANT, By.PERSON, ALL) == [("of notes", "EUR", used(2))]
    assert await store.totals(TENANT, By.APP, ALL) == [
        ("notes", "EUR", used(2)), ("robot", "EUR", used()),
    ]  # fmt: skip
    ((_, _, every),) = await store.totals(TENANT, By.PURPOSE, ALL)
    assert every == used(4)


async def test_a_call_that_was_open_before_an_upgrade_is_counted_as_it_began(
    database: Database,
) -> None:
    """What was written of it knows no app yet."""
    store, intent = UsageStore(database), an_intent()
    old = {
        "day": DAY, "actor": "an actor", "group_id": "group-1", "model": "gpt-4o",
        "upstream": "openai", "purpose": "assist", "reserved": {},
    }  # fmt: skip
    async with database.begin() as connection:
        row = {"tenant": TENANT, "id": intent.id, "call": json.dumps(old)}
        await connection.execute(insert(OPEN).values(row))
    assert await add(store, [an_ending(intent)], 0, 1)
    assert (await store.everything())[0] == {PRICED: used()}
