from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from curtilage.core.db.engine import open_database
from curtilage.core.models import Event, TenantId
from curtilage.gateway import records
from curtilage.gateway.rows import Wanted
from curtilage.gateway.store.exchanges import ExchangeStore
from curtilage.gateway.store.tables import GATEWAY
from curtilage.ledger.models import Position
from tests.fakes.clock import FixedClock
from tests.fakes.ids import FixedIds

TENANT = TenantId("orchard")
CLOCK, IDS = FixedClock(), FixedIds()


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[ExchangeStore]:
    database = open_database("sqlite", tmp_path)
    async with database.begin() as connection:
        await connection.run_sync(GATEWAY.create_all)
    yield ExchangeStore(database)
    await database.close()


def an_intent() -> Event:
    return records.intended(
        request_id=IDS.new(),
        at=CLOCK.now(),
        tenant=TENANT,
        actor="a-pseudonym",
        actor_kind="service",
        subject="",
        purpose="assist",
        decision=None,
        facts={"model": "gpt-4o"},
        sealed=None,
    )


def an_outcome(intent: Event, kind: str = records.COMPLETED) -> Event:
    return records.outcome(
        event_id=IDS.new(), at=CLOCK.now(), kind=kind, intent=intent, facts={"status": 200}
    )


async def outcome_of(store: ExchangeStore, intent: Event) -> str:
    row = await store.find(TENANT, intent.id)
    assert row is not None
    assert row.facts == {"model": "gpt-4o"}
    assert bool(row.ending) == (row.outcome != "pending")
    return row.outcome


async def test_a_call_is_pending_until_its_outcome_comes(store: ExchangeStore) -> None:
    intent = an_intent()
    await store.add([intent], {})
    assert await outcome_of(store, intent) == "pending"
    await store.add([an_outcome(intent, records.ABORTED)], {})
    assert await outcome_of(store, intent) == "aborted"


async def test_a_call_that_ends_in_the_batch_it_began_in_is_whole(store: ExchangeStore) -> None:
    first, second, third = an_intent(), an_intent(), an_intent()
    await store.add([first], {})
    await store.add([second, third, an_outcome(first, records.FAILED), an_outcome(second)], {})
    outcomes = [await outcome_of(store, intent) for intent in (first, second, third)]
    assert outcomes == ["failed", "completed", "pending"]


async def test_the_same_events_again_change_nothing(store: ExchangeStore) -> None:
    intent = an_intent()
    events = [intent, an_outcome(intent)]
    for batch in (events, events[:1], events[1:], events):
        await store.add(batch, {})
        assert await outcome_of(store, intent) == "completed"
    assert len((await store.page(TENANT, Wanted(), before=None, limit=9)).rows) == 1


async def test_the_place_reached_is_kept_with_the_rows(store: ExchangeStore) -> None:
    await store.add([an_intent()], {"gateway-0": Position(0, 200)})
    await store.add([], {"gateway-0": Position(0, 400), "control": Position(7, 0)})
    assert await store.cursor() == {"gateway-0": Position(0, 400), "control": Position(7, 0)}
