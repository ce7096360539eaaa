"""Trees in tiles: what is stored leads to the same root as the leaves."""

import shutil
from pathlib import Path

import pytest

from curtilage.ledger.errors import LedgerTampered
from curtilage.ledger.merkle import hash_leaf, root_of
from curtilage.ledger.tiles import TileReader, encode_index, read_tile, tile_path
from curtilage.ledger.tree import StoredTree
from curtilage.ledger.treecheck import CheckedTree

LEAVES = [hash_leaf(str(number).encode()) for number in range(66_000)]


def _grow(directory: Path, sizes: list[int]) -> StoredTree:
    tree = StoredTree(directory)
    for size in sizes:
        while tree.size < size:
            tree.append(LEAVES[tree.size])
        tree.save()
        tree.forget_partials()
    return tree


@pytest.mark.parametrize("sizes", [[1], [255], [256], [257], [3, 256, 300], [100, 200, 513]])
def test_tiles_lead_to_the_root_of_the_leaves(tmp_path: Path, sizes: list[int]) -> None:
    tree = _grow(tmp_path, sizes)
    expected = root_of(LEAVES[: sizes[-1]])
    assert tree.root() == expected
    assert TileReader(tmp_path, sizes[-1]).root() == expected
    assert StoredTree(tmp_path, sizes[-1]).root() == expected


@pytest.mark.slow
def test_a_tree_of_three_levels_grows_on_after_reopening(tmp_path: Path) -> None:
    _grow(tmp_path, [65_535])
    tree = StoredTree(tmp_path, 65_535)
    for leaf in LEAVES[65_535:65_800]:
        tree.append(leaf)
    tree.save()
    assert tree.root() == TileReader(tmp_path, 65_800).root() == root_of(LEAVES[:65_800])
    assert (tmp_path / "tile/2/000.p/1").exists()
    assert (tmp_path / "tile/0/256").exists()


def test_only_the_newest_partial_tile_is_kept(tmp_path: Path) -> None:
    _grow(tmp_path, [3, 5, 7])
    assert [path.name for path in (tmp_path / "tile/0/000.p").iterdir()] == ["7"]
    _grow(tmp_path / "full", [3, 256])
    assert not (tmp_path / "full/tile/0/000.p").exists()


def test_an_empty_tree_has_no_tiles(tmp_path: Path) -> None:
    tree = _grow(tmp_path, [0])
    assert tree.root() == TileReader(tmp_path, 0).root() == root_of([])
    assert list(tmp_path.iterdir()) == []


def test_a_wider_or_full_tile_serves_where_the_partial_one_was_replaced(tmp_path: Path) -> None:
    _grow(tmp_path, [9])
    assert read_tile(tmp_path, 0, 0, 4) == LEAVES[:4]
    _grow(tmp_path / "full", [256])
    assert read_tile(tmp_path / "full", 0, 0, 4) == LEAVES[:4]


def test_a_missing_or_short_tile_is_damage(tmp_path: Path) -> None:
    _grow(tmp_path, [9])
    path = tile_path(tmp_path, 0, 0, 9)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(LedgerTampered):
        read_tile(tmp_path, 0, 0, 9)
    shutil.rmtree(tmp_path / "tile")
    with pytest.raises(LedgerTampered):
        StoredTree(tmp_path, 9)


def test_the_index_of_a_tile_is_grouped_by_thousands() -> None:
    """C2SP tlog-tiles: `x001/x234/067` is tile 1234067."""
    assert [encode_index(n) for n in (0, 999, 1000, 1_234_067)] == [
        "000",
        "999",
        "x001/000",
        "x001/x234/067",
    ]


def test_a_difference_is_told_once_with_its_first_leaf(tmp_path: Path) -> None:
    _grow(tmp_path, [300])
    told: list[int] = []
    checked = CheckedTree(tmp_path, 300, told.append)
    for number, leaf in enumerate(LEAVES[:300]):
        checked.append(LEAVES[0] if number in {17, 280} else leaf)
    checked.compare_edges()
    assert told == [17]
    assert checked.is_broken


def test_leaves_beyond_the_stored_size_are_not_compared(tmp_path: Path) -> None:
    _grow(tmp_path, [10])
    told: list[int] = []
    checked = CheckedTree(tmp_path, 10, told.append)
    for leaf in LEAVES[:600]:
        checked.append(leaf)
    assert told == []


def test_a_missing_tile_is_told_as_its_first_leaf(tmp_path: Path) -> None:
    _grow(tmp_path, [300])
    tile_path(tmp_path, 0, 0).unlink()
    told: list[int] = []
    checked = CheckedTree(tmp_path, 300, told.append)
    for leaf in LEAVES[:300]:
        checked.append(leaf)
    assert told == [0]
