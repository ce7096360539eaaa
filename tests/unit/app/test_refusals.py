"""What the door refused, in sums: told of at once, then rarely, and never without an end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text as sql

from curtilage.app.migrations import SCRIPTS
from curtilage.app.refusals import AGAIN, OTHERS, RefusalCounts, Refused, Tally
from curtilage.core.db import outbox
from curtilage.core.db.engine import Database, open_database
from curtilage.core.db.migrate import migrate
from curtilage.core.errors import CurtilageError
from curtilage.core.models import Event
from curtilage.core.refusal import Refusal
from tests.builders import TENANT
from tests.fakes import FixedClock, FixedIds

TOKEN = Refused("token", "invalid_grant")
PAGE = Refused("page", "422")


def test_a_kind_is_told_of_at_once_and_then_once_a_minute() -> None:
    tally = Tally()
    tally.count(TOKEN)
    assert tally.take(0) == {TOKEN: 1}
    tally.count(TOKEN)
    tally.count(PAGE)
    assert tally.take(1) == {PAGE: 1}
    for second in range(2, int(AGAIN)):
        tally.count(TOKEN)
        assert tally.take(second) == {}
    assert tally.take(AGAIN) == {TOKEN: int(AGAIN) - 1}
    assert tally.take(2 * AGAIN) == {}


def test_a_clock_that_goes_back_silences_no_kind() -> None:
    tally = Tally()
    tally.count(TOKEN)
    assert tally.take(1_000_000)
    tally.count(TOKEN)
    assert tally.take(5) == {TOKEN: 1}


def test_a_flood_of_kinds_fills_the_table_and_no_more() -> None:
    tally = Tally(most=10)
    for number in range(1000):
        tally.count(Refused("token", "invalid_client", f"app-{number}"))
    told = tally.take(0)
    assert len(told) == 11
    assert told[OTHERS] == 990
    assert sum(told.values()) == 1000


def test_a_kind_that_is_over_makes_room_for_another() -> None:
    tally = Tally(most=1)
    tally.count(TOKEN)
    tally.take(0)
    tally.count(PAGE)
    assert tally.take(1) == {OTHERS: 1}
    tally.take(2 * AGAIN)
    tally.count(PAGE)
    assert tally.take(2 * AGAIN + 1) == {PAGE: 1}


def test_what_could_not_be_told_is_due_again_at_once() -> None:
    tally = Tally()
    tally.count(TOKEN)
    tally.give_back(tally.take(0))
    tally.count(TOKEN)
    assert tally.take(1) == {TOKEN: 2}


@pytest.fixture
async def database(data_dir: Path) -> AsyncIterator[Database]:
    made = open_database("sqlite", data_dir)
    await migrate(made, SCRIPTS)
    yield made
    await made.close()


async def events(database: Database) -> list[Event]:
    async with database.read() as connection:
        return [each.event for each in await outbox.read_batch(connection, 100)]


def some_counts(database: Database, clock: FixedClock) -> RefusalCounts:
    return RefusalCounts(database, TENANT, clock, FixedIds())


async def test_a_flood_is_one_event_a_minute_with_the_number_of_all(database: Database) -> None:
    clock = FixedClock()
    counts = some_counts(database, clock)
    for _ in range(180):
        for _ in range(100):
            counts.count("token", Refusal("invalid_client", "client-basket"))
        await counts.write()
        clock.advance(timedelta(seconds=1))
    await counts.write(everything=True)
    told = await events(database)
    assert len(told) == 4
    assert {(each.kind, each.actor, each.tenant) for each in told} == {
        ("request.refused", "", TENANT)
    }
    assert sum(each.facts["count"] for each in told) == 18_000  # type: ignore[misc]
    assert told[0].facts == {
        "count": 100,
        "refused": [
            {"at": "token", "code": "invalid_client", "count": 100, "client": "client-basket"}
        ],
    }


async def test_nothing_is_written_where_nothing_was_refused(database: Database) -> None:
    await some_counts(database, FixedClock()).write(everything=True)
    assert await events(database) == []


async def test_counts_that_cannot_be_written_are_kept(database: Database) -> None:
    counts = some_counts(database, FixedClock())
    counts.count("page", Refusal("422"))
    async with database.begin() as connection:
        await connection.execute(sql("ALTER TABLE outbox RENAME TO away"))
    with pytest.raises(CurtilageError):
        await counts.write()
    counts.count("page", Refusal("422"))
    async with database.begin() as connection:
        await connection.execute(sql("ALTER TABLE away RENAME TO outbox"))
    await counts.write()
    (event,) = await events(database)
    assert event.facts["count"] == 2


async def test_what_is_left_is_written_at_the_end(database: Database) -> None:
    counts = some_counts(database, FixedClock())
    running = asyncio.create_task(counts.run())
    counts.count("page", Refusal("422"))
    await asyncio.sleep(0)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    assert [each.kind for each in await events(database)] == ["request.refused"]


async def test_who_is_stopped_while_an_event_is_written_tells_of_it_once(
    database: Database, clock: FixedClock
) -> None:
    """The commit goes on in its thread: counted as failed, it would be told of twice."""
    for steps in range(40):
        counts = some_counts(database, clock)
        counts.count("token", Refusal("invalid_grant"))
        writing = asyncio.ensure_future(counts.write())
        for _ in range(steps):
            await asyncio.sleep(steps * 0.00005)
        writing.cancel()
        with suppress(asyncio.CancelledError):
            await writing
        await counts.write(everything=True)
    async with database.read() as connection:
        told = [item.event.facts["count"] for item in await outbox.read_batch(connection, 1000)]
    assert told == [1] * 40
