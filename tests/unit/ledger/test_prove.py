"""Proofs that stand alone: they verify, and nothing else does."""

import asyncio
from pathlib import Path

import pytest

from curtilage.ledger.errors import NotYetProvable, ProofInvalid, RecordNotFound
from curtilage.ledger.prove import prove, verify_proof
from tests.fakes.ids import fixed_id
from tests.unit.ledger.worlds import KEY, NAME, OTHER_KEY, World


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path)
    world.write_batches([3, 3, 3], tenants=2, segment_bytes=900)
    world.sequence()
    return world


def _prove(world: World, id: str) -> str:
    return prove(world.ledger, id, name=NAME, key=KEY.public_key())


def _verify(text: str) -> str:
    return verify_proof(text, name=NAME, key=KEY.public_key()).event.id


def test_every_record_is_proved(world: World) -> None:
    for record in world.reader.iterate():
        assert _verify(_prove(world, record.event.id)) == record.event.id


def test_every_changed_character_is_refused(world: World) -> None:
    text = _prove(world, fixed_id(5))
    for at, char in enumerate(text):
        changed = text[:at] + ("A" if char != "A" else "B") + text[at + 1 :]
        with pytest.raises(ProofInvalid):
            _verify(changed)


def test_a_proof_under_another_key_is_refused(world: World) -> None:
    with pytest.raises(ProofInvalid):
        verify_proof(_prove(world, fixed_id(5)), name=NAME, key=OTHER_KEY.public_key())


def test_a_checkpoint_of_another_log_proves_nothing_here(world: World) -> None:
    with pytest.raises(ProofInvalid, match="another log"):
        verify_proof(_prove(world, fixed_id(5)), name="other.example", key=KEY.public_key())


@pytest.mark.parametrize("text", ["", "\n\n", "c2sp.org/tlog-proof@v1\nindex 1\n\n"])
def test_what_is_no_proof_is_refused(text: str) -> None:
    with pytest.raises(ProofInvalid):
        _verify(text)


def test_an_unknown_record_and_one_not_yet_covered_are_told_apart(world: World) -> None:
    with pytest.raises(RecordNotFound):
        _prove(world, fixed_id(99))
    asyncio.run(world.append(world.events(1)))
    with pytest.raises(NotYetProvable):
        _prove(world, fixed_id(10))


def test_before_the_first_checkpoint_nothing_is_provable(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.write(world.events(1))
    with pytest.raises(NotYetProvable):
        _prove(world, fixed_id(1))
