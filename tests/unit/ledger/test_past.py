"""What was signed before is looked at before anything is signed again."""

from pathlib import Path

import pytest

from curtilage.ledger.checkpoints import Checkpoints
from curtilage.ledger.errors import LedgerTampered, RollbackDetected
from curtilage.ledger.origins import Origins
from curtilage.ledger.past import Past
from tests.unit.ledger.worlds import KEY, NAME, OTHER_KEY, World, flip


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path)
    world.write(world.events(3))
    world.sequence()
    return world


def past_of(world: World, key: object = KEY) -> Past:
    return Past(Checkpoints(world.ledger, Origins(NAME), key.public_key()))  # type: ignore[attr-defined]


def test_what_is_as_it_was_signed_is_gone_on_from(world: World) -> None:
    past = past_of(world)
    head = past.load_head()
    assert head.size == 1
    past.check_trees(head)
    assert past.check_anchor(head, world.anchors.newest()) == 1
    assert past.check_anchor(head, None) == 0


def test_tiles_that_do_not_lead_to_their_checkpoint_are_refused(world: World) -> None:
    flip(world.ledger / "head/tile/0/000.p/1", 5)
    with pytest.raises(LedgerTampered):
        past_of(world).load_head()


def test_a_tree_or_a_head_that_is_older_than_what_was_signed_is_refused(world: World) -> None:
    past, older = past_of(world), past_of(World(world.root / "other"))
    with pytest.raises(RollbackDetected):
        past.check_anchor(older.load_head(), world.anchors.newest())
    (world.ledger / "tree/gw-0/tenant-0/checkpoint").unlink()
    with pytest.raises(RollbackDetected):
        past.check_trees(past.load_head())


def test_an_anchor_of_another_key_is_refused(world: World) -> None:
    head, note = past_of(world).load_head(), world.anchors.newest()
    with pytest.raises(LedgerTampered, match="anchor"):
        past_of(world, OTHER_KEY).check_anchor(head, note)
