"""A full disk: refused at once, nothing lost, and good again when there is space.

A limit on file size gives the kernel's own refusal in the middle of a write
(EFBIG, with SIGXFSZ ignored), on every machine and without a mount.
"""

import asyncio
import contextlib
import resource
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from curtilage.ledger.errors import LedgerUnavailable
from tests.unit.ledger.worlds import World


@contextlib.contextmanager
def _files_no_larger_than(size: int) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


async def test_a_full_disk_refuses_and_recovers_by_itself(world: World) -> None:
    writer = world.writer()
    kept = world.events(3, every_sealed=1)
    await asyncio.gather(*map(writer.append, kept))
    size = world.segment().stat().st_size
    with _files_no_larger_than(size + 100):  # room for a part of a batch
        for event in world.events(3, every_sealed=2):
            with pytest.raises(LedgerUnavailable, match="EFBIG"):
                await writer.append(event)
    assert world.segment().stat().st_size == size
    later = world.events(3, every_sealed=1)
    await asyncio.gather(*map(writer.append, later))
    writer.close()
    records = list(world.reader.iterate())
    assert [record.event.id for record in records] == [event.id for event in kept + later]
    world.sequence()
    assert world.verify().holds


async def test_a_disk_too_full_for_a_new_segment_refuses_and_recovers(world: World) -> None:
    writer = world.writer(segment_bytes=1)
    await writer.append(world.events(1)[0])
    with _files_no_larger_than(60), pytest.raises(LedgerUnavailable, match="EFBIG"):
        await writer.append(world.events(1, every_sealed=1)[0])
    await writer.append(world.events(1, every_sealed=1)[0])
    writer.close()
    world.sequence()
    verdict = world.verify()
    assert (verdict.holds, verdict.records) == (True, 2)


async def test_the_sequencer_waits_for_space(world: World) -> None:
    await world.append(world.events(40))
    sequencer = world.sequencer()
    with _files_no_larger_than(100):
        assert sequencer.step() == 0
    assert sequencer.is_failing
    assert sequencer.step() == 40
    sequencer.close()
    assert world.verify().holds
