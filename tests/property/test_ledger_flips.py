"""Any one bit that changes in any stored file is found."""

import random
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.ledger.worlds import World, flip

NOT_CONTENT = ("lease", "sequencer.lease")  # empty files that are only locked


def _build(root: Path, size: int) -> World:
    """A ledger of `size` records in batches, segments, tenants and checkpoints."""
    world = World(root)
    sizes = [size // 3, size // 3, size - 2 * (size // 3)]
    for part in sizes:
        world.write_batches([part] if part else [], tenants=2, every_sealed=5, segment_bytes=9000)
        world.sequence()
    assert world.verify().holds
    return world


def _files(world: World) -> list[Path]:
    files = [path for path in sorted(world.root.rglob("*")) if path.is_file()]
    return [path for path in files if path.name not in NOT_CONTENT and path.stat().st_size]


@given(st.integers(0, 300), st.randoms(use_true_random=False))
@settings(max_examples=8)
def test_a_flipped_bit_is_found(size: int, chance: random.Random) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = _build(Path(folder), size)
        for path in _files(world):
            _flip_and_find(world, path, chance)


def _flip_and_find(world: World, path: Path, chance: random.Random) -> None:
    at, bit = chance.randrange(path.stat().st_size), chance.randrange(8)
    flip(path, at, bit)
    assert not world.verify().holds, f"{path.relative_to(world.root)}, byte {at}, bit {bit}"
    flip(path, at, bit)


@pytest.mark.deep
@pytest.mark.timeout(3600)
def test_every_bit_of_a_small_ledger_counts(tmp_path: Path) -> None:
    world = _build(tmp_path, 5)
    for path in _files(world):
        for at in range(path.stat().st_size):
            for bit in range(8):
                flip(path, at, bit)
                assert not world.verify().holds, f"{path.name}, byte {at}, bit {bit}"
                flip(path, at, bit)
