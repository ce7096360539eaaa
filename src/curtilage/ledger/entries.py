"""Encoded records on their way into a commit log, and what they change of its tail."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from curtilage.ledger.boxes import encode_box
from curtilage.ledger.intents import note_intent
from curtilage.ledger.models import NO_RECORD, Tail

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)  # the `time` before a writer's first record


@dataclass(slots=True)
class Entry:
    """One encoded record with what the log itself must know of it.

    Not frozen, because that triples the cost of making one.
    """

    raw: bytes
    box: bytes | None
    id: str
    kind: str
    tenant: str
    intent: object
    hash: bytes
    time: datetime


def empty_tail() -> Tail:
    """Where a log stands before its first record."""
    return Tail(0, NO_RECORD, BEGINNING)


def encode_boxes(first: int, entries: Sequence[Entry]) -> bytes:
    """The sealed parts of a batch that begins with record `first`."""
    return b"".join(
        encode_box(n, entry.box) for n, entry in enumerate(entries, first) if entry.box is not None
    )


def advance(tail: Tail, entries: Sequence[Entry], opens: Collection[str]) -> Tail:
    """The tail behind `entries`. Takes over the dictionaries of `tail`, which is used up."""
    leaves, open_ = tail.leaves, tail.open
    for entry in entries:
        leaves[entry.tenant] = leaves.get(entry.tenant, 0) + 1
        note_intent(open_, opens, id=entry.id, kind=entry.kind, intent=entry.intent, raw=entry.raw)
    last = entries[-1]
    return Tail(tail.n + len(entries), last.hash, last.time, leaves, open_)
