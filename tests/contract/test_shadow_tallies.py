"""Tallies of what a second policy would have done, on SQLite and on PostgreSQL."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from curtilage.consent.shadow import Tally
from curtilage.core.db.engine import Database
from curtilage.core.models import Event, TenantId
from curtilage.gateway.store.exchanges import ExchangeStore
from curtilage.gateway.store.shadows import KEPT_FOR, ShadowStore
from tests.builders import TENANT, an_event
from tests.fakes.clock import START

HOUR = timedelta(hours=1)


def an_ending(number: int, after: timedelta = timedelta(), **shadow: Any) -> Event:
    facts = {"intent": "x", "shadow": {"policy": "new@1", **shadow}}
    return an_event(
        number=number, kind="exchange.completed", at=START + after, purpose="assist", facts=facts
    )


async def add(database: Database, *events: Event) -> None:
    await ExchangeStore(database).add(events, {})


async def told(database: Database, since: timedelta = timedelta()) -> list[tuple[str, str, int]]:
    tallies = await ShadowStore(database).since(TENANT, START + since)
    assert all((each.policy, each.purpose) == ("new@1", "assist") for each in tallies)
    return [(each.kind, each.change, each.count) for each in tallies]


async def test_counts_add_up_within_a_batch_and_over_batches(database: Database) -> None:
    await add(
        database,
        an_ending(1, stricter={"IBAN_CODE": 2}),
        an_ending(2, stricter={"IBAN_CODE": 1}, looser={"IBAN_CODE": 4}),
    )
    await add(database, an_ending(3, HOUR, effect="refuse", reason="purpose.unknown"))
    await add(database, an_ending(4, effect="permit", reason="permitted"))
    assert await told(database) == [
        ("", "calls", 4), ("", "permitted", 1), ("", "refused", 1),
        ("IBAN_CODE", "looser", 4), ("IBAN_CODE", "stricter", 3),
    ]  # fmt: skip


async def test_a_time_begins_with_its_hour(database: Database) -> None:
    await add(database, an_ending(1), an_ending(2, HOUR))
    assert await told(database, HOUR) == [("", "calls", 1)]
    assert await told(database, HOUR * 2) == []


async def test_calls_that_were_not_compared_are_not_counted(database: Database) -> None:
    plain = replace(an_ending(1), facts={"intent": "x"})
    intended = replace(an_ending(2), kind="caller.rejected")
    await add(database, plain, intended)
    assert await told(database) == []


async def test_a_tenant_sees_its_own(database: Database) -> None:
    await add(database, replace(an_ending(1), tenant=TenantId("other")))
    assert await told(database) == []


async def test_what_is_old_is_forgotten(database: Database) -> None:
    await add(database, an_ending(1))
    await add(database, an_ending(2, KEPT_FOR + HOUR))
    assert await told(database) == [("", "calls", 1)]


async def test_a_tally_is_plain_data(database: Database) -> None:
    await add(database, an_ending(1))
    (tally,) = await ShadowStore(database).since(TENANT, START)
    assert tally == Tally("new@1", "assist", "", "calls", 1)
