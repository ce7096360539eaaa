"""The job that keeps the table of model calls up with the ledger."""

import asyncio
from collections.abc import Sequence

from curtilage.core.errors import UnavailableError
from curtilage.core.models import Event
from curtilage.gateway.jobs import ProjectExchanges
from curtilage.ledger.models import Cursor, Position, Record
from tests.unit.gateway.service.exchanges import FakeLedger, an_ending, an_intent


class FakeTable:
    """Keeps events and how far they reach; refuses as often as it is told."""

    def __init__(self, refusals: int = 0) -> None:
        self.events: list[Event] = []
        self.reached: Cursor = {}
        self.refusals = refusals
        self.done = asyncio.Event()

    async def cursor(self) -> Cursor:
        return self.reached

    async def add(self, events: Sequence[Event], cursor: Cursor) -> None:
        if self.refusals:
            self.refusals -= 1
            raise UnavailableError
        self.events += events
        self.reached = cursor
        self.done.set()


class Growing(FakeLedger):
    """Gives what lies behind the cursor."""

    def read(self, cursor: Cursor, *, limit: int) -> tuple[list[Record], Cursor]:
        at = cursor["gw-0"].offset if "gw-0" in cursor else 0
        batch = self.records[at : at + limit]
        return batch, {"gw-0": Position(0, at + len(batch))}


INTENT = an_intent()


async def test_each_record_is_taken_over_once() -> None:
    table = FakeTable()
    job = ProjectExchanges(Growing(INTENT, an_ending(INTENT)), table)
    assert (await job.step(), await job.step()) == (2, 0)
    assert [event.id for event in table.events] == [INTENT.id, f"{INTENT.id}-end"]


async def test_what_could_not_be_written_is_read_again() -> None:
    table = FakeTable(refusals=1)
    job = ProjectExchanges(Growing(INTENT), table)
    try:
        await job.step()
    except UnavailableError:
        assert table.reached == {}
    assert await job.step() == 1


async def test_it_goes_on_by_itself_until_it_is_stopped() -> None:
    table = FakeTable()
    running = asyncio.ensure_future(ProjectExchanges(Growing(INTENT), table).run())
    await asyncio.wait_for(table.done.wait(), 10)
    running.cancel()
    assert await asyncio.gather(running, return_exceptions=True) and running.cancelled()
