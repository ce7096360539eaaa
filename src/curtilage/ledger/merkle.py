"""RFC 6962 Merkle trees: hashes, growing, proofs and their checks. Pure.

The checks are strict where the RFC leaves room: every hash that enters a
computation has 32 bytes, no proof has a hash too many, and a consistency proof
from the empty tree is refused, because it proves nothing.
"""

from collections.abc import Callable, Sequence
from hashlib import sha256

from curtilage.ledger.errors import ProofInvalid

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()  # RFC 6962 §2.1: the hash of an empty list
LEAF, NODE = b"\x00", b"\x01"  # RFC 6962 §2.1: so that no leaf can pass for a node
Subtree = Callable[[int, int], bytes]
"""Gives the root of the leaves from the first index up to, not including, the second."""


def hash_leaf(data: bytes) -> bytes:
    return sha256(LEAF + data).digest()


def hash_node(left: bytes, right: bytes) -> bytes:
    return sha256(NODE + left + right).digest()


def fold_peaks(peaks: Sequence[bytes]) -> bytes:
    """The root over perfect subtrees, largest first."""
    if not peaks:
        return EMPTY_ROOT
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = hash_node(peak, root)
    return root


def root_of(hashes: Sequence[bytes]) -> bytes:
    """The root over leaf hashes, or over the roots of equally large perfect trees."""
    count = len(hashes)
    if count == 0:
        return EMPTY_ROOT
    if count & (count - 1):
        split = split_point(count)
        return hash_node(root_of(hashes[:split]), root_of(hashes[split:]))
    row = list(hashes)
    while len(row) > 1:
        row = [sha256(NODE + row[at] + row[at + 1]).digest() for at in range(0, len(row), 2)]
    return row[0]


def split_point(count: int) -> int:
    """The largest power of two below `count`, which is at least 2 (RFC 6962 §2.1)."""
    return 1 << (count - 1).bit_length() - 1


def prove_inclusion(index: int, size: int, subtree: Subtree) -> list[bytes]:
    """PATH(m, D[n]) of RFC 6962 §2.1.1: from the leaf's sibling up to the root's child."""
    start, end = 0, size
    path: list[bytes] = []
    while end - start > 1:
        split = start + split_point(end - start)
        if index < split:
            path.append(subtree(split, end))
            end = split
        else:
            path.append(subtree(start, split))
            start = split
    path.reverse()
    return path


def prove_consistency(old: int, new: int, subtree: Subtree) -> list[bytes]:
    """PROOF(m, D[n]) of RFC 6962 §2.1.2."""
    start, end = 0, new
    path: list[bytes] = []
    is_whole = True  # the old tree is all of what is left
    while old != end:
        split = start + split_point(end - start)
        if old <= split:
            path.append(subtree(split, end))
            end = split
        else:
            path.append(subtree(start, split))
            start, is_whole = split, False
    if not is_whole:
        path.append(subtree(start, end))
    path.reverse()
    return path


def verify_inclusion(
    proof: Sequence[bytes], *, index: int, size: int, leaf_hash: bytes, expected_root: bytes
) -> None:
    """Check that `leaf_hash` is at `index` (RFC 9162 §2.1.3.2). Raises ProofInvalid."""
    _check_lengths([leaf_hash, expected_root, *proof])
    if not 0 <= index < size:
        raise ProofInvalid("The index lies outside the tree.")
    position, last, root = index, size - 1, leaf_hash
    for sibling in proof:
        if last == 0:
            raise ProofInvalid("The proof is longer than the tree is high.")
        if position & 1 or position == last:
            root = hash_node(sibling, root)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            root = hash_node(root, sibling)
        position, last = position >> 1, last >> 1
    if last != 0:
        raise ProofInvalid("The proof is shorter than the tree is high.")
    if root != expected_root:
        raise ProofInvalid("The proof leads to another root.")


def verify_consistency(
    proof: Sequence[bytes], *, old: int, new: int, old_root: bytes, new_root: bytes
) -> None:
    """Check that the tree of `new` leaves extends that of `old` (RFC 9162 §2.1.4.2).

    Between equal sizes nothing is hashed: the roots must be the same bytes.
    """
    if not 0 < old <= new:
        raise ProofInvalid("The old tree must hold a leaf and the new one no fewer.")
    if old == new:
        if proof or old_root != new_root:
            raise ProofInvalid("Trees of one size must have one root and no proof.")
        return
    _check_lengths([old_root, new_root, *proof])
    _walk_consistency(proof, old=old, new=new, old_root=old_root, new_root=new_root)


def _walk_consistency(
    proof: Sequence[bytes], *, old: int, new: int, old_root: bytes, new_root: bytes
) -> None:
    path = list(proof)
    if old & (old - 1) == 0:
        path.insert(0, old_root)  # a power of two is itself a subtree of the new tree
    if not path:
        raise ProofInvalid("The proof is empty.")
    position, last = old - 1, new - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    first = second = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise ProofInvalid("The proof is longer than the tree is high.")
        if position & 1 or position == last:
            first, second = hash_node(sibling, first), hash_node(sibling, second)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            second = hash_node(second, sibling)
        position, last = position >> 1, last >> 1
    if last != 0:
        raise ProofInvalid("The proof is shorter than the tree is high.")
    if first != old_root or second != new_root:
        raise ProofInvalid("The proof leads to other roots.")


def _check_lengths(hashes: Sequence[bytes]) -> None:
    if any(len(hash_) != HASH_BYTES for hash_ in hashes):
        raise ProofInvalid(f"A hash does not have {HASH_BYTES} bytes.")
