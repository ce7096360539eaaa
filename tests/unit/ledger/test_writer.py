"""Appending: durable or refused, numbered without a gap, closed after a crash."""

import asyncio
import os
import threading
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from curtilage.core.models import Event, TenantId
from curtilage.ledger.errors import LedgerUnavailable, RecordRefused, SlotInUse
from curtilage.ledger.writer import QUEUE_LIMIT, LedgerWriter
from tests.builders import an_event
from tests.fakes.ids import fixed_id
from tests.unit.ledger.worlds import OPENS, World, change


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


class Syncs:
    """Counts syncs; fails those that it is told to, after a callback."""

    def __init__(self) -> None:
        self.count = 0
        self.failing: set[int] = set()
        self.before: Callable[[], None] = lambda: None

    def __call__(self, fd: int) -> None:
        self.count += 1
        self.before()
        if self.count in self.failing:
            raise OSError(5, "input/output error")
        os.fdatasync(fd)


def test_what_is_acknowledged_can_be_read_in_order_with_links(world: World) -> None:
    events = world.events(7, every_sealed=3)
    world.write(events)
    records = list(world.reader.iterate())
    assert [record.event.id for record in records] == [event.id for event in events]
    assert [record.n for record in records] == list(range(7))
    assert records[0].prev == bytes(32)
    assert all(b.prev == a.hash for a, b in pairwise(records))
    assert world.reader.read_box(records[2]) == b"box 3"


async def test_appends_that_come_together_share_a_sync(world: World) -> None:
    syncs = Syncs()
    writer = world.writer(sync=syncs)
    await asyncio.gather(*map(writer.append, world.events(500)))
    writer.close()
    assert syncs.count < 50


async def test_numbers_and_links_go_on_after_reopening(world: World) -> None:
    await world.append(world.events(3))
    await world.append(world.events(3))
    records = list(world.reader.iterate())
    assert [record.n for record in records] == list(range(6))
    assert records[3].prev == records[2].hash


async def test_segments_roll_and_say_the_same_as_one(world: World) -> None:
    writer = world.writer(segment_bytes=600)
    for event in world.events(12, tenants=2, every_sealed=4):
        await writer.append(event)
    writer.close()
    assert len(list(world.log().glob("*.log"))) > 3
    assert len(list(world.reader.iterate())) == 12
    world.sequence()
    assert world.verify().holds


def test_a_second_writer_of_the_slot_is_refused_and_another_slot_is_not(world: World) -> None:
    writer = world.writer()
    with pytest.raises(SlotInUse):
        world.writer()
    world.writer("gw-1").close()
    writer.close()
    world.writer().close()


@pytest.mark.parametrize("slot", ["", "../x", "a/b", "-x", "x" * 65])
def test_a_slot_that_is_no_folder_name_is_refused(world: World, slot: str) -> None:
    with pytest.raises(RecordRefused):
        world.writer(slot)


async def test_a_tenant_that_is_no_folder_name_is_refused_and_takes_no_number(world: World) -> None:
    writer = world.writer()
    with pytest.raises(RecordRefused):
        await writer.append(an_event(tenant=TenantId("../../etc")))
    await writer.append(an_event())
    writer.close()
    assert [record.n for record in world.reader.iterate()] == [0]


async def test_an_intent_left_open_by_a_crash_is_closed_as_unknown(world: World) -> None:
    answered, open_ = an_event(number=1), an_event(number=2, subject="subject-1")
    outcome = an_event(number=3, kind="exchange.completed", facts={"intent": answered.id})
    await world.append([answered, open_, outcome], segment_bytes=1)
    writer = world.writer()
    assert [event.id for event in writer.unfinished] == [open_.id]
    writer.close()
    last = list(world.reader.iterate())[-1].event
    assert (last.kind, last.facts, last.subject) == (
        "exchange.unknown",
        {"intent": open_.id},
        "subject-1",
    )
    again = world.writer()
    assert again.unfinished == ()
    again.close()


