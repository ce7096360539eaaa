"""Walks one writer's log, segment by segment, and compares all that speaks of it.

The walk holds one segment, and per tenant one tree's right edge. It says the
first place where something differs; what must differ as a consequence is not
said again. Records, trees and sealed parts have their own modules beside this.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from zlib import crc32

from curtilage.core.clock import encode_instant
from curtilage.core.words import say
from curtilage.ledger.boxcheck import BoxCheck
from curtilage.ledger.errors import LedgerTampered
from curtilage.ledger.findings import LIMIT, Findings, placed
from curtilage.ledger.frames import (
    BATCH_MAGIC,
    HEAD_BYTES,
    BatchHead,
    SegmentHeader,
    find_later_batch,
    parse_batch_head,
    parse_segment_header,
)
from curtilage.ledger.layout import find_segments, mark_path, segment_path
from curtilage.ledger.logwalk import LogWalk, are_missing, span
from curtilage.ledger.mark import read_mark
from curtilage.ledger.note import Checkpoint
from curtilage.ledger.read import read_segment_header
from curtilage.ledger.record import encode_hash
from curtilage.ledger.recordcheck import RecordCheck
from curtilage.ledger.writertrees import WriterTrees


class LogCheck:
    """One writer. `expected` are the head log's checkpoints of its trees, in order."""

    def __init__(
        self,
        ledger: Path,
        writer: str,
        *,
        stored: Mapping[str, Checkpoint],
        expected: Iterator[tuple[str, Checkpoint]],
        is_live: bool,
        findings: Findings,
        pruned_before: int = 0,
    ) -> None:
        self._walk = LogWalk(ledger, writer, findings)
        self._trees = WriterTrees(self._walk, stored, expected)
        self._records = RecordCheck(self._walk, self._trees)
        self._boxes = BoxCheck(self._walk)
        self._has_trees = bool(stored)
        self._is_live = is_live
        self._pruned_before = pruned_before
        self.pruned = 0
        self._is_ended = False  # what follows is being written now
        self._unsound: list[tuple[int, int]] = []  # batches with a wrong checksum; told last

    def run(self) -> int:
        """Check everything. Gives the number of records that the log holds."""
        walk = self._walk
        segments = find_segments(walk.directory)
        walk.mark = self._read_mark(segments)
        if segments and 0 < segments[0] <= self._pruned_before:
            self._begin_behind(segments[0])
        for number, first in enumerate(segments):
            self._check_segment(first, is_last=number == len(segments) - 1)
            if self._is_ended:
                break
        if walk.mark is not None and walk.n < walk.mark and not walk.is_lost:
            walk.problem(
                "records-missing",
                say("{what}: the end of the log was cut off.", what=are_missing(walk.n, walk.mark)),
            )
        self._trees.check_ends()
        self._tell_unsound()
        self._boxes.tell()
        return walk.n

    def _read_mark(self, segments: list[int]) -> int | None:
        walk = self._walk
        where = mark_path(walk.directory).relative_to(walk.ledger).as_posix()
        try:
            mark = read_mark(mark_path(walk.directory))
        except LedgerTampered as fault:
            walk.findings.add("mark-damaged", placed(fault.detail, where), writer=walk.writer)
            return None
        if mark is None and segments:
            detail = say("{file} is gone, which says where the log ends.", file=where)
            walk.findings.add("mark-missing", detail, writer=walk.writer)
        elif mark is None and self._has_trees:
            # Without trees nothing was signed of it: a writer that ended before its first file.
            # Where its trees were removed with it, the head log names them.
            walk.problem(
                "records-missing",
                say(
                    "The log is gone: {folder} is not there or empty.", folder=f"log/{walk.writer}"
                ),
            )
        return mark

    def _tell_unsound(self) -> None:
        for first, end in self._unsound:
            if not self._walk.findings.touch(self._walk.writer, first, end):
                self._walk.problem(
                    "batch-damaged",
                    say(
                        "{records}: the checksum of the batch was changed.",
                        records=span(first, end - 1),
                    ),
                    first,
                )

    def _begin_behind(self, first: int) -> None:
        """Take up the walk behind pruned records: at the first header, over stored hashes."""
        walk = self._walk
        try:
            tail = read_segment_header(segment_path(walk.directory, first))[0].tail
            if tail.n != first or sum(tail.leaves.values()) != first:
                raise LedgerTampered(
                    say("It does not count the records that were pruned before it.")
                )
            self._trees.replay(tail.leaves)
        except LedgerTampered as fault:
            name = walk.segment_name(first)
            pruned = say(
                "{records} were pruned: {what}", records=span(0, first - 1), what=fault.detail
            )
            walk.lose("pruned-damaged", placed(pruned, name))
            walk.n = first
            return
        walk.n, walk.prev = first, encode_hash(tail.prev)
        walk.time, walk.open = encode_instant(tail.time), dict(tail.open)
        self.pruned = first
        walk.findings.note(
            f"{walk.writer}: {span(0, first - 1).lower()} {'was' if first == 1 else 'were'} pruned; "
            "the hashes in their trees hold, under every checkpoint that was signed of them. What "
            "they said, their links and times, and their sealed parts can no longer be checked."
        )

    # Segments.

    def _check_segment(self, first: int, *, is_last: bool) -> None:
        raw = segment_path(self._walk.directory, first).read_bytes()
        self._walk.sealed = {}
        try:
            header, at = parse_segment_header(raw)
            self._compare_header(header, first)
        except LedgerTampered as fault:
            name = self._walk.segment_name(first)
            self._walk.problem("segment-damaged", placed(fault.detail, name))
            at = max(0, raw.find(BATCH_MAGIC))
        at = self._check_batches(raw, at, is_last=is_last)
        is_growing = self._is_ended or (is_last and self._is_live)
        if at < len(raw) and not is_growing:
            self._tell_unfinished(self._walk.segment_name(first), is_last=is_last)
        self._boxes.check(first, is_growing=is_growing)

    def _compare_header(self, header: SegmentHeader, first: int) -> None:
        walk, tail, name = self._walk, header.tail, self._walk.segment_name(first)
        if tail.n > walk.n and first == tail.n:
            missing = are_missing(walk.n, first)
            walk.lose("records-missing", say("{what}: {file} comes next.", what=missing, file=name))
            walk.n = first
        elif tail.n != walk.n or first != walk.n:
            other = say("{file} begins with another record than its name says.", file=name)
            walk.lose("segment-changed", other)
            walk.n = first
        same = (
            header.writer == walk.writer
            and encode_hash(tail.prev) == walk.prev
            and encode_instant(tail.time) == walk.time
            and list(tail.open.items()) == list(walk.open.items())
            and tail.leaves == self._trees.sizes()
        )
        if not same and not walk.is_lost:
            walk.problem(
                "segment-changed",
                say("The header of {file} does not agree with the records before it.", file=name),
            )
        walk.prev = encode_hash(tail.prev)
        walk.opens = header.opens

    def _tell_unfinished(self, name: str, *, is_last: bool) -> None:
        """What stands at a segment's end is no whole batch."""
        walk = self._walk
        if not is_last:
            walk.problem("batch-damaged", say("{file} does not end with a whole batch.", file=name))
        elif walk.mark is not None and walk.n < walk.mark:
            missing = are_missing(walk.n, walk.mark)
            cut = say("{what}: {file} was cut off inside a batch.", what=missing, file=name)
            walk.problem("records-missing", cut)
        else:
            walk.problem(
                "torn-tail",
                say(
                    "{file} ends inside a batch that was not finished, as after a power cut: no "
                    "one was told that it was recorded. Starting the service cuts it off.",
                    file=name,
                ),
            )

    # Batches.

    def _check_batches(self, raw: bytes, at: int, *, is_last: bool) -> int:
        """Check batch after batch; gives where the last one ends."""
        walk = self._walk
        while at < len(raw):
            head = parse_batch_head(raw, at)
            payload = raw[at + HEAD_BYTES : at + HEAD_BYTES + head.length] if head else b""
            if head is None or len(payload) != head.length:
                later = find_later_batch(raw, at, walk.n)
                if later is None:
                    return at
                walk.lose("batch-damaged", say("The batch that begins with it cannot be read."))
                walk.prev = None
                at = later
                continue
            if self._is_live and head.first + head.count > (walk.mark or 0):
                self._is_ended = True
                return at
            self._compare_head(head)
            is_sound = crc32(payload) == head.checksum
            if not is_sound and is_last and self._is_torn(raw, at, head):
                return at
            self._records.check_batch(payload, head.first + head.count)
            if not is_sound and len(self._unsound) < LIMIT:
                self._unsound.append((head.first, head.first + head.count))
            at += HEAD_BYTES + head.length
        return at

    def _compare_head(self, head: BatchHead) -> None:
        """Take up the walk where a batch says to begin; once lost, the records say where they are."""
        walk = self._walk
        if walk.prev is None:
            walk.n = head.first
        elif walk.is_lost:
            return
        elif head.first > walk.n:
            missing = are_missing(walk.n, head.first)
            next_ = say(
                "{what}: the next batch begins with {first}.", what=missing, first=head.first
            )
            walk.lose("records-missing", next_)
            walk.n = head.first
        elif head.first < walk.n:
            detail = say(
                "The batch behind record {before} says to begin with {first}.",
                before=walk.n - 1,
                first=head.first,
            )
            walk.lose("batch-damaged", detail)

    def _is_torn(self, raw: bytes, at: int, head: BatchHead) -> bool:
        """Is this an unfinished last batch, which was never acknowledged?"""
        if find_later_batch(raw, at + HEAD_BYTES, head.first) is not None:
            return False
        mark = self._walk.mark
        return mark is not None and head.first + head.count > mark
