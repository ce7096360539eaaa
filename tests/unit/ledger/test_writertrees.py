"""The trees of one writer are compared with every checkpoint that was signed of them."""

from pathlib import Path

import pytest

from curtilage.ledger.findings import Findings
from curtilage.ledger.logcheck import LogCheck
from curtilage.ledger.merkle import EMPTY_ROOT
from curtilage.ledger.models import Problem
from curtilage.ledger.note import Checkpoint
from curtilage.ledger.treecheck import CheckedTree
from curtilage.ledger.writertrees import WriterTree
from tests.unit.ledger.worlds import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path)
    world.write_batches([2, 2])
    return world


def _check(world: World, size: int) -> Problem:
    """The problem where the head log has a checkpoint of this size and of another root."""
    findings = Findings()
    expected = iter([("tenant-0", Checkpoint("o", size, EMPTY_ROOT))])
    LogCheck(
        world.ledger, "gw-0", stored={}, expected=expected, is_live=False, findings=findings
    ).run()
    (problem,) = findings.problems
    return problem


@pytest.mark.parametrize("size", [1, 2])
def test_a_checkpoint_of_a_tree_that_never_was_so_is_named(world: World, size: int) -> None:
    problem = _check(world, size)
    assert problem.code == "tree-differs"
    assert f"over {size} record{'s' if size > 1 else ''}, and" in problem.detail


def test_a_checkpoint_that_the_log_does_not_reach_is_named(world: World) -> None:
    problem = _check(world, 9)
    assert problem.code == "records-missing"
    assert "over 9 records, and the log has 4" in problem.detail


def test_only_leaves_of_the_present_tile_have_a_place(tmp_path: Path) -> None:
    tree = WriterTree(CheckedTree(tmp_path, 0, lambda _: None), None)
    for n in range(300):
        tree.places.append(2 * n)
        tree.checked.append(bytes(32))
    tree.trim()
    assert [tree.place(leaf) for leaf in (0, 255, 256, 299, 300)] == [None, None, 512, 598, None]