async def test_open_intents_cross_segments(world: World) -> None:
    intent = an_event(number=1)
    await world.append([intent], segment_bytes=1)
    writer = world.writer(opens=OPENS | {"export.begun"}, unknown=_settled)
    writer.close()
    kinds = [record.event.kind for record in world.reader.iterate()]
    assert kinds == ["exchange.intended", "exchange.settled"]


def _settled(intent: Event) -> Event:
    return an_event(number=77, kind="exchange.settled", facts={"intent": intent.id})


async def test_a_clock_that_goes_back_is_recorded_once_and_time_stands(world: World) -> None:
    writer = world.writer()
    await writer.append(an_event(number=1, at=world.clock.now()))
    world.clock.step(-60)
    for number in (2, 3):
        await writer.append(an_event(number=number, at=world.clock.now()))
    writer.close()
    records = list(world.reader.iterate())
    kinds = [record.event.kind for record in records]
    assert kinds[1:] == ["clock.stepped_back", "exchange.intended", "exchange.intended"]
    assert records[1].event.facts == {"seconds": 60}
    assert len({record.time for record in records}) == 1
    assert records[3].event.at == records[0].time - timedelta(seconds=60)


async def test_a_clock_behind_the_log_at_the_start_is_noticed_too(world: World) -> None:
    await world.append([an_event(number=1, at=world.clock.now())])
    world.clock.step(-7200)
    await world.append([an_event(number=2, kind="a.b", at=world.clock.now())])
    assert "clock.stepped_back" in [record.event.kind for record in world.reader.iterate()]


async def test_a_failed_sync_refuses_the_batch_and_begins_a_new_segment(world: World) -> None:
    syncs = Syncs()
    writer = world.writer(sync=syncs)
    first, lost, third = world.events(3, every_sealed=1)
    await writer.append(first)
    syncs.failing = {syncs.count + 2}  # the box's sync goes well, the log's does not
    with pytest.raises(LedgerUnavailable, match="EIO"):
        await writer.append(lost)
    await writer.append(third)
    writer.close()
    assert [record.event.id for record in world.reader.iterate()] == [first.id, third.id]
    assert len(list(world.log().glob("*.log"))) == 2
    world.sequence()
    assert world.verify().holds


async def test_a_sync_that_keeps_failing_keeps_refusing_and_then_recovers(world: World) -> None:
    syncs = Syncs()
    writer = world.writer(sync=syncs)
    syncs.failing = set(range(1, 4))
    for event in world.events(3):
        with pytest.raises(LedgerUnavailable):
            await writer.append(event)
    await writer.append(world.events(1)[0])
    writer.close()
    assert len(list(world.reader.iterate())) == 1


async def test_what_waits_behind_a_failed_batch_is_refused_too(world: World) -> None:
    syncs = Syncs()
    writer = world.writer(sync=syncs)
    queued: list[asyncio.Future[None]] = []
    loop = asyncio.get_running_loop()
    arrived = asyncio.Event()
    release = threading.Event()

    def hold() -> None:
        loop.call_soon_threadsafe(arrived.set)
        release.wait(10)

    syncs.before, syncs.failing = hold, {1}
    queued.append(writer.append(world.events(1)[0]))
    await arrived.wait()
    syncs.before = lambda: None
    queued += [writer.append(event) for event in world.events(2)]
    assert writer.waiting == 2
    release.set()
    results = await asyncio.gather(*queued, return_exceptions=True)
    assert [type(result) for result in results] == [LedgerUnavailable] * 3
    assert len({id(result) for result in results}) == 3
    await writer.append(world.events(1)[0])
    writer.close()
    assert [record.n for record in world.reader.iterate()] == [0]


@pytest.mark.slow
async def test_a_full_queue_and_a_disk_that_hangs_refuse_at_once(world: World) -> None:
    syncs = Syncs()
    writer = world.writer(sync=syncs)
    arrived, release = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def hold() -> None:
        loop.call_soon_threadsafe(arrived.set)
        release.wait(20)

    syncs.before = hold
    first = writer.append(world.events(1)[0])
    await arrived.wait()
    world.clock.advance(11)
    assert not writer.is_available
    with pytest.raises(LedgerUnavailable, match="does not answer"):
        await writer.append(an_event(number=9))
    events = world.events(QUEUE_LIMIT)
    world.clock._monotonic = 1000.0  # as if no time had passed
    queued = [writer.append(event) for event in events]
    with pytest.raises(LedgerUnavailable, match="full"):
        await writer.append(an_event(number=9))
    syncs.before = lambda: None
    release.set()
    await asyncio.gather(first, *queued)
    writer.close()


