"""Moving a ledger of files into a shared store."""

from pathlib import Path

import pytest

from curtilage.ledger.checkpoints import Checkpoints
from curtilage.ledger.errors import ProofInvalid
from curtilage.ledger.head import parse_pending
from curtilage.ledger.models import StoredBatch
from curtilage.ledger.moving import move_in, split_steps
from curtilage.ledger.note import Checkpoint, claimed_origin, sign_checkpoint
from curtilage.ledger.origins import Origins
from tests.fakes.sharedstore import FakeSharedStore
from tests.unit.ledger.worlds import KEY, NAME, World

ORIGINS = Origins(NAME)


def move(world: World, store: FakeSharedStore) -> bool:
    return move_in(world.ledger, store, Checkpoints(world.ledger, ORIGINS, KEY.public_key()))


def test_what_was_signed_and_what_was_not_yet_moves(tmp_path: Path) -> None:
    world, store = World(tmp_path), FakeSharedStore()
    world.write(world.events(5, every_sealed=2))
    world.sequence()
    world.write(world.events(2), slot="control")
    assert move(world, store)
    assert store.ends() == {"control": 2, "gw-0": 5}
    assert [parse_pending(step).head_size for step in store.steps.values()] == [0]
    assert store.logs["gw-0"][0].boxes


def test_a_ledger_that_nothing_was_signed_of_moves(tmp_path: Path) -> None:
    world, store = World(tmp_path), FakeSharedStore()
    world.write(world.events(5))
    assert move(world, store)
    assert store.steps == {}
    assert move(World(tmp_path / "empty"), FakeSharedStore())


def test_a_move_that_was_killed_is_carried_on(tmp_path: Path) -> None:
    world, store = World(tmp_path), FakeSharedStore()
    for slot in ("control", "gw-0"):
        world.write(world.events(3), slot=slot)
    world.sequence()
    move(world, store)
    whole = dict(store.logs)
    del store.logs["gw-0"]
    store.steps.clear()
    assert move(world, store)
    assert store.logs == whole
    assert not move(world, store)


def test_a_store_with_a_ledger_of_its_own_is_left_alone(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.write(world.events(3))
    batch = StoredBatch(0, 0, b"", b"", b"")
    store = FakeSharedStore(logs={"gateway-0001": [batch]})
    assert not move(world, store)
    assert list(store.logs) == ["gateway-0001"]


def note(writer: str, tenant: str, size: int) -> bytes:
    return sign_checkpoint(Checkpoint(ORIGINS.tree(tenant, writer), size, bytes(32)), KEY)


def test_a_step_ends_where_its_order_breaks() -> None:
    entries = [
        note("a", "t1", 1), note("a", "t2", 1), note("b", "t1", 1),
        note("a", "t1", 2),
        note("a", "t1", 3), note("b", "t1", 2),
    ]  # fmt: skip
    steps = [(at, parse_pending(raw)) for at, raw in split_steps(entries, ORIGINS)]
    assert [at for at, _ in steps] == [0, 3, 4]
    assert all(at == step.head_size for at, step in steps)
    assert [one for _, step in steps for one in step.notes] == entries
    assert list(split_steps([], ORIGINS)) == []


def test_a_leaf_of_another_ledger_is_refused() -> None:
    foreign = sign_checkpoint(Checkpoint("another.example/log", 1, bytes(32)), KEY)
    assert claimed_origin(foreign) == "another.example/log"
    with pytest.raises(ProofInvalid):
        list(split_steps([foreign], ORIGINS))
