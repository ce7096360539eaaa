"""The files of a copy of the ledger that verifies by itself, while the service writes on.

Takes no lock. The copy is as of one signed head: anchors first, then that head
with its tiles, each tree at the size that the head names, and last the commit
logs up to their durable mark. Whatever is read later has only grown since, so
what the earlier speaks of is there; more than that is cut off or left out.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from curtilage.ledger.anchors import FILE as ANCHORS
from curtilage.ledger.boxes import BOX_FILE_HEAD, iterate_frames
from curtilage.ledger.checkpoints import FILE as CHECKPOINT
from curtilage.ledger.checkpoints import Checkpoints, SignedHead
from curtilage.ledger.errors import LedgerTampered
from curtilage.ledger.frames import parse_segment_header
from curtilage.ledger.head import bundle_path, encode_bundle, read_bundle
from curtilage.ledger.layout import (
    box_path,
    find_segments,
    find_writers,
    head_directory,
    log_directory,
    mark_path,
    segment_path,
    tree_directory,
)
from curtilage.ledger.mark import encode_mark, read_mark
from curtilage.ledger.note import claimed_origin, verify_checkpoint
from curtilage.ledger.origins import Origins
from curtilage.ledger.segment import iterate_batches
from curtilage.ledger.tiles import HEIGHT, WIDTH, read_tile, tile_path, tile_width
from curtilage.ledger.timestamp import FILE as TIMESTAMPS

CHUNK = 1024 * 1024
Files = Iterator[tuple[Path, Iterable[bytes]]]
"""Where each file lies, and what it holds: read while it is asked for, and in this order."""


def find_anchor_files(directory: Path) -> list[Path]:
    """The anchors, what others signed of them, and how asking those others went."""
    patterns = (ANCHORS, TIMESTAMPS, "timestamps.state", "witness-*.jsonl", "witness-*.state")
    return sorted(path for pattern in patterns for path in directory.glob(pattern))


def copy_anchors(directory: Path) -> Files:
    """What was signed up to now. Before `copy_ledger`, whose head then covers all of it."""
    for path in find_anchor_files(directory):
        raw = path.read_bytes()
        yield path, [raw[: raw.rfind(b"\n") + 1] if path.suffix == ".jsonl" else raw]


def copy_ledger(ledger: Path, *, name: str, key: Ed25519PublicKey) -> Files:
    """Everything below `ledger`. Raises LedgerTampered, ProofInvalid, OSError.

    `name` is the installation's, as the sequencer has it."""
    origins = Origins(name)
    signed = Checkpoints(ledger, origins, key).head()
    newest: dict[str, bytes] = {}
    if signed is not None:
        yield from _copy_head(head_directory(ledger), signed, newest)
    for origin, note in newest.items():
        tenant, writer = origins.parse_tree(origin)
        size = verify_checkpoint(note, expected_origin=origin, key=key).size
        directory = tree_directory(ledger, writer, tenant)
        yield from _copy_tiles(directory, size)
        yield directory / CHECKPOINT, [note]
    for writer in find_writers(ledger):
        yield from _copy_log(log_directory(ledger, writer))


def _copy_head(head: Path, signed: SignedHead, newest: dict[str, bytes]) -> Files:
    """The head log; leaves in `newest` the last checkpoint of each tree that it names."""
    size = signed.checkpoint.size
    for index in range(-(-size // WIDTH)):
        width = min(WIDTH, size - index * WIDTH)
        entries = read_bundle(head, index, width)
        newest.update((claimed_origin(note), note) for note in entries)
        yield bundle_path(head, index, width), [encode_bundle(entries)]
    yield from _copy_tiles(head, size)
    yield head / CHECKPOINT, [signed.note]


def _copy_tiles(tree: Path, size: int) -> Files:
    """The tiles of a tree of this size; a partial one may have grown since, and is cut."""
    level = 0
    while count := size >> (HEIGHT * level):
        for index in range(-(-count // WIDTH)):
            width = tile_width(size, level, index)
            hashes = read_tile(tree, level, index, width)
            yield tile_path(tree, level, index, width), [b"".join(hashes)]
        level += 1


def _copy_log(directory: Path) -> Files:
    """The segments that hold durable records, the last one cut after them."""
    mark = read_mark(mark_path(directory)) or 0
    segments = find_segments(directory)
    if not segments:  # its writer is about to make the first
        return
    kept = [first for first in segments if first < mark] or segments[:1]
    for first in kept[:-1]:
        for path in (segment_path(directory, first), box_path(directory, first)):
            if path.exists():
                yield path, _read(path)
    yield from _copy_last(directory, kept[-1], mark)
    yield mark_path(directory), [encode_mark(mark)]


def _copy_last(directory: Path, first: int, mark: int) -> Files:
    path = segment_path(directory, first)
    raw = path.read_bytes()
    yield path, [raw[: _end_of_records(raw, mark)]]
    boxes = box_path(directory, first)
    if boxes.exists():
        raw = boxes.read_bytes()
        yield boxes, [raw[: _end_of_boxes(raw, mark)]]


def _end_of_records(raw: bytes, mark: int) -> int:
    """Behind the last batch before the mark: all of it is durable and never written again."""
    header, end = parse_segment_header(raw)
    n = header.tail.n
    for batch in iterate_batches(raw, end):
        if n >= mark:
            break
        n, end = batch.head.first + batch.head.count, batch.end
    if n != max(mark, header.tail.n):
        raise LedgerTampered("A commit log does not hold what its durable mark says.")
    return end


def _end_of_boxes(raw: bytes, mark: int) -> int:
    end = BOX_FILE_HEAD.size
    for box in iterate_frames(raw):
        if not box.is_sound or box.n >= mark:
            break
        end = box.end
    return end


def _read(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk
