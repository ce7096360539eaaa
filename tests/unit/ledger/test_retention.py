"""Pruning removes what is old, anchored and closed; the rest still verifies and proves."""

import asyncio
import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from curtilage.core.models import TenantId
from curtilage.ledger.errors import LedgerTampered, NotYetAnchored, RecordNotFound
from curtilage.ledger.keeping.files import FileLogs
from curtilage.ledger.keeping.logs import LedgerKeeping
from curtilage.ledger.layout import find_segments
from curtilage.ledger.prove import prove, verify_proof
from curtilage.ledger.retention import KIND, SLOT, Plan
from curtilage.ledger.retentionrun import Pruner
from tests.builders import an_event
from tests.unit.ledger.worlds import KEY, NAME, World, flip

SEGMENT = 2_000  # bytes: a few batches a segment


@dataclass
class OldWorld(World):
    """A ledger with several segments of two tenants, an hour apart."""

    def age(self, hours: int = 6) -> None:
        for _ in range(hours):
            self.clock.advance(3600)
            self.write_batches([5, 2], tenants=2, every_sealed=3, segment_bytes=SEGMENT)
        self.sequence()

    def pruner(self, **given: float) -> Pruner:
        return Pruner(
            self.ledger,
            NAME,
            TenantId("tenant-0"),
            KEY,
            self.anchors,
            self.verify,
            self.clock,
            self.ids,
            LedgerKeeping(FileLogs(self.ledger), None, self.clock, self.ids),
            **given,
        )

    def prune(self, *, hours: float = 2) -> Plan:
        return self.pruner().prune(self.before(hours), policy="keep 2 hours")

    def before(self, hours: float) -> datetime:
        return self.clock.now() - timedelta(hours=hours)

    @property
    def segments(self) -> list[int]:
        return find_segments(self.log())


@pytest.fixture
def world(tmp_path: Path) -> OldWorld:
    world = OldWorld(tmp_path)
    world.age()
    assert len(world.segments) > 4
    return world


def test_what_is_old_goes_and_all_that_is_left_verifies_and_proves(world: OldWorld) -> None:
    records = list(world.reader.iterate(writer="gw-0"))
    plan = world.prune()
    (span,) = plan.spans
    assert span.before == world.segments[0] > 0
    assert all(r.time < world.before(2) for r in records[: span.before])
    verdict = world.verify()
    assert verdict.holds
    assert verdict.pruned == span.before == plan.records
    assert f"{span.before} older records pruned, complete up to anchor" in verdict.summary()
    (notice,) = [each for each in verdict.notices if "were pruned" in each]
    assert "can no longer be checked" in notice
    for record in records[span.before :]:
        proof = prove(world.ledger, record.event.id, name=NAME, key=KEY.public_key())
        assert verify_proof(proof, name=NAME, key=KEY.public_key()).n == record.n
    with pytest.raises(RecordNotFound):
        prove(world.ledger, records[0].event.id, name=NAME, key=KEY.public_key())
    assert not world.box_file(0).exists()


def test_the_pruning_is_a_record_and_the_ledger_goes_on(world: OldWorld) -> None:
    plan = world.prune()
    (record,) = world.reader.iterate(writer=SLOT)
    assert record.event.kind == KIND
    assert record.event.facts["policy"] == "keep 2 hours"
    assert record.event.facts["records"] == plan.records
    assert world.prune().spans == ()
    world.age(2)
    assert world.verify().holds
    again = world.prune()
    assert again.spans[0].first == plan.spans[0].before
    assert world.verify().pruned == again.spans[0].before


@pytest.mark.parametrize("hours", [7, 100])
def test_what_is_newer_stays(world: OldWorld, hours: int) -> None:
    plan = world.prune(hours=hours)
    assert plan.spans == ()
    assert "newer" in plan.kept["gw-0"]
    assert world.segments[0] == 0


def test_the_segment_that_is_written_stays_however_old(tmp_path: Path) -> None:
    world = OldWorld(tmp_path)
    world.write_batches([3])
    world.sequence()
    world.clock.advance(10**6)
    assert world.prune(hours=0).kept == {"gw-0": "the segment that is written now is never removed"}


def test_what_no_anchor_covers_stays(tmp_path: Path) -> None:
    world = OldWorld(tmp_path)
    for _ in range(4):
        world.write_batches([5, 2], segment_bytes=SEGMENT)
    world.clock.advance(10**6)
    assert "no anchor" in world.prune(hours=0).kept["gw-0"]
    assert world.segments[0] == 0


