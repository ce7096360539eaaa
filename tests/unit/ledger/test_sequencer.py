"""Checkpoints, the head log and anchors: never a step back, never half a step."""

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from curtilage.core.errors import TamperError
from curtilage.ledger.checkpoints import Checkpoints
from curtilage.ledger.errors import LedgerTampered, RollbackDetected, SlotInUse
from curtilage.ledger.head import Pending, iterate_entries
from curtilage.ledger.mark import encode_mark
from curtilage.ledger.note import verify_cosignature
from curtilage.ledger.origins import Origins
from curtilage.ledger.sequencer import PATIENCE_SECONDS
from curtilage.ledger.tiles import WIDTH
from tests.unit.ledger.worlds import KEY, NAME, OTHER_KEY, World, change, flip


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def _checkpoints(world: World) -> Checkpoints:
    return Checkpoints(world.ledger, Origins(NAME), KEY.public_key())


def _sizes(world: World) -> dict[tuple[str, str], int]:
    return {
        (writer, tenant): signed.checkpoint.size
        for writer, tenant, signed in _checkpoints(world).trees()
        if signed is not None
    }


def test_each_tenant_of_each_writer_has_a_tree(world: World) -> None:
    world.write(world.events(5, tenants=2))
    world.write(world.events(3, tenants=2), slot="gw-1")
    world.sequence()
    sizes = {("gw-0", "tenant-0"): 2, ("gw-0", "tenant-1"): 3}
    assert _sizes(world) == sizes | {("gw-1", "tenant-0"): 2, ("gw-1", "tenant-1"): 1}
    assert world.verify().holds


def test_steps_and_restarts_go_on_where_the_last_ended(world: World) -> None:
    for _ in range(3):
        world.write(world.events(4), segment_bytes=900)
        world.sequence()
    assert _sizes(world) == {("gw-0", "tenant-0"): 12}
    assert world.verify().holds


def test_a_step_with_nothing_new_signs_nothing(world: World) -> None:
    world.write(world.events(4))
    sequencer = world.sequencer()
    assert sequencer.step() == 4
    before = sorted(path.stat().st_mtime_ns for path in world.root.rglob("*") if path.is_file())
    assert sequencer.step(anchor=True) == 0
    after = sorted(path.stat().st_mtime_ns for path in world.root.rglob("*") if path.is_file())
    assert before == after
    sequencer.close()
    sequencer.close()


def test_an_anchor_is_made_at_once_then_when_due_and_at_the_end(world: World) -> None:
    sequencer = world.sequencer(anchor_seconds=5.0)
    counts = []
    for seconds in (0, 1, 5):
        world.clock.advance(seconds)
        world.write(world.events(1))
        sequencer.step()
        counts.append(len(list(world.anchors.iterate())))
    world.write(world.events(1))
    sequencer.close()
    counts.append(len(list(world.anchors.iterate())))
    assert counts == [1, 1, 2, 3]
    newest = world.anchors.newest()
    assert newest is not None
    at = verify_cosignature(newest, name=f"{NAME}/anchor", key=KEY.public_key())
    assert at == world.clock.now().replace(microsecond=0)


def test_only_one_process_signs(world: World) -> None:
    sequencer = world.sequencer()
    with pytest.raises(SlotInUse):
        world.sequencer()
    sequencer.close()


def test_records_that_are_not_durable_yet_are_not_signed(world: World) -> None:
    world.write_batches([2, 2])
    mark = (world.log() / "durable").read_bytes()
    (world.log() / "durable").write_bytes(encode_mark(2))
    sequencer = world.sequencer()
    assert sequencer.step() == 2
    (world.log() / "durable").write_bytes(mark)
    assert sequencer.step() == 2
    sequencer.close()


def _roll_back(world: World, part: str) -> None:
    """Put `part` of the data back to what it was twelve records ago."""
    world.write(world.events(5))
    world.sequence()
    shutil.copytree(world.root / "data", world.root / "backup")
    world.write(world.events(12))
    world.sequence()
    shutil.rmtree(world.ledger / part)
    shutil.copytree(world.root / "backup" / "ledger" / part, world.ledger / part)


