"""Makes what was appended provable: trees, checkpoints, head log, anchors.

One process runs it. A step takes durable records into the trees, signs their
checkpoints, adds those to the head log, signs its checkpoint, and every few
seconds anchors that outside the data. Nothing is signed that contradicts what
was signed before: at the start, head and trees must contain the newest anchor.
"""

import asyncio
import logging
import os
from collections.abc import Sequence
from pathlib import Path
from threading import Lock

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from curtilage.core.clock import Clock
from curtilage.core.errors import CurtilageError
from curtilage.ledger.checkpoints import FILE, Checkpoints
from curtilage.ledger.copies import Copies
from curtilage.ledger.disk import lock_file, make_directory, replace_file, sync_directory
from curtilage.ledger.errors import (
    LedgerTampered,
    LedgerUnavailable,
    RollbackDetected,
)
from curtilage.ledger.follow import Follower
from curtilage.ledger.following import check_shared, grow_as_signed, verify_step
from curtilage.ledger.head import HeadLog, Pending, parse_pending
from curtilage.ledger.layout import find_writers, head_directory, tree_directory
from curtilage.ledger.note import (
    Checkpoint,
    add_cosignature,
    claimed_origin,
    sign_checkpoint,
    verify_checkpoint,
)
from curtilage.ledger.origins import Origins
from curtilage.ledger.past import Past
from curtilage.ledger.ports import AnchorStore, SharedStore
from curtilage.ledger.tree import StoredTree

STEP_SECONDS = 1.0
ANCHOR_SECONDS = 5.0  # how much of the newest past an attacker with all data could cut unseen
FOLLOWED_STEPS = 100  # of other nodes, taken over in one step of this one
CLOSE_SECONDS = 5.0  # how long a node that stops copies what others go on writing
PATIENCE_SECONDS = 15.0  # a database fails over in less, and takes all nodes along meanwhile
log = logging.getLogger(__name__)


