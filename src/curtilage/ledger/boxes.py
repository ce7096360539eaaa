"""Sealed parts, in a file beside their segment. Pure.

They are apart so that a sealed part can be removed without touching a record:
the record keeps the commitment, and every proof still verifies.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from zlib import crc32

from curtilage.core.words import say
from curtilage.ledger.errors import LedgerTampered

BOX_FILE_HEAD = struct.Struct(">8sIQI")  # magic, version, first n of the segment, CRC-32
BOX_MAGIC = b"\xf5CURTBOX"
BOX_VERSION = 1
BOX_HEAD = struct.Struct(">QI")  # n of the record, length
CHECKSUM = struct.Struct(">I")
BOX_HEAD_BYTES = BOX_HEAD.size + CHECKSUM.size


@dataclass(frozen=True, slots=True)
class Box:
    """The sealed part of record `n`, and where its frame ends. Not sound: do not trust `n`."""

    n: int
    box: bytes
    end: int
    is_sound: bool


def encode_box_file_head(first: int) -> bytes:
    head = BOX_FILE_HEAD.pack(BOX_MAGIC, BOX_VERSION, first, 0)[:-4]
    return head + CHECKSUM.pack(crc32(head))


def encode_box(n: int, box: bytes) -> bytes:
    head = BOX_HEAD.pack(n, len(box))
    return head + CHECKSUM.pack(crc32(box, crc32(head))) + box


def parse_boxes(raw: bytes, first: int) -> Iterator[Box]:
    """The boxes of a file in order. Raises LedgerTampered at the first damaged one."""
    if raw[: BOX_FILE_HEAD.size] != encode_box_file_head(first):
        raise LedgerTampered(say("A file of sealed parts has a damaged header."))
    end = BOX_FILE_HEAD.size
    for box in iterate_frames(raw):
        if not box.is_sound:
            raise LedgerTampered(say("A sealed part is damaged."))
        end = box.end
        yield box
    if end != len(raw):
        raise LedgerTampered(say("A file of sealed parts ends inside a frame."))


def iterate_frames(raw: bytes) -> Iterator[Box]:
    """The frames as they lie, sound or not; stops where a length leads to nothing sound."""
    at, is_found = BOX_FILE_HEAD.size, True
    while len(raw) - at >= BOX_HEAD_BYTES:
        box = _frame(raw, at)
        if not box.is_sound and not is_found:
            return
        yield box
        at, is_found = box.end, box.is_sound


def _frame(raw: bytes, at: int) -> Box:
    n, length = BOX_HEAD.unpack_from(raw, at)
    (claimed,) = CHECKSUM.unpack_from(raw, at + BOX_HEAD.size)
    end = at + BOX_HEAD_BYTES + length
    box = raw[at + BOX_HEAD_BYTES : end]
    checksum = crc32(box, crc32(raw[at : at + BOX_HEAD.size]))
    return Box(n, box, end, len(box) == length and checksum == claimed)
