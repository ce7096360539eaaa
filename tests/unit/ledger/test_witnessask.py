"""A head is shown with its proof; what comes back is believed only when it is signed."""

import shutil
from pathlib import Path

import pytest

from curtilage.ledger.errors import PeerUnreachable
from curtilage.ledger.witnessask import WitnessAsker, witness_anchors
from curtilage.ledger.witnessstate import COSIGNED, DISAGREES, REFUSED, UNREACHABLE, read_state
from tests.unit.ledger.witnesses import WITNESS, WitnessedWorld, a_witness, serving


def _ask(world: WitnessedWorld) -> str:
    state = world.asker().ask()
    return state.outcome if state else "nothing new"


def test_each_new_head_is_cosigned_once(tmp_path: Path) -> None:
    world = WitnessedWorld(tmp_path)
    with serving(a_witness(tmp_path / "witness")) as world.url:
        assert _ask(world) == "nothing new"
        for _ in range(5):
            world.grow()
            assert _ask(world) == COSIGNED
            assert _ask(world) == "nothing new"
    assert len(list(witness_anchors(world.anchor_directory, WITNESS).iterate())) == 5
    verdict = world.verify()
    assert verdict.holds
    assert any("saw the head of 5 checkpoints at" in notice for notice in verdict.notices)


def test_a_witness_that_was_away_is_shown_a_proof_over_all_that_it_missed(tmp_path: Path) -> None:
    world = WitnessedWorld(tmp_path)
    witness = a_witness(tmp_path / "witness")
    with serving(witness) as world.url:
        world.grow()
        assert _ask(world) == COSIGNED
    for _ in range(4):
        world.grow()
        assert _ask(world) == UNREACHABLE
        assert world.verify().holds
    assert any("did not answer" in notice for notice in world.verify().notices)
    with serving(witness) as world.url:
        assert _ask(world) == COSIGNED
    assert world.verify().holds


def test_what_was_cosigned_and_lost_here_is_asked_for_from_the_size_that_it_tells(
    tmp_path: Path,
) -> None:
    world = WitnessedWorld(tmp_path)
    with serving(a_witness(tmp_path / "witness")) as world.url:
        world.grow()
        assert _ask(world) == COSIGNED
        (world.anchor_directory / f"{WITNESS.file}.jsonl").unlink()
        assert _ask(world) == COSIGNED  # the same head again
        (world.anchor_directory / f"{WITNESS.file}.jsonl").unlink()
        world.grow()
        assert _ask(world) == COSIGNED  # from 0, then from 1


def test_a_ledger_that_was_put_back_is_refused_by_who_saw_more(tmp_path: Path) -> None:
    world = WitnessedWorld(tmp_path)
    with serving(a_witness(tmp_path / "witness")) as world.url:
        world.grow()
        shutil.copytree(tmp_path / "data", tmp_path / "older")
        world.grow()
        world.grow()
        assert _ask(world) == COSIGNED
        _put_back(world, tmp_path / "older")  # data and anchors: nothing here would tell
        world.grow()
        assert _ask(world) == DISAGREES
        assert world.codes() == {"witness-disagrees"}
        for _ in range(3):  # and when the other history has become longer
            world.grow()
        assert _ask(world) == DISAGREES
        (problem,) = world.verify().problems
        assert "it has seen 3 checkpoints that this head does not extend" in problem.detail


def _put_back(world: WitnessedWorld, data: Path) -> None:
    shutil.rmtree(world.root / "data")
    shutil.copytree(data, world.root / "data")
    shutil.rmtree(world.anchor_directory)


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (200, b"", REFUSED),
        (200, "\u2014 witness.orchard.example AAAAAAAA\n".encode(), REFUSED),
        (200, b"\xff" * 99, REFUSED),
        (409, b"-1\n", REFUSED),
        (409, b"01\n", REFUSED),
        (409, b"many\n", REFUSED),
        (409, b"9999\n", DISAGREES),
        (409, b"1\n", DISAGREES),
        (409, b"0\n", REFUSED),
        (422, b"", REFUSED),
        (404, b"", REFUSED),
        (403, b"", REFUSED),
        (301, b"", REFUSED),
        (429, b"", UNREACHABLE),
        (503, b"", UNREACHABLE),
    ],
)
def test_every_other_answer_has_its_outcome(
    tmp_path: Path, status: int, body: bytes, outcome: str
) -> None:
    world = WitnessedWorld(tmp_path)
    world.grow()
    given = world.asker()

    def post(url: str, sent: bytes, content_type: str, *, limit: int) -> tuple[int, bytes]:
        return status, body

    asker = WitnessAsker(given.checkpoints, given.anchors, given.witness, post, given.clock)
    state = asker.ask()
    assert state is not None
    assert state.outcome == outcome
    assert read_state(world.anchor_directory, WITNESS.file) == state
    assert not (world.anchor_directory / f"{WITNESS.file}.jsonl").exists()
    assert world.verify().holds is (outcome != DISAGREES)


def test_nobody_there_is_no_harm(tmp_path: Path) -> None:
    world = WitnessedWorld(tmp_path)
    world.grow()
    with pytest.raises(PeerUnreachable):
        world.asker().post(world.url, b"", "text/plain", limit=1)
    assert _ask(world) == UNREACHABLE
    assert world.verify().holds
