"""Model calls as the ledger has them, with bills."""

from collections.abc import Iterator
from typing import Any

from curtilage.core.models import Event
from curtilage.gateway import records
from curtilage.gateway.usage.models import Counts, UsageKey
from curtilage.ledger.models import NO_RECORD, Cursor, Position, Record
from tests.builders import TENANT, an_event
from tests.fakes.clock import START

DAY = START.date().isoformat()
BILL = {"in": 20, "cached": 10, "out": 5, "cost": 61, "currency": "EUR", "price": "2026-01-01.0"}
RESERVED = {"in": 100, "out": 50, "cost": 600, "currency": "EUR", "price": "2026-01-01.0"}
PRICED = UsageKey(TENANT, DAY, "an actor", "group-1", "gpt-4o", "openai", "assist", "EUR")


def an_intent(number: int = 1, **facts: Any) -> Event:
    told = {"model": "gpt-4o", "upstream": "openai", "group": "group-1", "reserved": RESERVED}
    return an_event(
        number=number, at=START, kind=records.INTENDED, actor="an actor", purpose="assist",
        facts={**told, **facts},
    )  # fmt: skip


def an_ending(intent: Event, kind: str = records.COMPLETED, **facts: Any) -> Event:
    return records.outcome(
        event_id=f"{intent.id}-end", at=START, kind=kind, intent=intent,
        facts=facts or {"bill": BILL},
    )  # fmt: skip


def a_call(number: int = 1) -> list[Event]:
    intent = an_intent(number)
    return [intent, an_ending(intent)]


def used(calls: int = 1) -> Counts:
    """What so many calls with `BILL` add up to."""
    return Counts(
        calls=calls,
        tokens_in=20 * calls,
        tokens_cached=10 * calls,
        tokens_out=5 * calls,
        cost=61 * calls,
    )


class FakeLedger:
    """A ledger with one writer over a list of Events, each a batch of its own."""

    def __init__(self, *events: Event) -> None:
        self.events = list(events)

    def read(self, cursor: Cursor, *, limit: int) -> tuple[list[Record], Cursor]:
        at = cursor["gw-0"].offset if "gw-0" in cursor else 0
        batch = self.events[at : at + limit]
        reached = {"gw-0": Position(0, at + len(batch))} if batch or cursor else {}
        return [a_record(event) for event in batch], reached

    def iterate_until(self, cursor: Cursor) -> Iterator[Record]:
        end = cursor["gw-0"].offset if "gw-0" in cursor else 0
        return (a_record(event) for event in self.events[:end])


def a_record(event: Event) -> Record:
    return Record(b"", "gw-0", 0, NO_RECORD, START, event)
