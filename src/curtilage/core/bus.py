"""Announces appended Events to those who asked, at least once each.

A subscriber has a durable cursor for every log, kept in the database, so that
a restart goes on where it stopped. Each runs by itself: one that is slow or
fails holds up nobody but itself. A failing Event is tried again, later and
later, and never skipped: what must not be lost may not be given up on. What a
listener does must bear being done twice.

Nothing subscribes in this release: ledger, console and metrics read for
themselves. It is here because what comes next, the watch, stands on it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from sqlalchemy import select

from curtilage.core.db.engine import Database
from curtilage.core.db.tables import BUS_CURSOR
from curtilage.core.models import Event

Listener = Callable[[Event], Awaitable[None]]
BATCH = 200
POLL_SECONDS = 0.25  # when nobody wakes the bus
FIRST_WAIT, LONGEST_WAIT = 0.5, 60.0  # seconds after a first failure, and at most


class EventReader(Protocol):
    """Reads what was appended: the port that the ledger's reader stands behind."""

    async def logs(self) -> Sequence[str]:
        """The names of all commit logs, one a writer. May grow."""

    async def read(self, log: str, *, start: int, limit: int) -> Sequence[tuple[int, Event]]:
        """At most `limit` durable records of one log in order, with n >= `start`."""


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Somebody who is told. `name` keeps the cursor: renaming it starts from the beginning.

    `kinds` are the kinds of Event it asks for; a name that ends in `.` stands
    for all that begin so; None is all."""

    name: str
    listener: Listener
    kinds: frozenset[str] | None = None

    def wants(self, event: Event) -> bool:
        if self.kinds is None or event.kind in self.kinds:
            return True
        return any(kind.endswith(".") and event.kind.startswith(kind) for kind in self.kinds)


@dataclass(slots=True)
class Standing:
    """How a subscriber fares: failures in a row, and what sort of error the last one was."""

    name: str
    failures: int = 0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Cursors:
    """Where each subscriber is in each log."""

    database: Database

    async def find_next(self, subscriber: str, log: str) -> int:
        """The n that comes next; 0 for one that never read."""
        query = select(BUS_CURSOR.c.next).where(
            BUS_CURSOR.c.subscriber == subscriber, BUS_CURSOR.c.log == log
        )
        async with self.database.read() as connection:
            found: int | None = (await connection.execute(query)).scalar_one_or_none()
        return found or 0

    async def save_next(self, subscriber: str, log: str, following: int) -> None:
        insert = self.database.insert(BUS_CURSOR).values(
            subscriber=subscriber, log=log, next=following
        )
        statement = insert.on_conflict_do_update(
            index_elements=[BUS_CURSOR.c.subscriber, BUS_CURSOR.c.log], set_={"next": following}
        )
        async with self.database.begin() as connection:
            await connection.execute(statement)


@dataclass(slots=True)
class Bus:
    """A job: one of it runs in a deployment. `sleep` is given by tests only."""

    reader: EventReader
    cursors: Cursors
    subscribers: Sequence[Subscriber]
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    name: str = "bus"
    _woken: dict[str, asyncio.Event] = field(default_factory=dict, init=False)
    _standings: dict[str, Standing] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        names = [subscriber.name for subscriber in self.subscribers]
        assert len(set(names)) == len(names), "two subscribers share a cursor"
        self._woken = {name: asyncio.Event() for name in names}
        self._standings = {name: Standing(name) for name in names}

    def wake(self) -> None:
        """Look now: something was appended."""
        for event in self._woken.values():
            event.set()

    def standings(self) -> Sequence[Standing]:
        """For doctor and metrics: who is behind because it fails."""
        return list(self._standings.values())

    async def run(self) -> None:
        """Announce until cancelled."""
        async with asyncio.TaskGroup() as group:
            for subscriber in self.subscribers:
                group.create_task(self._serve(subscriber), name=f"bus {subscriber.name}")

    async def _serve(self, subscriber: Subscriber) -> None:
        standing = self._standings[subscriber.name]
        while True:
            try:
                moved = await self.deliver(subscriber)
            except Exception as error:  # noqa: BLE001 - a listener may raise anything; it alone waits
                standing.failures += 1
                standing.problem = type(error).__name__  # never its words: they may hold a value
                await self.sleep(wait_after(standing.failures))
                continue
            standing.failures, standing.problem = 0, ""
            if not moved:
                await self._rest(subscriber.name)

    async def _rest(self, name: str) -> None:
        """Until somebody wakes the bus, or long enough to look all the same."""
        woken = self._woken[name]
        waits = [asyncio.ensure_future(woken.wait()), asyncio.ensure_future(self._pause())]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        woken.clear()

    async def _pause(self) -> None:
        await self.sleep(POLL_SECONDS)

    async def deliver(self, subscriber: Subscriber) -> int:
        """Announce one batch of every log; gives how many records were passed.

        A listener that fails stops its log there; what came before is kept. The
        other logs are read all the same, then the first failure is raised."""
        moved, problem = 0, None
        for log in await self.reader.logs():
            try:
                moved += await self._deliver_log(subscriber, log)
            except Exception as error:  # noqa: BLE001 - raised below
                problem = problem or error
        if problem is not None:
            raise problem
        return moved

    async def _deliver_log(self, subscriber: Subscriber, log: str) -> int:
        start = following = await self.cursors.find_next(subscriber.name, log)
        try:
            for n, event in await self.reader.read(log, start=start, limit=BATCH):
                if subscriber.wants(event):
                    await subscriber.listener(event)
                following = n + 1
        finally:
            if following != start:
                await self.cursors.save_next(subscriber.name, log, following)
        return following - start


def wait_after(failures: int) -> float:
    """Seconds to wait after so many failures in a row: doubling, up to a minute."""
    return min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(failures - 1, 16))
