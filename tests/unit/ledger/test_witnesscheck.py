"""What a witness signed is compared with the head log as it is now."""

from pathlib import Path

import pytest

from curtilage.ledger.anchors import DirectoryAnchors
from curtilage.ledger.note import Checkpoint, add_cosignature, sign_checkpoint
from curtilage.ledger.witnessask import witness_anchors
from curtilage.ledger.witnessstate import UNREACHABLE, WitnessState, state_path, write_state
from tests.fakes.clock import START
from tests.unit.ledger.witnesses import (
    ORIGINS,
    WITNESS,
    WITNESS_KEY,
    WitnessedWorld,
    a_witness,
    serving,
)
from tests.unit.ledger.worlds import KEY, OTHER_KEY, flip


@pytest.fixture
def world(tmp_path: Path) -> WitnessedWorld:
    """Two heads, both cosigned."""
    world = WitnessedWorld(tmp_path)
    with serving(a_witness(tmp_path / "witness")) as world.url:
        for _ in range(2):
            world.grow()
            world.asker().ask()
    assert world.verify().holds
    return world


def _kept(world: WitnessedWorld) -> DirectoryAnchors:
    return witness_anchors(world.anchor_directory, WITNESS)


def _file(world: WitnessedWorld) -> Path:
    return world.anchor_directory / f"{WITNESS.file}.jsonl"


def _cosigned(size: int, root: bytes, *, log: object = KEY, by: object = WITNESS_KEY) -> bytes:
    note = sign_checkpoint(Checkpoint(ORIGINS.head, size, root), log)  # type: ignore[arg-type]
    return add_cosignature(note, name=WITNESS.name, key=by, at=START)  # type: ignore[arg-type]


def test_no_bit_of_a_cosigned_head_can_change_unseen(world: WitnessedWorld) -> None:
    size = _file(world).stat().st_size
    for at in range(0, size, 7):
        flip(_file(world), at)
        assert world.codes() & {"witness-damaged", "witness-differs"}, at
        flip(_file(world), at)
    assert world.verify().holds


def test_another_tree_than_ours_is_named(world: WitnessedWorld) -> None:
    _file(world).unlink()
    _kept(world).append(_cosigned(1, bytes(32)))
    (problem,) = world.verify().problems
    assert problem.code == "witness-differs"
    assert "has signed another tree of 1 checkpoint" in problem.detail


def test_a_head_beyond_ours_is_named(world: WitnessedWorld) -> None:
    _kept(world).append(_cosigned(9, bytes(32)))
    (problem,) = world.verify().problems
    assert "has signed a head of 9 checkpoints, and the head log has 2" in problem.detail


@pytest.mark.parametrize("keys", [{"by": OTHER_KEY}, {"log": OTHER_KEY}])
def test_a_signature_by_another_key_is_named(
    world: WitnessedWorld, keys: dict[str, object]
) -> None:
    root = _root(world)
    _file(world).unlink()
    _kept(world).append(_cosigned(2, root))
    assert world.verify().holds
    _file(world).unlink()
    _kept(world).append(_cosigned(2, root, **keys))
    assert world.codes() == {"witness-differs"}


def _root(world: WitnessedWorld) -> bytes:
    signed = world.asker().checkpoints.head()
    assert signed is not None
    return signed.checkpoint.root


def test_a_cosignature_twice_is_named(world: WitnessedWorld) -> None:
    newest = _kept(world).newest()
    assert newest is not None
    _kept(world).append(newest.replace(b"\n\n", b"\n\n"))
    _kept(world).append(_cosigned(2, _root(world)))
    assert world.codes() == {"witness-differs"}


def test_an_answer_that_a_crash_cut_short_is_no_damage(world: WitnessedWorld) -> None:
    with _file(world).open("ab") as file:
        file.write(b'{"note":"led')
    assert world.verify().holds


def test_a_damaged_last_line_is_damage(world: WitnessedWorld) -> None:
    with _file(world).open("ab") as file:
        file.write(b"{}\n")
    assert world.codes() == {"witness-damaged"}


def test_a_witness_never_asked_is_said(tmp_path: Path) -> None:
    world = WitnessedWorld(tmp_path)
    world.grow()
    verdict = world.verify()
    assert verdict.holds
    assert f"{WITNESS.name} has not been shown any head yet." in verdict.notices


def test_a_damaged_state_is_named(world: WitnessedWorld) -> None:
    write_state(world.anchor_directory, WITNESS.file, WitnessState(UNREACHABLE, START, 2, 503))
    assert any("(HTTP status 503)" in notice for notice in world.verify().notices)
    flip(state_path(world.anchor_directory, WITNESS.file), -3)
    assert world.codes() == {"witness-damaged"}


def test_damaged_tiles_of_the_head_leave_nothing_to_compare_with(world: WitnessedWorld) -> None:
    for path in (world.ledger / "head/tile/0").rglob("*"):
        if path.is_file():
            path.unlink()
    assert {"head-changed", "witness-differs"} <= world.codes()
