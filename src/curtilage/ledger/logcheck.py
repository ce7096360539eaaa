"""Walks one writer's records and compares everything that speaks of them.

The walk holds one segment, and per tenant one tree's right edge. It says the
first place where something differs; what must differ as a consequence is not
said again.
"""

from binascii import b2a_base64
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from zlib import crc32

import orjson

from curtilage.core.clock import encode_instant
from curtilage.ledger.boxes import parse_boxes
from curtilage.ledger.commitlog import BEGINNING
from curtilage.ledger.errors import LedgerTampered
from curtilage.ledger.findings import LIMIT, Findings
from curtilage.ledger.frames import (
    BATCH_MAGIC,
    HEAD_BYTES,
    BatchHead,
    SegmentHeader,
    find_later_batch,
    parse_batch_head,
    parse_segment_header,
    split_payload,
)
from curtilage.ledger.intents import note_intent
from curtilage.ledger.layout import (
    box_path,
    find_segments,
    log_directory,
    mark_path,
    segment_path,
    tree_directory,
)
from curtilage.ledger.mark import read_mark
from curtilage.ledger.merkle import LEAF
from curtilage.ledger.models import NO_RECORD
from curtilage.ledger.note import Checkpoint
from curtilage.ledger.treecheck import CheckedTree

INSTANT_LENGTH = 27  # 2026-11-23T10:20:31.123456Z; of one length, so that text sorts as time


@dataclass(slots=True)
class _Tree:
    """One tenant's tree as rebuilt, and its stored checkpoint.

    `places` has the record numbers of the leaves from `base` on.
    """

    checked: CheckedTree
    stored: Checkpoint | None
    places: list[int]
    base: int = 0

    def trim(self) -> None:
        """Forget the places of leaves whose tile is full and was compared."""
        kept = len(self.checked.edges[0])
        del self.places[: len(self.places) - kept]
        self.base = self.checked.size - kept

    def place(self, leaf: int) -> int | None:
        at = leaf - self.base
        return self.places[at] if 0 <= at < len(self.places) else None


