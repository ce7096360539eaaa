"""The bus loses nothing, on SQLite and on PostgreSQL."""

import asyncio
from collections.abc import Sequence

import pytest

from curtilage.core.bus import BATCH, Bus, Cursors, Subscriber, wait_after
from curtilage.core.db.engine import Database
from curtilage.core.models import Event
from tests.builders import an_event


class MemoryLogs:
    """Commit logs in memory, behind the port `EventReader`."""

    def __init__(self, **logs: list[Event]) -> None:
        self.kept = logs

    async def logs(self) -> Sequence[str]:
        return list(self.kept)

    async def read(self, log: str, *, start: int, limit: int) -> Sequence[tuple[int, Event]]:
        return list(enumerate(self.kept[log]))[start : start + limit]


class Hearer:
    """Keeps what it was told; fails as often as it is told to at one id."""

    def __init__(self, *, fails_at: str = "", times: int = 0) -> None:
        self.heard: list[str] = []
        self._fails_at, self._left = fails_at, times

    async def __call__(self, event: Event) -> None:
        if event.id == self._fails_at and self._left:
            self._left -= 1
            raise LookupError("a value that must not be told")
        self.heard.append(event.id)


def some_events(count: int, first: int = 1) -> list[Event]:
    return [an_event(number=number) for number in range(first, first + count)]


def ids_of(events: Sequence[Event]) -> list[str]:
    return [event.id for event in events]


async def until(condition: "asyncio.Event") -> None:
    async with asyncio.timeout(20):
        await condition.wait()


async def test_every_event_of_every_log_is_told_in_its_order(database: Database) -> None:
    logs = MemoryLogs(a=some_events(BATCH + 3), b=some_events(4, first=5000))
    hearer = Hearer()
    subscriber = Subscriber("watch", hearer)
    bus = Bus(logs, Cursors(database), [subscriber])
    while await bus.deliver(subscriber):
        pass
    told = set(ids_of(logs.kept["b"]))
    assert [id for id in hearer.heard if id not in told] == ids_of(logs.kept["a"])
    assert [id for id in hearer.heard if id in told] == ids_of(logs.kept["b"])


async def test_a_restart_goes_on_where_it_stopped(database: Database) -> None:
    logs = MemoryLogs(a=some_events(3))
    before, after = Hearer(), Hearer()
    first = Subscriber("watch", before)
    await Bus(logs, Cursors(database), [first]).deliver(first)
    logs.kept["a"] += some_events(2, first=4)
    second = Subscriber("watch", after)
    await Bus(logs, Cursors(database), [second]).deliver(second)
    assert before.heard + after.heard == ids_of(logs.kept["a"])


async def test_a_failing_event_is_told_again_and_never_skipped(database: Database) -> None:
    logs = MemoryLogs(a=some_events(3), b=some_events(2, first=100))
    hearer = Hearer(fails_at=logs.kept["a"][1].id, times=2)
    subscriber = Subscriber("watch", hearer)
    bus = Bus(logs, Cursors(database), [subscriber])
    for _ in range(2):
        with pytest.raises(LookupError):
            await bus.deliver(subscriber)
    assert hearer.heard == [logs.kept["a"][0].id, *ids_of(logs.kept["b"])]
    await bus.deliver(subscriber)
    assert hearer.heard[-2:] == ids_of(logs.kept["a"][1:])


async def test_only_the_kinds_that_were_asked_for_are_told(database: Database) -> None:
    kinds = ["consent.given", "consent.withdrawn", "session.revoked", "exchange.intended"]
    events = [an_event(number=n + 1, kind=kind) for n, kind in enumerate(kinds)]
    hearer = Hearer()
    subscriber = Subscriber("watch", hearer, frozenset({"consent.", "session.revoked"}))
    bus = Bus(MemoryLogs(a=events), Cursors(database), [subscriber])
    assert await bus.deliver(subscriber) == 4
    assert hearer.heard == ids_of(events[:3])


async def test_one_that_fails_or_hangs_holds_up_nobody_else(database: Database) -> None:
    logs = MemoryLogs(a=some_events(5))
    done, waited = asyncio.Event(), asyncio.Event()
    heard: list[str] = []
    waits: list[float] = []

    async def hang(_: Event) -> None:
        await asyncio.Event().wait()

    async def fail(_: Event) -> None:
        raise LookupError("a value that must not be told")

    async def hear(event: Event) -> None:
        heard.append(event.id)
        if len(heard) == 5:
            done.set()

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        if len([wait for wait in waits if wait >= 4.0]) > 0:
            waited.set()
        await asyncio.sleep(0)

    subscribers = [Subscriber("hangs", hang), Subscriber("fails", fail), Subscriber("hears", hear)]
    bus = Bus(logs, Cursors(database), subscribers, sleep=sleep)
    running = asyncio.create_task(bus.run())
    await until(done)
    await until(waited)
    standings = {standing.name: standing for standing in bus.standings()}
    assert standings["fails"].failures >= 4
    assert standings["fails"].problem == "LookupError"
    assert standings["hears"].failures == 0
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_waking_the_bus_makes_it_look_at_once(database: Database) -> None:
    logs = MemoryLogs(a=[])
    resting, heard = asyncio.Event(), asyncio.Event()

    async def hear(_: Event) -> None:
        heard.set()

    async def sleep_for_ever(_: float) -> None:
        resting.set()
        await asyncio.Event().wait()

    bus = Bus(logs, Cursors(database), [Subscriber("hears", hear)], sleep=sleep_for_ever)
    running = asyncio.create_task(bus.run())
    await until(resting)
    logs.kept["a"] += some_events(1)
    bus.wake()
    await until(heard)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


def test_waits_double_and_end_at_a_minute() -> None:
    assert [wait_after(n) for n in (1, 2, 3, 8, 10_000)] == [0.5, 1.0, 2.0, 60.0, 60.0]


async def test_two_subscribers_may_not_share_a_cursor(database: Database) -> None:
    twice = [Subscriber("same", Hearer()), Subscriber("same", Hearer())]
    with pytest.raises(AssertionError):
        Bus(MemoryLogs(), Cursors(database), twice)
