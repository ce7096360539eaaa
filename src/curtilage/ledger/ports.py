"""What the ledger asks of others: where records last, a place for anchors, other parties."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from curtilage.ledger.entries import Entry
from curtilage.ledger.models import MovedLog, StoredBatch, Tail


class Commits(Protocol):
    """The commit log of one slot, held until closed. Only one thread calls it."""

    @property
    def slot(self) -> str: ...

    @property
    def tail(self) -> Tail:
        """The state after the last durable record."""

    @property
    def is_broken(self) -> bool:
        """Every write is refused, until a restart or until `keep` has mended it."""

    def write(self, entries: Sequence[Entry]) -> None:
        """Make `entries` durable, all or none. Raises LedgerUnavailable."""

    def keep(self) -> Sequence[bytes] | None:
        """Hold on to the slot: called after a failure, and every second without a write.

        Gives the intents that nobody waits for any more where the log goes on from a
        place that its user does not know of, and None where all is as it was."""

    def close(self) -> None:
        """Give the slot back."""


class SharedStore(Protocol):
    """Where several nodes keep one ledger. Each method raises LedgerUnavailable."""

    def ends(self) -> Mapping[str, int]:
        """Every slot, and the number of the record after its last."""

    def batches(self, slot: str, first: int, *, limit_bytes: int) -> Sequence[StoredBatch]:
        """What follows from record `first` on: one batch, and more up to the limit."""

    def find_step(self, head: int) -> bytes | None:
        """The step that was signed when the head log had this size, if one was."""

    def find_step_before(self, head: int) -> bytes | None:
        """The newest step that was signed when the head log was smaller than this."""

    def is_signer(self) -> bool:
        """May this node begin a step? One at a time may."""

    def sign(self, head: int, step: bytes) -> bool:
        """Make `step` the one at this size, for all nodes. False where another was quicker."""

    def forget(self, slot: str, before: int) -> None:
        """Remove the segments that end before this record; it begins one that stays."""

    def move_in(self, log: MovedLog) -> None:
        """Take over a log that was kept in files, whole or not at all."""

    def move_in_steps(self, steps: Sequence[tuple[int, bytes]]) -> None:
        """Take over what was signed of such logs: sizes of the head log, and steps."""

    def close(self) -> None: ...


class AnchorStore(Protocol):
    """Keeps head checkpoints where whoever can change the data cannot change them.

    `append` returns only when the note will last.
    """

    def append(self, note: bytes) -> None: ...

    def newest(self) -> bytes | None: ...

    def iterate(self) -> Iterator[bytes]:
        """All notes in the order of appending. Raises LedgerTampered at a damaged one."""


class Post(Protocol):
    """Sends a body to an address of a witness or a time-stamp authority."""

    def __call__(
        self, url: str, body: bytes, content_type: str, *, limit: int
    ) -> tuple[int, bytes]:
        """The status and the body of the answer, whole. Raises PeerUnreachable."""