async def test_a_caller_that_goes_away_does_not_take_its_event_back(world: World) -> None:
    writer = world.writer()
    future = writer.append(world.events(1)[0])
    future.cancel()
    await writer.append(world.events(1)[0])
    writer.close()
    assert len(list(world.reader.iterate())) == 2


async def test_a_closed_writer_refuses_and_closes_twice(world: World) -> None:
    writer = world.writer()
    writer.close()
    writer.close()
    with pytest.raises(LedgerUnavailable, match="closed"):
        await writer.append(an_event())


async def _append_after(world: World, damage: Callable[[], None], **given: object) -> LedgerWriter:
    writer = world.writer(**given)
    await writer.append(world.events(1, every_sealed=1)[0])
    damage()
    with pytest.raises(LedgerUnavailable):
        await writer.append(world.events(1, every_sealed=1)[0])
    with pytest.raises(LedgerUnavailable):
        await writer.append(world.events(1)[0])
    return writer


async def test_a_deleted_log_is_noticed_and_stays_refused(world: World) -> None:
    (await _append_after(world, lambda: world.segment().unlink())).close()


async def test_a_replaced_log_is_noticed(world: World) -> None:
    def replace() -> None:
        copy = world.root / "copy"
        copy.write_bytes(world.segment().read_bytes())
        copy.replace(world.segment())

    (await _append_after(world, replace)).close()


async def test_a_cut_log_is_noticed(world: World) -> None:
    (await _append_after(world, lambda: os.truncate(world.segment(), 100))).close()


async def test_a_log_that_grew_without_us_is_noticed(world: World) -> None:
    def grow() -> None:
        with world.segment().open("ab") as file:
            file.write(b"x")

    (await _append_after(world, grow)).close()


async def test_a_deleted_file_of_sealed_parts_is_noticed(world: World) -> None:
    path = world.log() / f"{0:020d}.box"
    (await _append_after(world, path.unlink)).close()


async def test_damage_that_a_failed_sync_makes_us_read_stops_the_writer(world: World) -> None:
    syncs = Syncs()
    writer = world.writer(sync=syncs)
    await writer.append(world.events(1)[0])
    syncs.failing = {2}
    with pytest.raises(LedgerUnavailable):
        await writer.append(world.events(1)[0])
    change(world.segment(), b"exchange", b"exchangf")
    with pytest.raises(LedgerUnavailable, match="damaged"):
        await writer.append(world.events(1)[0])
    with pytest.raises(LedgerUnavailable):
        await writer.append(world.events(1)[0])
    writer.close()


async def test_a_fault_of_our_own_leaves_nobody_waiting(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    syncs = Syncs()
    writer = world.writer(sync=syncs)

    def fault() -> None:
        raise ZeroDivisionError

    syncs.before = fault
    with pytest.raises(LedgerUnavailable, match="fault of its own"):
        await writer.append(world.events(1)[0])
    with pytest.raises(LedgerUnavailable, match="fault of its own"):
        await writer.append(world.events(1)[0])
    assert caplog.records[-1].__dict__["code"] == "ZeroDivisionError"
    assert not writer.is_available, "a worker that can record nothing must not seem ready"
    writer.close()
    world.writer().close()  # the slot is free again


def test_a_writer_outlives_an_event_loop(world: World) -> None:
    writer = world.writer()

    async def leave() -> None:
        writer.append(world.events(1)[0])

    asyncio.run(leave())

    async def stay() -> None:
        await writer.append(world.events(1)[0])

    asyncio.run(stay())
    writer.close()
    assert len(list(world.reader.iterate())) == 2


def test_without_ids_of_its_own_a_writer_makes_some(world: World) -> None:
    world.write([an_event()])
    world.write([], ids=None)
    assert list(world.reader.iterate())[-1].event.id != fixed_id(1)
