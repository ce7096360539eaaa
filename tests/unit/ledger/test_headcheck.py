"""The head log says only what a head log can say."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from curtilage.ledger.checkpoints import Checkpoints
from curtilage.ledger.findings import Findings
from curtilage.ledger.head import HeadLog
from curtilage.ledger.headcheck import HeadCheck
from curtilage.ledger.layout import head_directory
from curtilage.ledger.models import Problem
from curtilage.ledger.note import Checkpoint, add_cosignature, sign_checkpoint
from curtilage.ledger.origins import Origins
from tests.fakes.clock import START
from tests.unit.ledger.worlds import KEY, NAME

ORIGINS = Origins(NAME)


def _note(origin: str, size: int) -> bytes:
    return sign_checkpoint(Checkpoint(origin, size, bytes(32)), KEY)


def _tree(size: int) -> bytes:
    return _note(ORIGINS.tree("t", "w"), size)


def _anchor(size: int, root: bytes) -> bytes:
    note = sign_checkpoint(Checkpoint(ORIGINS.head, size, root), KEY)
    return add_cosignature(note, name=ORIGINS.anchor, key=KEY, at=START)


def _check(
    ledger: Path, notes: Sequence[bytes], anchors: Sequence[bytes] | None = None
) -> list[str]:
    return [problem.code for problem in _problems(ledger, notes, anchors)]


def _problems(
    ledger: Path, notes: Sequence[bytes], anchors: Sequence[bytes] | None = None
) -> list[Problem]:
    """Build a head log of these leaves and check it; without `anchors`, one of its end."""
    head = HeadLog(head_directory(ledger), 0)
    for note in notes:
        head.append(note)
    head.save()
    end = Checkpoint(ORIGINS.head, head.size, head.root())
    (head_directory(ledger) / "checkpoint").write_bytes(sign_checkpoint(end, KEY))
    findings = Findings()
    signed = Checkpoints(ledger, ORIGINS, KEY.public_key()).head()
    check = HeadCheck(ledger, ORIGINS, KEY.public_key(), signed, findings)
    check.run(iter([_anchor(end.size, end.root)] if anchors is None else anchors))
    return findings.problems


def test_growing_trees_are_fine(tmp_path: Path) -> None:
    assert _check(tmp_path, [_tree(1), _tree(3)]) == []


def test_a_tree_that_became_smaller_is_named(tmp_path: Path) -> None:
    assert _check(tmp_path, [_tree(3), _tree(1)]) == ["head-inconsistent"]


@pytest.mark.parametrize("leaf", [_note("other.example/t/w", 1), b"no note at all", b"\xff\n"])
def test_a_leaf_that_is_no_checkpoint_of_ours_is_named(tmp_path: Path, leaf: bytes) -> None:
    assert _check(tmp_path, [_tree(1), leaf])[0] == "head-damaged"


def test_an_anchor_of_other_leaves_is_named(tmp_path: Path) -> None:
    assert _check(tmp_path, [_tree(1), _tree(2)], [_anchor(1, bytes(32))]) == ["anchor-differs"]


def test_an_anchor_beyond_the_end_is_a_rollback(tmp_path: Path) -> None:
    assert _check(tmp_path, [_tree(1)], [_anchor(5, bytes(32))]) == ["rollback"]


def test_one_checkpoint_is_one(tmp_path: Path) -> None:
    (differs,) = _problems(tmp_path / "a", [_tree(1)], [_anchor(1, bytes(32))])
    assert differs.detail == "An anchor covers 1 checkpoint, and the head log has others now."
    (older,) = _problems(tmp_path / "b", [_tree(1)], [_anchor(2, bytes(32))])
    assert "one covers 2 checkpoints, the head log has 1." in older.detail


def test_a_head_log_that_is_gone_is_not_called_older(tmp_path: Path) -> None:
    findings = Findings()
    HeadCheck(tmp_path, ORIGINS, KEY.public_key(), None, findings).run(
        iter([_anchor(1, bytes(32))])
    )
    (problem,) = findings.problems
    assert (problem.code, problem.n) == ("rollback", None)
    assert problem.detail == "The head log is gone from head/: an anchor covers 1 checkpoint of it."
