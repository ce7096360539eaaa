"""A copy of the ledger verifies by itself, whatever the service writes meanwhile."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from curtilage.ledger.copying import copy_anchors, copy_ledger
from curtilage.ledger.errors import LedgerTampered, ProofInvalid
from tests.unit.ledger.worlds import KEY, NAME, OTHER_KEY, World, flip


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "first")


def copy(world: World, meanwhile: Callable[[], None] = lambda: None) -> World:
    """The ledger put down elsewhere; `meanwhile` runs before each file is read, and in it."""
    other = World(world.root.with_name("second"))
    below = world.root / "keys" / "anchors"
    for place, files in (
        (world.root, copy_anchors(below)),
        (world.root, copy_ledger(world.ledger, name=NAME, key=KEY.public_key())),
    ):
        meanwhile()
        for path, chunks in files:
            meanwhile()
            target = other.root / path.relative_to(place)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(b"".join(chunks))
    return other


def test_a_copy_of_a_ledger_at_rest_is_complete(world: World) -> None:
    world.write_batches([3, 400, 2], tenants=2, every_sealed=3)
    world.sequence()
    other = copy(world)
    assert other.verify() == world.verify()
    assert [record.raw for record in other.reader.iterate()] == [
        record.raw for record in world.reader.iterate()
    ]
    assert other.verify().holds
    assert other.verify().unanchored == 0


async def test_a_copy_while_everything_grows_holds_and_has_no_more_than_was_durable(
    world: World,
) -> None:
    """A record, a step and an anchor between every two files, over many tiles and segments."""
    writer, sequencer = world.writer(segment_bytes=40_000), world.sequencer()
    loop = asyncio.get_running_loop()

    def grow() -> None:
        for each in world.events(30, tenants=2, every_sealed=4):
            asyncio.run_coroutine_threadsafe(_append(each), loop).result(10)
        world.clock.advance(10)
        sequencer.step(anchor=True)

    async def _append(event: object) -> None:
        await writer.append(event)  # type: ignore[arg-type]  # one of the world's

    await asyncio.gather(*map(writer.append, world.events(700, tenants=2, every_sealed=4)))
    sequencer.step(anchor=True)
    anchored = world.verify().records
    other = await asyncio.to_thread(copy, world, grow)
    writer.close()
    sequencer.close()
    verdict = other.verify()
    assert verdict.problems == ()
    assert anchored < verdict.records < world.verify().records
    assert len(list(other.log().glob("*.log"))) > 3


async def test_a_copy_is_one_that_the_service_goes_on_from(world: World) -> None:
    writer = world.writer()
    await asyncio.gather(*map(writer.append, world.events(300, every_sealed=2)))
    world.sequence()
    await asyncio.gather(*map(writer.append, world.events(5, every_sealed=2)))
    other = await asyncio.to_thread(copy, world)
    writer.close()
    other.made, other.clock = 1000, world.clock
    await other.append(other.events(3, every_sealed=1))
    other.sequence()
    verdict = other.verify()
    assert verdict.problems == ()
    assert (verdict.records, verdict.unanchored) == (308, 0)


async def test_what_is_being_written_is_not_in_the_copy(world: World) -> None:
    """A batch and a sealed part behind the durable mark: nobody was told of them yet."""
    await world.append(world.events(4, every_sealed=1))
    for path in (world.segment(), world.box_file()):
        path.write_bytes(path.read_bytes() + b"half of a batch")
    other = copy(world)
    assert other.verify().problems == ()
    assert other.verify().records == 4


async def test_a_segment_without_a_durable_record_is_copied_only_where_it_is_the_first(
    world: World,
) -> None:
    world.writer().close()
    assert copy(world).verify().problems == ()
    await world.append(world.events(3), segment_bytes=1)
    assert copy(world).verify().records == 3


def test_a_ledger_that_was_not_begun_has_no_files(world: World) -> None:
    assert list(copy_ledger(world.ledger, name=NAME, key=KEY.public_key())) == []
    assert list(copy_anchors(world.root / "keys" / "anchors")) == []


def test_half_an_anchor_is_left_out(world: World) -> None:
    world.write(world.events(2))
    world.sequence()
    path = world.root / "keys" / "anchors" / "anchors.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"note":"half')
    ((_, chunks),) = copy_anchors(path.parent)
    assert b"".join(chunks) == whole


def test_what_others_signed_goes_along_and_what_was_set_aside_does_not(world: World) -> None:
    world.write(world.events(2))
    world.sequence()
    folder = world.root / "keys" / "anchors"
    signed = {"timestamps.jsonl": b"one\ntw", "witness-0a1b2c3d.jsonl": b"one\n"}
    states = {"timestamps.state": b"{}", "witness-0a1b2c3d.state": b"{}"}
    for name, content in {**signed, **states, "set-aside-1.jsonl": b"old\n"}.items():
        (folder / name).write_bytes(content)
    copied = {path.name: b"".join(chunks) for path, chunks in copy_anchors(folder)}
    assert set(copied) == {"anchors.jsonl", *signed, *states}
    assert copied["timestamps.jsonl"] == b"one\n" and copied["timestamps.state"] == b"{}"


def test_a_log_that_lost_durable_records_is_not_copied_as_if_it_were_whole(world: World) -> None:
    world.write(world.events(3))
    path = world.segment()
    path.write_bytes(path.read_bytes()[:-5])
    with pytest.raises(LedgerTampered, match="durable mark"):
        copy(world)


def test_a_head_of_another_key_is_refused(world: World) -> None:
    world.write(world.events(3))
    world.sequence()
    with pytest.raises(ProofInvalid):
        list(copy_ledger(world.ledger, name=NAME, key=OTHER_KEY.public_key()))


def test_a_changed_record_is_copied_as_it_is_and_found_by_verifying(world: World) -> None:
    world.write_batches([3, 3], segment_bytes=1)
    world.sequence()
    flip(world.segment(), -3)
    assert not copy(world).verify().holds
