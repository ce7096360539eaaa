"""Every proof verifies, and no altered one does."""

from hypothesis import given
from hypothesis import strategies as st

from curtilage.ledger.errors import ProofInvalid
from curtilage.ledger.merkle import (
    hash_leaf,
    prove_consistency,
    prove_inclusion,
    root_of,
    verify_consistency,
    verify_inclusion,
)

LEAVES = [hash_leaf(str(number).encode()) for number in range(2000)]
SIZES = st.integers(1, 2000)


def _subtree(start: int, end: int) -> bytes:
    return root_of(LEAVES[start:end])


def _is_refused(**given_: object) -> bool:
    check = verify_inclusion if "index" in given_ else verify_consistency
    try:
        check(given_.pop("proof"), **given_)  # type: ignore[operator]
    except ProofInvalid:
        return True
    return False


def _flip(hashes: list[bytes], bit: int) -> list[bytes]:
    """The same hashes with one bit changed, wherever `bit` falls."""
    raw = bytearray(b"".join(hashes))
    raw[bit // 8 % len(raw)] ^= 1 << bit % 8
    return [bytes(raw[at : at + 32]) for at in range(0, len(raw), 32)]


@given(SIZES, st.data())
def test_inclusion(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    root = _subtree(0, size)
    proof = prove_inclusion(index, size, _subtree)
    right = {"index": index, "size": size, "leaf_hash": LEAVES[index], "expected_root": root}
    verify_inclusion(proof, **right)  # type: ignore[arg-type]
    other = data.draw(st.integers(0, size - 1).filter(lambda n: n != index) | st.just(size))
    bit = data.draw(st.integers(0, 100_000))
    assert _is_refused(proof=proof, **(right | {"index": other}))
    assert _is_refused(proof=proof, **(right | {"leaf_hash": _flip([LEAVES[index]], bit)[0]}))
    assert _is_refused(proof=proof, **(right | {"expected_root": _flip([root], bit)[0]}))
    assert _is_refused(proof=[*proof, root], **right)
    if proof:
        assert _is_refused(proof=_flip(proof, bit), **right)
        assert _is_refused(proof=proof[:-1], **right)


@given(SIZES, st.data())
def test_consistency(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, new))
    right = {"old": old, "new": new, "old_root": _subtree(0, old), "new_root": _subtree(0, new)}
    proof = prove_consistency(old, new, _subtree)
    verify_consistency(proof, **right)  # type: ignore[arg-type]
    bit = data.draw(st.integers(0, 100_000))
    for root in ("old_root", "new_root"):
        assert _is_refused(proof=proof, **(right | {root: _flip([right[root]], bit)[0]}))  # type: ignore[list-item]
    assert _is_refused(proof=[*proof, LEAVES[0]], **right)
    if proof:
        assert _is_refused(proof=_flip(proof, bit), **right)
        assert _is_refused(proof=proof[:-1], **right)