class Sequencer:
    """A Job. `step` may also be called by hand; `close` takes and anchors what is left.

    Whoever made it closes it, in a thread: a step may be under way in another."""

    name = "sequence-ledger"

    def __init__(
        self,
        ledger: Path,
        *,
        name: str,
        key: Ed25519PrivateKey,
        clock: Clock,
        anchors: AnchorStore,
        shared: SharedStore | None = None,
        step_seconds: float = STEP_SECONDS,
        anchor_seconds: float = ANCHOR_SECONDS,
    ) -> None:
        """`name` is the installation's part of all origins. Raises SlotInUse.

        With a `shared` store, the logs are copied from there, and one node signs for all."""
        self._ledger = ledger
        self._head_directory = head_directory(ledger)
        self._pending_path = self._head_directory / "pending"
        self._origins = Origins(name)
        self._key = key
        self._clock = clock
        self._anchors = anchors
        self._step_seconds = step_seconds
        self._anchor_seconds = anchor_seconds
        self._checkpoints = Checkpoints(ledger, self._origins, key.public_key())
        self._past = Past(self._checkpoints)
        self._followers: dict[str, Follower] = {}
        self._head: HeadLog | None = None
        self._shared = shared
        self._copies = Copies(ledger, shared) if shared is not None else None
        self._is_anchor_checked = False
        self._anchored_size = 0
        self._anchored_at: float | None = None
        self._busy = Lock()
        self._well_at = clock.monotonic()  # when a step last ended well
        self.is_failing = False
        self.is_damaged = False  # what is there contradicts what was signed: nothing may go on
        make_directory(self._head_directory)
        self._lock: int | None = lock_file(ledger / "sequencer.lease")

    async def run(self) -> None:
        """Step until cancelled. Damage ends it with LedgerTampered; a full disk does not."""
        while True:
            await asyncio.to_thread(self.step)
            await asyncio.sleep(self._step_seconds)

    @property
    def can_sign(self) -> bool:
        """Whether this node is fit to sign for all: False once nothing went well for a while.

        A step that hangs on its disk counts as one that fails."""
        silence = self._clock.monotonic() - self._well_at
        return not self.is_damaged and silence < PATIENCE_SECONDS

    def step(self, *, anchor: bool = False) -> int:
        """Take in what is durable by now. Gives the number of records taken; 0 once closed.

        An OSError leaves everything to the next step, which reads it anew.
        """
        with self._busy:
            return 0 if self._lock is None else self._step(anchor=anchor)

    def _step(self, *, anchor: bool) -> int:
        try:
            copied = self._copies.take() if self._copies is not None else 0
            taken = self._take(self._load())
            if self._is_anchor_checked:
                self._anchor(force=anchor)
        except (OSError, LedgerUnavailable) as fault:
            self._forget()
            self.is_failing = True
            extra = {"event": "ledger.sequencer-waits", "reason": _reason(fault)}
            log.warning("ledger sequencer waits", extra=extra)
            return 0
        except BaseException as fault:  # what was half done must be read from the disk again
            self._forget()
            self.is_damaged = isinstance(fault, CurtilageError)
            raise
        self.is_failing = self.is_damaged = False
        self._well_at = self._clock.monotonic()
        return max(copied, taken)

    def close(self) -> None:
        """Take and anchor what is left, and unlock the ledger. May be called twice.

        Where other nodes write on there is always something left: it is theirs to take."""
        with self._busy:
            if self._lock is None:
                return
            try:
                self._take_what_is_left()
                if self.is_failing and self._shared is not None:
                    self._take_what_is_left()  # a connection that broke is opened anew
            finally:
                self._close_shared()
                os.close(self._lock)
                self._lock = None

    def _take_what_is_left(self) -> None:
        give_up = self._clock.monotonic() + CLOSE_SECONDS
        while self._step(anchor=True):
            if self._shared is not None and self._clock.monotonic() >= give_up:
                break

    def _close_shared(self) -> None:
        if self._copies is not None:
            self._copies.close()
        if self._shared is not None:
            self._shared.close()

    def _forget(self) -> None:
        self._head = None
        self._followers.clear()

    def _load(self) -> HeadLog:
        """The head log as it stands; at the start and after a fault, read and checked."""
        if self._head is None:
            head = self._finish_pending(self._past.load_head())
            self._is_anchor_checked = False
            self._past.check_trees(head)
            if self._shared is not None:
                check_shared(head, self._shared)
            self._head = head
        return self._head

    def _finish_pending(self, head: HeadLog) -> HeadLog:
        if not self._pending_path.exists():
            return head
        pending = parse_pending(self._pending_path.read_bytes())
        for note in pending.notes:
            origin = claimed_origin(note)
            verify_checkpoint(note, expected_origin=origin, key=self._key.public_key())
        if head.size == pending.head_size:
            self._publish(head, pending)
        elif head.size != pending.head_size + len(pending.notes):
            raise RollbackDetected("The head log and its unfinished step do not fit.")
        self._remove_pending()
        return head

    def _take(self, head: HeadLog) -> int:
        """Records into trees, trees into the head log; first what other nodes have signed."""
        if self._shared is not None:
            is_caught_up = self._follow(self._shared, head)
            if not is_caught_up:
                return 0
        if not self._is_anchor_checked:
            self._anchored_size = self._past.check_anchor(head, self._anchors.newest())
            self._is_anchor_checked = True
        return 0 if self._shared and not self._shared.is_signer() else self._sign(head)

    def _follow(self, shared: SharedStore, head: HeadLog) -> bool:
        """Do what was signed elsewhere; False where there is more, or its records are not here."""
        for _ in range(FOLLOWED_STEPS):
            raw = shared.find_step(head.size)
            if raw is None:
                return True
            pending = parse_pending(raw)
            signed = verify_step(pending, self._origins, self._key.public_key())
            grown = grow_as_signed(signed, self._follower)
            if pending.head_size != head.size or not signed:
                raise LedgerTampered("A step in the shared store is in the wrong place.")
            if grown is None:
                return False
            self._publish_all(head, pending, grown)
        return False

    def _sign(self, head: HeadLog) -> int:
        taken = 0
        notes: list[bytes] = []
        changed = []
        for writer in find_writers(self._ledger):
            follower = self._follower(writer)
            taken += follower.take()
            for tenant, tree in sorted(follower.changed.items()):
                tree.save()
                origin = self._origins.tree(tenant, writer)
                checkpoint = Checkpoint(origin, tree.size, tree.root())
                notes.append(sign_checkpoint(checkpoint, self._key))
                changed.append(tree)
            follower.changed.clear()
        if notes:
            pending = Pending(head.size, tuple(notes))
            if self._shared and not self._shared.sign(head.size, pending.encode()):
                self._forget()  # another node signs now; its steps count
                return 0
            self._publish_all(head, pending, changed)
        return taken

    def _publish_all(self, head: HeadLog, pending: Pending, trees: Sequence[StoredTree]) -> None:
        """Write the step down first, so that a crash inside it is finished at the next start."""
        replace_file(self._pending_path, pending.encode())
        self._publish(head, pending)
        self._remove_pending()
        for tree in trees:
            tree.forget_partials()

    def _follower(self, writer: str) -> Follower:
        if writer not in self._followers:
            self._followers[writer] = Follower(self._ledger, writer, self._checkpoints)
        return self._followers[writer]

    def _publish(self, head: HeadLog, pending: Pending) -> None:
        """First the checkpoints of trees, then the head that names them."""
        for note in pending.notes:
            tenant, writer = self._origins.parse_tree(claimed_origin(note))
            replace_file(tree_directory(self._ledger, writer, tenant) / FILE, note)
            head.append(note)
        head.save()
        checkpoint = Checkpoint(self._origins.head, head.size, head.root())
        replace_file(self._head_directory / FILE, sign_checkpoint(checkpoint, self._key))
        head.forget_partials()

    def _remove_pending(self) -> None:
        self._pending_path.unlink()
        sync_directory(self._head_directory)

    def _anchor(self, *, force: bool) -> None:
        """Keep the newest head checkpoint outside the data, when it is due."""
        now = self._clock.monotonic()
        is_due = self._anchored_at is None or now - self._anchored_at >= self._anchor_seconds
        signed = self._checkpoints.head() if force or is_due else None
        if signed is None or signed.checkpoint.size == self._anchored_size:
            return
        note = add_cosignature(
            signed.note, name=self._origins.anchor, key=self._key, at=self._clock.now()
        )
        self._anchors.append(note)
        self._anchored_size = signed.checkpoint.size
        self._anchored_at = now


def _reason(fault: OSError | LedgerUnavailable) -> str:
    return fault.detail if isinstance(fault, LedgerUnavailable) else f"errno {fault.errno}"