@pytest.mark.parametrize("part", [".", "head", "tree", "log"])
def test_an_older_copy_of_the_data_is_refused(world: World, part: str) -> None:
    _roll_back(world, part)
    sequencer = world.sequencer()
    with pytest.raises(RollbackDetected):
        sequencer.step()
    with pytest.raises(RollbackDetected):
        sequencer.close()
    assert not world.verify().holds


def test_another_history_of_the_same_length_is_refused(world: World) -> None:
    world.write(world.events(5))
    world.sequence()
    shutil.rmtree(world.root / "data")
    world.write(world.events(5))
    world.sequencer(anchors=_NoAnchors()).close()
    with pytest.raises(RollbackDetected, match="anchored"):
        world.sequencer().step()
    assert "anchor-differs" in world.codes()


class _NoAnchors:
    """A store that forgets."""

    def append(self, note: bytes) -> None: ...

    def newest(self) -> bytes | None:
        return None

    def iterate(self) -> Iterator[bytes]:
        return iter(())


def test_an_anchor_of_another_key_is_refused(world: World) -> None:
    world.write(world.events(1))
    world.sequence()
    shutil.rmtree(world.ledger / "head")
    with pytest.raises(LedgerTampered, match="anchor"):
        world.sequencer(key=OTHER_KEY).step()


def test_a_tile_that_does_not_lead_to_its_checkpoint_is_refused(world: World) -> None:
    world.write(world.events(3))
    world.sequence()
    tile = world.ledger / "tree/gw-0/tenant-0/tile/0/000.p/3"
    flip(tile, 5)
    with pytest.raises(TamperError):
        world.sequencer().step()


def test_a_head_tile_that_does_not_lead_to_its_checkpoint_is_refused(world: World) -> None:
    world.write(world.events(3))
    world.sequence()
    flip(world.ledger / "head/tile/0/000.p/1", 5)
    with pytest.raises(LedgerTampered):
        world.sequencer().step()


def test_a_damaged_batch_stops_the_signing(world: World) -> None:
    world.write_batches([2, 2])
    change(world.segment(), b'"bytes":3', b'"bytes":5')
    sequencer = world.sequencer()
    with pytest.raises(LedgerTampered):
        sequencer.step()
    assert sequencer.is_damaged
    assert not sequencer.can_sign
    change(world.segment(), b'"bytes":5', b'"bytes":3')
    sequencer.step()
    assert not sequencer.is_damaged


def test_a_log_that_lost_a_segment_or_its_end_stops_the_signing(world: World) -> None:
    world.write_batches([2, 2, 2], segment_bytes=1)
    raw = world.segment(2).read_bytes()
    world.segment(2).unlink()
    _refused(world, LedgerTampered)
    world.segment(2).write_bytes(raw)
    world.segment(4).unlink()
    _refused(world, LedgerTampered)


@pytest.mark.parametrize("done", ["nothing", "trees", "all"])
def test_a_step_that_a_crash_interrupted_is_finished(world: World, done: str) -> None:
    world.write(world.events(3))
    world.sequence()
    before = world.root / "before"
    shutil.copytree(world.ledger, before)
    world.write(world.events(3))
    world.sequence()
    head = world.ledger / "head"
    notes = list(iterate_entries(head, 2))
    pending = Pending(1, (notes[1],)).encode()
    if done != "all":
        shutil.rmtree(head)
        shutil.copytree(before / "head", head)
        (world.root / "keys/anchors/anchors.jsonl").unlink()
    if done == "nothing":
        checkpoint = "tree/gw-0/tenant-0/checkpoint"
        shutil.copy(before / checkpoint, world.ledger / checkpoint)
    (head / "pending").write_bytes(pending)
    assert "interrupted" in str(world.verify().notices)
    world.sequence()
    assert not (head / "pending").exists()
    assert list(iterate_entries(head, 2)) == notes
    assert world.verify().holds


