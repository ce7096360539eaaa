"""Opening a slot after any stop: torn tails are cut, damage is refused."""

import shutil
from pathlib import Path
from zlib import crc32

import pytest

from curtilage.ledger.errors import LedgerTampered, SlotInUse
from curtilage.ledger.frames import encode_batch
from curtilage.ledger.mark import encode_mark
from tests.unit.ledger.worlds import World, change, flip


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Three batches of two records, the last not yet known to be durable."""
    world = World(tmp_path)
    world.write_batches([2, 2, 2], every_sealed=2)
    (world.log() / "durable").write_bytes(encode_mark(4))
    return world


def _reopen(world: World) -> int:
    world.writer().close()
    return len(list(world.reader.iterate()))


def test_a_whole_batch_that_was_not_acknowledged_is_kept(world: World) -> None:
    assert _reopen(world) == 6


@pytest.mark.parametrize("cut", [1, 10, 200, 460])
def test_a_torn_tail_is_cut_at_its_batch(world: World, cut: int) -> None:
    raw = world.segment().read_bytes()
    world.segment().write_bytes(raw[:-cut])
    assert _reopen(world) == 4
    world.write(world.events(1))
    world.sequence()
    assert world.verify().holds


def test_blocks_that_never_reached_the_disk_are_a_torn_tail(world: World) -> None:
    raw = world.segment().read_bytes()
    world.segment().write_bytes(raw[:-300] + bytes(300))
    assert _reopen(world) == 4


def test_sealed_parts_of_a_batch_that_was_torn_are_cut_with_it(world: World) -> None:
    raw = world.segment().read_bytes()
    world.segment().write_bytes(raw[:-1])
    box = world.log() / f"{0:020d}.box"
    before = box.stat().st_size
    box.write_bytes(box.read_bytes() + b"half a frame")
    assert _reopen(world) == 4
    assert box.stat().st_size < before


def test_damage_below_the_mark_is_never_cut(world: World) -> None:
    change(world.segment(), b'"bytes":4', b'"bytes":5')
    with pytest.raises(LedgerTampered):
        world.writer()
    (world.log() / "durable").write_bytes(encode_mark(0))
    with pytest.raises(LedgerTampered):  # a later batch shows that it was durable
        world.writer()


def test_an_acknowledged_tail_that_is_gone_is_refused(world: World) -> None:
    (world.log() / "durable").write_bytes(encode_mark(6))
    world.segment().write_bytes(world.segment().read_bytes()[:-1])
    with pytest.raises(LedgerTampered):
        world.writer()


def test_the_slot_is_free_again_after_a_refusal(world: World) -> None:
    raw = world.segment().read_bytes()
    flip(world.segment(), 30)
    with pytest.raises(LedgerTampered):
        world.writer()
    world.segment().write_bytes(raw)
    try:
        world.writer().close()
    except SlotInUse:  # pragma: no cover
        pytest.fail("the lease was kept")


@pytest.mark.parametrize("name", ["durable", f"{0:020d}.log", f"{0:020d}.box"])
def test_a_missing_file_is_refused(world: World, name: str) -> None:
    (world.log() / name).unlink()
    with pytest.raises(LedgerTampered):
        world.writer()


def test_a_damaged_mark_or_sealed_part_is_refused(world: World) -> None:
    flip(world.log() / f"{0:020d}.box", 40)
    with pytest.raises(LedgerTampered):
        world.writer()
    flip(world.log() / f"{0:020d}.box", 40)
    flip(world.log() / "durable", 12)
    with pytest.raises(LedgerTampered):
        world.writer()
    (world.log() / "durable").write_bytes(b"")
    with pytest.raises(LedgerTampered):
        world.writer()


def test_a_segment_of_another_writer_is_refused(world: World) -> None:
    shutil.copytree(world.log(), world.log("gw-1"))
    with pytest.raises(LedgerTampered, match="another place"):
        world.writer("gw-1")


def test_batches_that_do_not_follow_or_do_not_hold_what_they_say_are_refused(
    world: World,
) -> None:
    raw = world.segment().read_bytes()
    world.segment().write_bytes(raw + encode_batch(9, [b"{}"]))
    with pytest.raises(LedgerTampered, match="not the next"):
        world.writer()
    lying = bytearray(encode_batch(6, []))
    world.segment().write_bytes(raw + _with_count(bytes(lying), 3))
    with pytest.raises(LedgerTampered, match="what it says"):
        world.writer()


def _with_count(batch: bytes, count: int) -> bytes:
    head = batch[:16] + count.to_bytes(4, "big") + batch[20:24]
    return head + crc32(head).to_bytes(4, "big") + batch[28:]


def test_a_crash_before_the_first_segment_leaves_an_empty_slot(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.writer().close()
    world.segment().unlink()
    assert _reopen(world) == 0
