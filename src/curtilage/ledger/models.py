"""Plain words of the ledger: a record, a place in the logs, what verify found."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from curtilage.core.models import Event
from curtilage.core.words import count

NO_RECORD = bytes(32)
"""The `prev` of a writer's first record."""


@dataclass(frozen=True, slots=True)
class Record:
    """An Event with its place in its writer's log.

    `raw` is what was hashed; it may have members that this version does not
    know, so nothing re-encodes it. `time` is when the writer took it and never
    decreases; `event.at` is when it happened.
    """

    raw: bytes
    writer: str
    n: int
    prev: bytes
    time: datetime
    event: Event

    @property
    def hash(self) -> bytes:
        """What the writer's next record names as its `prev`."""
        return sha256(self.raw).digest()


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """Before which byte of which segment a reader stands."""

    segment: int
    offset: int


Cursor = Mapping[str, Position]
"""Where a reader stands, by writer; a writer that is absent starts at its first record."""


@dataclass(frozen=True, slots=True)
class Tail:
    """The state of a commit log after its last durable record.

    `leaves` counts the records of each tenant; `open` holds the raw records of
    intents that no outcome has followed yet, by id, oldest first.
    """

    n: int
    prev: bytes
    time: datetime
    leaves: dict[str, int] = field(default_factory=dict)
    open: dict[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StoredBatch:
    """A batch of a shared store with the bytes that files have; `header` begins a segment."""

    first: int
    segment: int
    header: bytes | None
    data: bytes
    boxes: bytes


@dataclass(frozen=True, slots=True)
class MovedLog:
    """A log on its way from files into a shared store; `batches` are read once."""

    slot: str
    next: int
    batches: Iterator[StoredBatch]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is not as it was written. `n` is the first record it touches."""

    code: str
    writer: str
    n: int | None
    detail: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `verify_ledger` can say, and no more.

    `anchored_at` is the signed time of the newest anchor that holds: every
    record that it covers is present and unchanged, but for those that were
    `pruned`, whose hashes hold. Later records, `unanchored`
    of them, are consistent with themselves; that none is missing is not claimed.
    """

    records: int
    unanchored: int
    anchored_at: datetime | None
    problems: tuple[Problem, ...]
    more_problems: int = 0
    notices: tuple[str, ...] = ()
    pruned: int = 0

    @property
    def holds(self) -> bool:
        return not self.problems

    def summary(self) -> str:
        """One sentence for people."""
        records = count(self.records, "record")
        if self.problems:
            problems = count(len(self.problems) + self.more_problems, "problem")
            return f"{problems} found in {records}"
        if self.anchored_at is None:
            are = "is" if self.records == 1 else "are"
            return f"{records} {are} consistent; no anchor says that none is missing"
        until = self.anchored_at.strftime("%Y-%m-%dT%H:%M:%SZ")
        gone = f", {count(self.pruned, 'older record')} pruned" if self.pruned else ""
        return f"{records} verified{gone}, complete up to anchor {until}"
