"""What may be pruned: whole segments, oldest first, that nobody needs any more.

A pruning is first a record of its own, `ledger.pruned`, in the log of the slot
`retention`, which is never pruned. Only once an anchor covers that record are
segments removed. So `verify` accepts that they are missing by a signed word, and
a kill at any point leaves a record that the next run carries out.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from curtilage.core.canonical import Json
from curtilage.ledger.checkpoints import Checkpoints
from curtilage.ledger.head import iterate_entries
from curtilage.ledger.layout import (
    find_segments,
    find_writers,
    head_directory,
    log_directory,
    mark_path,
    segment_path,
)
from curtilage.ledger.mark import read_mark
from curtilage.ledger.models import Record
from curtilage.ledger.note import claimed_origin, note_text, parse_checkpoint
from curtilage.ledger.outside import verify_head
from curtilage.ledger.ports import AnchorStore
from curtilage.ledger.read import LedgerReader, read_segment_header
from curtilage.ledger.record import parse_record
from curtilage.ledger.recovery import recover_segment

SLOT = "retention"
KIND = "ledger.pruned"

Sizes = Mapping[tuple[str, str], int]
"""How many records of each tenant and writer something covers."""


@dataclass(frozen=True, slots=True)
class Span:
    """Records of one writer, from `first` up to, not including, `before`."""

    writer: str
    first: int
    before: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What goes, and why what is old enough stays: by writer, in words."""

    spans: tuple[Span, ...]
    kept: Mapping[str, str]

    @property
    def records(self) -> int:
        return sum(span.before - span.first for span in self.spans)


def anchored_sizes(checkpoints: Checkpoints, anchors: AnchorStore) -> Sizes:
    """What the newest anchor covers. Raises ProofInvalid or LedgerTampered."""
    note = anchors.newest()
    if note is None:
        return {}
    size = verify_head(checkpoints, note).size
    found: dict[tuple[str, str], int] = {}
    for leaf in iterate_entries(head_directory(checkpoints.ledger), size):
        origin = claimed_origin(leaf)
        tree = parse_checkpoint(note_text(leaf), expected_origin=origin)
        found[checkpoints.origins.parse_tree(origin)] = tree.size
    return found


def plan_pruning(ledger: Path, *, cutoff: datetime, anchored: Sizes) -> Plan:
    """The segments whose records are all older than `cutoff`, anchored, and closed."""
    spans, kept = [], {}
    for writer in find_writers(ledger):
        if writer == SLOT:
            continue
        found = _plan_writer(ledger, writer, cutoff, anchored)
        if isinstance(found, Span):
            spans.append(found)
        elif found:
            kept[writer] = found
    return Plan(tuple(spans), kept)


def _plan_writer(ledger: Path, writer: str, cutoff: datetime, anchored: Sizes) -> Span | str:
    """The span that may go; where there is none, what keeps the oldest segment."""
    directory = log_directory(ledger, writer)
    segments = find_segments(directory)
    needed = _oldest_open(directory, writer, segments[-1]) if segments else None
    before, why = None, "the segment that is written now is never removed"
    for _, end in pairwise(segments):
        tail = read_segment_header(segment_path(directory, end))[0].tail
        if tail.time >= cutoff:
            why = "its oldest segment holds records that are newer"
        elif needed is not None and needed < end:
            why = f"record {needed} is an intent that is still open"
        elif any(anchored.get((tenant, writer), 0) < n for tenant, n in tail.leaves.items()):
            why = "no anchor covers its oldest segment yet"
        else:
            before = end
            continue
        break
    return why if before is None else Span(writer, segments[0], before)


def _oldest_open(directory: Path, writer: str, last: int) -> int | None:
    """The number of the oldest record that is an intent without an outcome."""
    mark = read_mark(mark_path(directory)) or 0
    tail = recover_segment(directory, last, writer=writer, mark=mark).tail
    return min((parse_record(raw).n for raw in tail.open.values()), default=None)


def encode_facts(plan: Plan, *, cutoff: str, policy: str) -> dict[str, Json]:
    """The facts of the Event that says what is removed, and by which policy."""
    logs: dict[str, Json] = {
        span.writer: {"first": span.first, "before": span.before} for span in plan.spans
    }
    return {"policy": policy, "cutoff": cutoff, "records": plan.records, "logs": logs}


def find_prunings(ledger: Path, covered: Sizes) -> Iterator[Record]:
    """The records of prunings that `covered` holds, in their order. Raises LedgerTampered."""
    seen: dict[str, int] = {}
    if SLOT not in find_writers(ledger):
        return
    for record in LedgerReader(ledger).iterate(writer=SLOT):
        tenant = record.event.tenant
        seen[tenant] = seen.get(tenant, 0) + 1
        if record.event.kind == KIND and seen[tenant] <= covered.get((tenant, SLOT), 0):
            yield record


def pruned_before(ledger: Path, covered: Sizes) -> dict[str, int]:
    """Before which record each writer's log may be gone, by covered records."""
    found: dict[str, int] = {}
    for record in find_prunings(ledger, covered):
        logs: Any = record.event.facts["logs"]
        for writer, span in logs.items():
            found[writer] = max(found.get(writer, 0), span["before"])
    return found