def test_a_pending_step_that_does_not_fit_is_refused(world: World) -> None:
    world.write(world.events(3))
    world.sequence()
    note = next(iterate_entries(world.ledger / "head", 1))
    path = world.ledger / "head/pending"
    path.write_bytes(Pending(7, (note,)).encode())
    _refused(world, RollbackDetected)
    path.write_bytes(b"{}")
    _refused(world, LedgerTampered)
    assert "pending-damaged" in world.codes()


def _refused(world: World, error: type[TamperError]) -> None:
    sequencer = world.sequencer()
    with pytest.raises(error):
        sequencer.close()


@pytest.mark.slow
def test_many_checkpoints_fill_bundles_and_hold(world: World) -> None:
    sequencer = world.sequencer(anchor_seconds=1000.0)
    for _ in range(8):
        world.write(world.events(40, tenants=40))
        sequencer.step()
    sequencer.close()
    assert (world.ledger / "head/tile/entries/000").exists()
    assert len(list((world.ledger / "head/tile/entries/001.p").iterdir())) == 1
    assert not (world.ledger / "head/tile/entries/000.p").exists()
    assert WIDTH < 8 * 40
    assert world.verify().holds
    world.sequence()


def test_a_full_disk_is_waited_out(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.write(world.events(3))
    sequencer = world.sequencer()
    pending = world.ledger / "head/pending"
    pending.mkdir()  # in the way of the step's own file: an OSError like any other
    assert sequencer.step() == 0
    assert sequencer.is_failing
    assert "waits" in caplog.text
    pending.rmdir()
    assert sequencer.step() == 3
    assert not sequencer.is_failing
    sequencer.close()
    assert world.verify().holds


async def test_the_job_runs_until_cancelled_and_closing_anchors_what_is_left(world: World) -> None:
    await world.append(world.events(2))
    sequencer = world.sequencer(step_seconds=0.001)
    job = asyncio.create_task(sequencer.run())
    while not (world.ledger / "head/checkpoint").exists():
        await asyncio.sleep(0.001)
    await world.append(world.events(2))
    job.cancel()
    with pytest.raises(asyncio.CancelledError):
        await job
    await asyncio.to_thread(sequencer.close)
    verdict = world.verify()
    assert (verdict.records, verdict.unanchored, verdict.holds) == (4, 0, True)


async def test_a_job_that_is_cancelled_waits_for_no_step_that_hangs(world: World) -> None:
    """The loop must not: what the step waits for could be something that the loop does."""
    sequencer = world.sequencer(step_seconds=0.001)
    with sequencer._busy:
        job = asyncio.create_task(sequencer.run())
        await asyncio.sleep(0.05)
        job.cancel()
        with pytest.raises(asyncio.CancelledError):
            await job
    await asyncio.to_thread(sequencer.close)


def test_damage_ends_the_job_and_leaves_the_ledger_locked(world: World) -> None:
    """It runs again a little later, and goes on where the damage was mended."""
    world.write_batches([2, 2])
    change(world.segment(), b'"bytes":3', b'"bytes":5')
    sequencer = world.sequencer(step_seconds=0.001)
    with pytest.raises(LedgerTampered):
        asyncio.run(sequencer.run())
    with pytest.raises(SlotInUse):
        world.sequencer()
    change(world.segment(), b'"bytes":5', b'"bytes":3')
    assert sequencer.step() == 4
    sequencer.close()
    assert sequencer.step() == 0


def test_a_node_is_fit_to_sign_until_nothing_went_well_for_a_while(world: World) -> None:
    world.write(world.events(3))
    sequencer = world.sequencer()
    (world.ledger / "head/pending").mkdir()
    sequencer.step()
    assert sequencer.is_failing
    assert sequencer.can_sign
    world.clock.advance(PATIENCE_SECONDS)
    assert not sequencer.can_sign
    (world.ledger / "head/pending").rmdir()
    sequencer.step()
    assert sequencer.can_sign
    sequencer.close()
