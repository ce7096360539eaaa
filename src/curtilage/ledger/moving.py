"""Takes a ledger that was kept in files into a store that nodes share.

Once, at the start of the first node after the setting changed. Bytes and numbers
stay as they are, so everything that was signed holds on: the files are from then
on this node's copy. Steps are rebuilt from the head log: within one its trees are
in order, so where that order breaks, a step ends.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from curtilage.ledger.boxes import encode_box, iterate_frames
from curtilage.ledger.checkpoints import Checkpoints
from curtilage.ledger.frames import HEAD_BYTES
from curtilage.ledger.head import Pending, iterate_entries
from curtilage.ledger.layout import (
    box_path,
    find_segments,
    find_writers,
    head_directory,
    log_directory,
    segment_path,
)
from curtilage.ledger.models import MovedLog, StoredBatch
from curtilage.ledger.note import claimed_origin
from curtilage.ledger.origins import Origins
from curtilage.ledger.ports import SharedStore
from curtilage.ledger.read import durable_until, read_segment_header
from curtilage.ledger.segment import iterate_batches


def move_in(ledger: Path, store: SharedStore, checkpoints: Checkpoints) -> bool:
    """Move all logs and what was signed of them; False where the store has a ledger.

    A run that was killed is carried on by the next one: the steps go last."""
    if store.find_step(0) is not None or (store.ends().keys() - set(find_writers(ledger))):
        return False
    for writer in find_writers(ledger):
        directory = log_directory(ledger, writer)
        end = durable_until(directory)
        store.move_in(MovedLog(writer, end, read_log(directory, end)))
    signed = checkpoints.head()
    if signed is not None:
        entries = list(iterate_entries(head_directory(ledger), signed.checkpoint.size))
        store.move_in_steps(list(split_steps(entries, checkpoints.origins)))
    return True


def read_log(directory: Path, end: int) -> Iterator[StoredBatch]:
    """The batches of a log in files that lie before record `end`."""
    for first in find_segments(directory):
        raw = segment_path(directory, first).read_bytes()
        offset = read_segment_header(segment_path(directory, first))[1]
        boxes = _read_boxes(box_path(directory, first))
        header: bytes | None = raw[:offset]
        for batch in iterate_batches(raw, offset):
            if batch.head.first >= end:
                return
            numbers = range(batch.head.first, batch.head.first + batch.head.count)
            data = raw[batch.end - HEAD_BYTES - batch.head.length : batch.end]
            sealed = b"".join(boxes.get(n, b"") for n in numbers)
            yield StoredBatch(batch.head.first, first, header, data, sealed)
            header = None


def _read_boxes(path: Path) -> dict[int, bytes]:
    """The frames of sealed parts, by record."""
    if not path.exists():
        return {}
    return {box.n: encode_box(box.n, box.box) for box in iterate_frames(path.read_bytes())}


def split_steps(entries: Sequence[bytes], origins: Origins) -> Iterator[tuple[int, bytes]]:
    """The steps that made these leaves of the head log, each with the size before it."""
    begin, before = 0, ("", "")
    for at, note in enumerate(entries):
        tenant, writer = origins.parse_tree(claimed_origin(note))
        if (writer, tenant) <= before:
            yield begin, Pending(begin, tuple(entries[begin:at])).encode()
            begin = at
        before = (writer, tenant)
    if len(entries) > begin:
        yield begin, Pending(begin, tuple(entries[begin:])).encode()
