"""The outbox keeps one promise on SQLite and on PostgreSQL."""

import pytest
from sqlalchemy import update

from curtilage.core.db import outbox
from curtilage.core.db.engine import Database
from curtilage.core.db.errors import OutboxUnreadable
from curtilage.core.db.tables import OUTBOX
from curtilage.core.models import Event, Sealed
from tests.builders import an_event

SEALED = Sealed(commitment=b"\x07" * 32, box=b"\x00\xffbox")


async def put(database: Database, *events: Event) -> None:
    async with database.begin() as connection:
        for event in events:
            await outbox.record(connection, event)


async def waiting(database: Database) -> list[Event]:
    async with database.read() as connection:
        return [item.event for item in await outbox.read_batch(connection, 100)]


class Ledger:
    """Takes events; fails where it is told to."""

    def __init__(self, fails_at: int | None = None) -> None:
        self.appended: list[Event] = []
        self._fails_at = fails_at

    async def append(self, event: Event) -> None:
        if len(self.appended) == self._fails_at:
            raise OSError
        self.appended.append(event)


async def test_an_event_comes_back_as_it_was_recorded(database: Database) -> None:
    event = an_event(
        subject="person-1",
        decision={"effect": "permit", "treatments": {"user.contact.email": "token"}},
        facts={"bytes": 12, "kinds": ["a", "ü"], "none": None, "yes": True},
        sealed=SEALED,
    )
    await put(database, event)
    assert await waiting(database) == [event]


async def test_events_come_in_the_order_they_were_recorded(database: Database) -> None:
    events = [an_event(number=number) for number in (5, 2, 9)]
    await put(database, *events)
    assert await waiting(database) == events


async def test_an_event_falls_with_the_state_it_tells_of(database: Database) -> None:
    async def record_and_fail() -> None:
        async with database.begin() as connection:
            await outbox.record(connection, an_event())
            raise LookupError

    with pytest.raises(LookupError):
        await record_and_fail()
    assert await waiting(database) == []


async def test_drain_moves_everything_and_leaves_nothing(database: Database) -> None:
    events = [an_event(number=number) for number in range(1, 8)]
    await put(database, *events)
    ledger = Ledger()
    assert await outbox.drain(database, ledger.append, limit=5) == 5
    assert await outbox.drain(database, ledger.append, limit=5) == 2
    assert await outbox.drain(database, ledger.append) == 0
    assert ledger.appended == events


async def test_a_failing_ledger_loses_no_event_and_repeats_none(database: Database) -> None:
    events = [an_event(number=number) for number in range(1, 6)]
    await put(database, *events)
    ledger = Ledger(fails_at=3)
    with pytest.raises(OSError):
        await outbox.drain(database, ledger.append)
    assert await waiting(database) == events[3:]
    again = Ledger()
    await outbox.drain(database, again.append)
    assert ledger.appended + again.appended == events


async def test_a_position_is_never_given_out_twice(database: Database) -> None:
    await put(database, an_event())
    async with database.read() as connection:
        first = (await outbox.read_batch(connection, 1))[0].position
    await outbox.drain(database, Ledger().append)
    await put(database, an_event())
    async with database.read() as connection:
        assert (await outbox.read_batch(connection, 1))[0].position > first


@pytest.mark.parametrize(
    "changed",
    [
        {"event": "no json"},
        {"event": '{"v": 2}'},
        {"event": "[]"},
        {"event": "{}"},
        {"event": outbox.encode_waiting(an_event()) + " "},
        {"event": outbox.encode_waiting(an_event()).replace('"facts":{}', '"facts":[]')},
        {"box": b"a box without a commitment"},
    ],
)
async def test_what_was_not_written_here_is_not_taken_for_an_event(
    database: Database, changed: dict[str, object]
) -> None:
    await put(database, an_event())
    async with database.begin() as connection:
        await connection.execute(update(OUTBOX).values(changed))
    with pytest.raises(OutboxUnreadable):
        await waiting(database)


async def test_a_box_that_was_taken_away_is_noticed(database: Database) -> None:
    await put(database, an_event(sealed=SEALED))
    async with database.begin() as connection:
        await connection.execute(update(OUTBOX).values(box=None))
    with pytest.raises(OutboxUnreadable):
        await waiting(database)
