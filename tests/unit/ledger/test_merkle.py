"""Trees and proofs of RFC 6962, against known roots and against a plain definition."""

from hashlib import sha256

import pytest

from curtilage.ledger.errors import ProofInvalid
from curtilage.ledger.merkle import (
    EMPTY_ROOT,
    fold_peaks,
    hash_leaf,
    prove_consistency,
    prove_inclusion,
    root_of,
    verify_consistency,
    verify_inclusion,
)

# RFC 9162 §2.1.5's neighbours: the inputs that certificate transparency's own tests use.
INPUTS = [bytes.fromhex(text) for text in ("", "00", "10", "2021", "3031", "40414243")]
HASHES = [hash_leaf(data) for data in INPUTS]


def _subtree(start: int, end: int) -> bytes:
    return root_of(HASHES[start:end])


def test_the_empty_tree_has_the_hash_of_nothing() -> None:
    assert root_of([]) == fold_peaks([]) == EMPTY_ROOT == sha256(b"").digest()


@pytest.mark.parametrize(
    ("size", "root"), [(1, "6e340b9c"), (2, "fac54203"), (3, "aeb6bcfe"), (4, "d37ee418")]
)
def test_small_trees_have_the_known_roots(size: int, root: str) -> None:
    assert root_of(HASHES[:size]).hex().startswith(root)


@pytest.mark.parametrize("size", range(1, 7))
def test_every_leaf_of_a_small_tree_is_proved(size: int) -> None:
    for index in range(size):
        path = prove_inclusion(index, size, _subtree)
        verify_inclusion(
            path,
            index=index,
            size=size,
            leaf_hash=HASHES[index],
            expected_root=_subtree(0, size),
        )


@pytest.mark.parametrize("new", range(1, 7))
def test_every_earlier_tree_is_proved_to_be_contained(new: int) -> None:
    for old in range(1, new + 1):
        path = prove_consistency(old, new, _subtree)
        verify_consistency(
            path, old=old, new=new, old_root=_subtree(0, old), new_root=_subtree(0, new)
        )


def _verify(path: list[bytes], **given: object) -> None:
    usual = {"index": 2, "size": 5, "leaf_hash": HASHES[2], "expected_root": _subtree(0, 5)}
    verify_inclusion(path, **(usual | given))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "given",
    [
        {"index": 5},
        {"index": -1},
        {"index": 3},
        {"size": 9},
        {"leaf_hash": HASHES[1]},
        {"leaf_hash": b""},
        {"expected_root": _subtree(0, 4)},
        {"expected_root": b""},
    ],
)
def test_a_proof_of_something_else_is_refused(given: dict[str, object]) -> None:
    path = prove_inclusion(2, 5, _subtree)
    _verify(path)
    with pytest.raises(ProofInvalid):
        _verify(path, **given)


def test_a_path_too_long_too_short_or_of_other_lengths_is_refused() -> None:
    path = prove_inclusion(2, 5, _subtree)
    for wrong in (path[:-1], [*path, path[0]], [path[0][:31], *path[1:]]):
        with pytest.raises(ProofInvalid):
            _verify(wrong)


def test_consistency_is_refused_where_it_says_nothing_or_something_else() -> None:
    old, new = _subtree(0, 3), _subtree(0, 6)
    path = prove_consistency(3, 6, _subtree)
    verify_consistency(path, old=3, new=6, old_root=old, new_root=new)
    for wrong in (path[:-1], [*path, path[0]], [path[1], *path[1:]], [path[0][:31], *path[1:]], []):
        with pytest.raises(ProofInvalid):
            verify_consistency(wrong, old=3, new=6, old_root=old, new_root=new)
    for sizes in ((0, 6), (6, 3), (3, 3)):
        with pytest.raises(ProofInvalid):
            verify_consistency(path, old=sizes[0], new=sizes[1], old_root=old, new_root=new)
    with pytest.raises(ProofInvalid):
        verify_consistency([], old=3, new=3, old_root=old, new_root=new)
    verify_consistency([], old=3, new=3, old_root=old, new_root=old)
