"""A head that another party signed must be a past of ours."""

from pathlib import Path

import pytest

from curtilage.ledger.checkpoints import Checkpoints
from curtilage.ledger.errors import ProofInvalid
from curtilage.ledger.note import Checkpoint, note_text, parse_checkpoint
from curtilage.ledger.outside import compare_head, verify_head
from tests.unit.ledger.witnesses import ORIGINS, WitnessedWorld
from tests.unit.ledger.worlds import KEY, OTHER_KEY


def test_every_past_is_one_and_no_other_tree(tmp_path: Path) -> None:
    world = WitnessedWorld(tmp_path)
    for _ in range(4):
        world.grow(1)
    checkpoints = Checkpoints(world.ledger, ORIGINS, KEY.public_key())
    head = checkpoints.head()
    for note in world.anchors.iterate():
        past = parse_checkpoint(note_text(note), expected_origin=ORIGINS.head)
        assert verify_head(checkpoints, note) == past
        compare_head(checkpoints, head, past, "someone")
        with pytest.raises(ProofInvalid, match="someone has signed another tree"):
            compare_head(
                checkpoints, head, Checkpoint(past.origin, past.size, bytes(32)), "someone"
            )
        with pytest.raises(ProofInvalid, match="the head log has 0"):
            compare_head(checkpoints, None, past, "someone")
        with pytest.raises(ProofInvalid):
            verify_head(Checkpoints(world.ledger, ORIGINS, OTHER_KEY.public_key()), note)
