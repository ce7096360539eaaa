"""Doing on this node what another node has signed: one step, checked before it counts.

A step names trees and the roots that they shall have. This node grows its own
trees from its own copy of the records; only if the same roots come out does the
step become part of its head log.
"""

from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from curtilage.ledger.errors import LedgerTampered, ProofInvalid, RollbackDetected
from curtilage.ledger.follow import Follower
from curtilage.ledger.head import HeadLog, Pending, parse_pending
from curtilage.ledger.note import Checkpoint, claimed_origin, verify_checkpoint
from curtilage.ledger.origins import Origins
from curtilage.ledger.ports import SharedStore
from curtilage.ledger.tree import StoredTree

Signed = dict[str, dict[str, Checkpoint]]
"""The checkpoints of a step, by writer and tenant."""


def check_shared(head: HeadLog, store: SharedStore) -> None:
    """Raise RollbackDetected unless this node's head log ends with a step of the store."""
    raw = store.find_step_before(head.size) if head.size else None
    if raw is not None:
        step = parse_pending(raw)
        if step.head_size + len(step.notes) == head.size and head.ends_with(step.notes):
            return
    if head.size:
        raise RollbackDetected("What this node has signed or followed is not in the shared store.")


def verify_step(pending: Pending, origins: Origins, key: Ed25519PublicKey) -> Signed:
    """What a step says of which trees. Raises LedgerTampered where our key did not sign it."""
    found: Signed = {}
    try:
        for note in pending.notes:
            signed = verify_checkpoint(note, expected_origin=claimed_origin(note), key=key)
            tenant, writer = origins.parse_tree(signed.origin)
            found.setdefault(writer, {})[tenant] = signed
    except ProofInvalid:
        raise LedgerTampered("A step in the shared store was not signed by this ledger.") from None
    return found


def grow_as_signed(
    signed: Signed, follower_of: Callable[[str], Follower]
) -> list[StoredTree] | None:
    """The trees, grown to what was signed and saved; None while records are not copied yet.

    Raises LedgerTampered where other roots come out."""
    ends = {}
    for writer, trees in signed.items():
        follower = follower_of(writer)
        end = follower.end_of({tenant: one.size for tenant, one in trees.items()})
        if follower.durable() < end:
            return None
        ends[writer] = end
    grown = []
    for writer, trees in signed.items():
        follower = follower_of(writer)
        follower.take_until(ends[writer])
        grown += _save_same(follower, trees)
    return grown


def _save_same(follower: Follower, trees: dict[str, Checkpoint]) -> list[StoredTree]:
    changed = dict(follower.changed)
    follower.changed.clear()
    if changed.keys() != trees.keys():
        raise LedgerTampered("A step was signed over other records than this node has copied.")
    for tenant, tree in changed.items():
        if (tree.size, tree.root()) != (trees[tenant].size, trees[tenant].root):
            raise LedgerTampered("A step was signed over other records than this node has copied.")
        tree.save()
    return list(changed.values())