class LogCheck:
    """One writer. `expected` are the head log's checkpoints of its trees, in order."""

    def __init__(
        self,
        ledger: Path,
        writer: str,
        *,
        stored: dict[str, Checkpoint],
        expected: Iterator[tuple[str, Checkpoint]],
        is_live: bool,
        findings: Findings,
    ) -> None:
        self._ledger = ledger
        self._writer = writer
        self._directory = log_directory(ledger, writer)
        self._stored = stored
        self._expected = expected
        self._next = next(expected, None)
        self._findings = findings
        self._is_live = is_live
        self._mark: int | None = None
        self._is_ended = False  # what follows is being written now
        self._trees: dict[str, _Tree] = {}
        self._is_lost = False  # records are missing: no tree can be rebuilt from here on
        self._n = 0
        self._prev = _encode_hash(NO_RECORD)
        self._time = encode_instant(BEGINNING)
        self._opens: frozenset[str] = frozenset()
        self._open: dict[str, bytes] = {}
        self._sealed: dict[int, str] = {}  # of this segment: the hash of the part, where it is told
        self._stray: int | None = None  # a sealed part without its record; told last
        self._unsound: list[tuple[int, int]] = []  # batches with a wrong checksum; told last
        self._unsealed = 0

    def run(self) -> int:
        """Check everything. Gives the number of records that the log holds."""
        self._mark = mark = self._read_mark()
        segments = find_segments(self._directory)
        for number, first in enumerate(segments):
            self._check_segment(first, is_last=number == len(segments) - 1)
            if self._is_ended:
                break
        if mark is not None and self._n < mark and not self._is_lost:
            self._problem("records-missing", f"Records {self._n} to {mark - 1} are missing.")
        self._check_ends()
        for first, end in self._unsound:
            if not self._findings.touch(self._writer, first, end):
                self._problem("batch-damaged", "The checksum of a batch is wrong.", first)
        if self._stray is not None:
            self._problem("box-damaged", "A sealed part belongs to no record.", self._stray)
        if self._unsealed:
            self._findings.note(
                f"{self._writer}: {self._unsealed} sealed parts are no longer kept."
            )
        return self._n

    def _read_mark(self) -> int | None:
        try:
            mark = read_mark(mark_path(self._directory))
        except LedgerTampered as fault:
            self._problem("mark-damaged", fault.detail)
            return None
        if mark is None:
            self._problem("records-missing", "The writer's log or its durable mark is gone.")
        return mark

    def _problem(self, code: str, detail: str, n: int | None = None) -> None:
        self._findings.add(code, detail, writer=self._writer, n=self._n if n is None else n)

    def _lose(self) -> None:
        self._is_lost = True

    # Segments.

    def _check_segment(self, first: int, *, is_last: bool) -> None:
        raw = segment_path(self._directory, first).read_bytes()
        self._sealed = {}
        try:
            header, at = parse_segment_header(raw)
            self._compare_header(header, first)
        except LedgerTampered as fault:
            self._problem("segment-damaged", fault.detail)
            at = max(0, raw.find(BATCH_MAGIC))
        at = self._check_batches(raw, at, is_last=is_last)
        is_growing = self._is_ended or (is_last and self._is_live)
        if at < len(raw) and not is_growing:
            self._problem(
                "torn-tail" if is_last else "batch-damaged",
                f"Segment {first} does not end with a whole batch: it was cut short or changed.",
            )
        self._check_boxes(first, is_growing=is_growing)

    def _compare_header(self, header: SegmentHeader, first: int) -> None:
        tail = header.tail
        if tail.n != self._n or first != self._n:
            self._problem("records-missing", f"Segment {first} follows record {self._n - 1}.")
            self._lose()
            self._n = first
        same = (
            header.writer == self._writer
            and _encode_hash(tail.prev) == self._prev
            and encode_instant(tail.time) == self._time
            and list(tail.open.items()) == list(self._open.items())
            and tail.leaves == {tenant: tree.checked.size for tenant, tree in self._trees.items()}
        )
        if not same and not self._is_lost:
            self._problem("segment-changed", f"The header of segment {first} does not fit.")
        self._prev = _encode_hash(tail.prev)
        self._opens = header.opens

    def _check_batches(self, raw: bytes, at: int, *, is_last: bool) -> int:
        """Check batch after batch; gives where the last one ends."""
        while at < len(raw):
            head = parse_batch_head(raw, at)
            payload = raw[at + HEAD_BYTES : at + HEAD_BYTES + head.length] if head else b""
            if head is None or len(payload) != head.length:
                later = find_later_batch(raw, at, self._n)
                if later is None:
                    return at
                self._problem("batch-damaged", "A batch is damaged; its records cannot be read.")
                self._lose()
                at = later
                continue
            if self._is_live and head.first + head.count > (self._mark or 0):
                self._is_ended = True
                return at
            if head.first != self._n:
                self._problem("records-missing", f"A batch begins with record {head.first}.")
                self._lose()
                self._n = head.first
            is_sound = crc32(payload) == head.checksum
            if not is_sound and is_last and self._is_torn(raw, at, head):
                return at
            self._check_payload(payload, head.first + head.count)
            if not is_sound and len(self._unsound) < LIMIT:
                self._unsound.append((head.first, head.first + head.count))
            at += HEAD_BYTES + head.length
        return at

    def _is_torn(self, raw: bytes, at: int, head: BatchHead) -> bool:
        """Is this an unfinished last batch, which was never acknowledged?"""
        if find_later_batch(raw, at + HEAD_BYTES, head.first) is not None:
            return False
        return self._mark is not None and head.first + head.count > self._mark

    def _check_payload(self, payload: bytes, end: int) -> None:
        touched: dict[str, _Tree] = {}
        try:
            self._check_records(payload, touched)
        except (LedgerTampered, ValueError, KeyError, TypeError, AttributeError):
            self._problem("record-damaged", "This is no record; it or its frame was changed.")
            self._lose()
            self._n = end
            return
        if self._n != end:
            self._problem("batch-damaged", "A batch does not hold the records that it says.")
            self._lose()
            self._n = end
        self._compare_trees(touched)

    # Records: the loop that everything waits for.

    def _check_records(self, payload: bytes, touched: dict[str, _Tree]) -> None:
        writer, n, prev, time = self._writer, self._n, self._prev, self._time
        loads, opens = orjson.loads, self._opens
        for raw in split_payload(payload):
            self._n = n
            fields = loads(raw)
            if fields["n"] != n or fields["writer"] != writer:
                self._problem("record-misplaced", "Another record stands in this place.")
                self._lose()
            elif fields["prev"] != prev:
                self._problem(
                    "record-changed", "It is not the record that the next one names.", n - 1
                )
            moment = fields["time"]
            if moment < time or len(moment) != INSTANT_LENGTH:
                self._problem("record-backdated", "Its time is before that of the record before.")
            prev = b2a_base64(sha256(raw).digest(), newline=False).decode()
            time = moment
            tenant = fields["tenant"]
            tree = touched.get(tenant) or self._touch(tenant, touched)
            tree.places.append(n)
            tree.checked.append(sha256(LEAF + raw).digest())
            facts = fields.get("facts")
            intent = facts.get("intent") if facts else None
            if intent is not None or fields["kind"] in opens:
                note_intent(
                    self._open, opens, id=fields["id"], kind=fields["kind"], intent=intent, raw=raw
                )
            if "sealed" in fields:
                self._sealed[n] = fields.get("box", "")
            n += 1
        self._n, self._prev, self._time = n, prev, time

    def _touch(self, tenant: str, touched: dict[str, _Tree]) -> _Tree:
        tree = self._trees.get(tenant)
        if tree is None:
            tree = self._trees[tenant] = self._begin_tree(tenant)
        tree.trim()
        touched[tenant] = tree
        return tree

    def _begin_tree(self, tenant: str) -> _Tree:
        stored = self._stored.get(tenant)
        directory = tree_directory(self._ledger, self._writer, tenant)

        def report(leaf: int) -> None:
            if not self._is_lost:
                self._leaf_differs(tenant, leaf, tree.place(leaf))

        tree = _Tree(CheckedTree(directory, stored.size if stored else 0, report), stored, [])
        return tree

    def _leaf_differs(self, tenant: str, leaf: int, n: int | None) -> None:
        self._problem("record-changed", f"It is not leaf {leaf} of its tree, tenant {tenant}.", n)

    # Trees.

    def _compare_trees(self, touched: dict[str, _Tree]) -> None:
        if self._is_lost:
            return
        for tenant, tree in touched.items():
            if tree.stored is not None and tree.checked.size == tree.stored.size:
                tree.checked.compare_edges()
                self._compare_root(tenant, tree.checked, tree.stored)
        while self._next is not None:
            tenant, checkpoint = self._next
            reached = self._trees.get(tenant)
            if reached is None or reached.checked.size < checkpoint.size:
                return
            if reached.checked.size > checkpoint.size:
                self._tree_differs(tenant, checkpoint)
            else:
                self._compare_root(tenant, reached.checked, checkpoint)
            self._next = next(self._expected, None)

    def _compare_root(self, tenant: str, tree: CheckedTree, checkpoint: Checkpoint) -> None:
        if not tree.is_broken and tree.root() != checkpoint.root:
            tree.is_broken = True
            self._tree_differs(tenant, checkpoint)

    def _tree_differs(self, tenant: str, checkpoint: Checkpoint) -> None:
        self._problem(
            "tree-differs",
            f"Tenant {tenant}: the first {checkpoint.size} records do not lead to the root "
            "that was signed for them.",
        )

    def _check_ends(self) -> None:
        """Every stored and every expected checkpoint must have been reached."""
        if self._is_lost:
            return
        if self._next is not None:
            tenant, checkpoint = self._next
            self._too_short(tenant, checkpoint)
        for tenant, stored in self._stored.items():
            tree = self._trees.get(tenant)
            if tree is None or tree.checked.size < stored.size:
                self._too_short(tenant, stored)

    def _too_short(self, tenant: str, checkpoint: Checkpoint) -> None:
        tree = self._trees.get(tenant)
        if tree is not None:
            tree.checked.compare_edges()  # where it begins to differ says more than where it ends
        self._problem(
            "records-missing",
            f"Tenant {tenant}: {checkpoint.size} records were signed; the log ends before.",
        )

    # Sealed parts.

    def _check_boxes(self, first: int, *, is_growing: bool) -> None:
        path = box_path(self._directory, first)
        kept: set[int] = set()
        if path.exists():
            try:
                for box in parse_boxes(path.read_bytes(), first):
                    kept.add(box.n)
                    told = self._sealed.get(box.n)
                    if told and told != _encode_hash(sha256(box.box).digest()):
                        detail = "Its sealed part is not the one that was recorded with it."
                        self._problem("box-changed", detail, box.n)
            except LedgerTampered as fault:
                if not is_growing:
                    self._problem("box-damaged", fault.detail, first)
        strangers = kept - self._sealed.keys()
        if strangers and not self._is_lost and not is_growing:
            self._stray = min(strangers)
        self._unsealed += len(self._sealed.keys() - kept)


def _encode_hash(value: bytes) -> str:
    return b2a_base64(value, newline=False).decode()
