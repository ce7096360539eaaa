"""A follower knows where it stands from the trees alone."""

from pathlib import Path

import pytest

from curtilage.ledger import follow
from curtilage.ledger.checkpoints import Checkpoints
from curtilage.ledger.errors import LedgerTampered, RollbackDetected
from curtilage.ledger.follow import Follower
from curtilage.ledger.mark import encode_mark
from curtilage.ledger.origins import Origins
from tests.unit.ledger.worlds import KEY, NAME, World, flip


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path)
    world.write_batches([2, 2, 2], tenants=2, segment_bytes=900)
    return world


def _follower(world: World) -> Follower:
    checkpoints = Checkpoints(world.ledger, Origins(NAME), KEY.public_key())
    return Follower(world.ledger, "gw-0", checkpoints)


def test_it_takes_everything_and_then_what_is_new(world: World) -> None:
    follower = _follower(world)
    assert (follower.take(), follower.take()) == (6, 0)
    assert {tenant: tree.size for tenant, tree in follower.changed.items()} == {
        "tenant-0": 3,
        "tenant-1": 3,
    }
    world.write(world.events(3))
    assert follower.take() == 3


def test_it_goes_on_behind_what_was_signed(world: World) -> None:
    world.sequence()
    world.write(world.events(3))
    assert _follower(world).take() == 3


def test_a_log_shorter_than_what_was_signed_is_a_rollback(world: World) -> None:
    world.sequence()
    (world.log() / "durable").write_bytes(encode_mark(4))
    with pytest.raises(RollbackDetected):
        _follower(world)


def test_tiles_that_do_not_lead_to_the_checkpoint_are_damage(world: World) -> None:
    world.sequence()
    flip(world.ledger / "tree/gw-0/tenant-1/tile/0/000.p/3", 1)
    with pytest.raises(LedgerTampered):
        _follower(world)


def test_a_step_has_a_limit_and_the_next_goes_on(world: World) -> None:
    assert follow.STEP_BYTES >= 1 << 20
    follower = Follower(
        world.ledger,
        "gw-0",
        Checkpoints(world.ledger, Origins(NAME), KEY.public_key()),
        step_bytes=1,
    )
    assert [follower.take() for _ in range(4)] == [2, 2, 2, 0]