async def test_an_open_intent_keeps_its_segment_and_all_behind_it(tmp_path: Path) -> None:
    world = OldWorld(tmp_path)
    writer = world.writer(segment_bytes=SEGMENT)
    await writer.append(an_event(number=900_001, kind="exchange.intended", at=world.clock.now()))
    for _ in range(20):
        for event in world.events(3):
            await writer.append(event)
    world.sequence()
    world.clock.advance(10**6)
    plan = await asyncio.to_thread(world.prune, hours=0)
    assert plan.kept["gw-0"] == "record 0 is an intent that is still open"
    await writer.append(
        an_event(
            number=900_002,
            kind="exchange.completed",
            at=world.clock.now(),
            facts={"intent": an_event(number=900_001).id},
        )
    )
    await asyncio.to_thread(world.sequence)
    plan = await asyncio.to_thread(world.prune, hours=0)
    assert plan.spans[0].first == 0
    writer.close()
    assert world.verify().holds


def test_segments_that_go_without_a_record_are_missing(world: OldWorld) -> None:
    world.segment(0).unlink()
    assert "records-missing" in world.codes()


def test_more_than_was_recorded_is_missing(world: OldWorld) -> None:
    world.prune()
    world.segment(world.segments[0]).unlink()
    assert "records-missing" in world.codes()


def test_a_record_of_a_pruning_that_nothing_signed_covers_excuses_nothing(world: OldWorld) -> None:
    """Whoever holds the data alone can append a record, and cannot sign it."""
    second = world.segments[1]
    forged = an_event(
        number=900_003,
        kind=KIND,
        tenant=TenantId("tenant-0"),
        at=world.clock.now(),
        facts={"logs": {"gw-0": {"first": 0, "before": second}}},
    )
    world.write([forged], slot=SLOT)
    world.segment(0).unlink()
    world.box_file(0).unlink(missing_ok=True)
    assert "records-missing" in world.codes()


@pytest.mark.parametrize("level", ["0", "1"])
def test_no_hash_of_a_pruned_record_can_change_unseen(tmp_path: Path, level: str) -> None:
    world = OldWorld(tmp_path)
    for _ in range(6):
        world.write_batches([120], tenants=1, segment_bytes=20_000)
        world.clock.advance(3600)
    world.sequence()
    world.prune()
    assert world.verify().pruned > 256
    (tile,) = [
        p for p in (world.ledger / "tree/gw-0/tenant-0/tile" / level).rglob("*") if p.is_file()
    ][:1]
    for at in range(0, min(tile.stat().st_size, 256 * 32), 32 * 16 + 5):
        flip(tile, at)
        assert world.codes(), at
        flip(tile, at)
    tile.unlink()
    assert world.codes()


def test_a_header_that_counts_otherwise_is_named(world: OldWorld) -> None:
    world.prune()
    path = world.segment(world.segments[0])
    for at in range(20, 200, 9):
        flip(path, at)
        assert world.codes(), at
        flip(path, at)
    assert world.verify().holds


def test_a_ledger_that_does_not_verify_is_left_as_it_is(world: OldWorld) -> None:
    flip(world.segment(0), -9)
    with pytest.raises(LedgerTampered, match="nothing was removed"):
        world.prune()
    assert world.segments[0] == 0


def test_a_service_that_does_not_anchor_leaves_all_there_and_a_second_run_finishes(
    world: OldWorld,
) -> None:
    sequencer = world.sequencer()
    with pytest.raises(NotYetAnchored):
        world.pruner(wait_seconds=-1.0).prune(world.before(2), policy="by hand")
    assert world.segments[0] == 0
    assert world.verify().holds
    sequencer.close()
    assert world.prune(hours=100).spans == ()  # the earlier one is carried out all the same
    assert world.segments[0] > 0
    assert world.verify().holds


@pytest.mark.parametrize("removed", range(7))
def test_killed_after_any_removal_it_verifies_and_is_finished(
    world: OldWorld, removed: int
) -> None:
    before = world.root / "before"
    sequencer = world.sequencer()
    with pytest.raises(NotYetAnchored):
        world.pruner(wait_seconds=-1.0).prune(world.before(2), policy="by hand")
    sequencer.close()  # recorded and anchored: now files go, one by one
    going = [
        path
        for first in world.segments
        for path in (world.segment(first), world.box_file(first))
        if path.exists()
    ]
    shutil.copytree(world.log(), before)
    for path in going[:removed]:
        path.unlink()
    assert world.verify().holds
    world.prune(hours=100)
    assert world.verify().holds
    assert all(int(path.stem) >= world.segments[0] for path in world.log().glob("*.box"))
    end = world.segments[0]
    assert end > 0
    for first in world.segments:
        assert world.segment(first).read_bytes() == (before / f"{first:020d}.log").read_bytes()
