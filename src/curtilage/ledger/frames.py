"""The bytes of a segment: a header, then batches. Pure; sizes are big-endian.

A batch is what one fsync made durable, so it is whole or it never happened.
Its 28-byte header has a checksum of its own: a reader that meets a damaged
batch can look for a later one, and so tell a torn tail from damage inside.
The magic begins with 0xF5, which UTF-8 never contains, so no record can hold it.
"""

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from zlib import crc32

import orjson

from curtilage.core.canonical import encode_trusted
from curtilage.core.clock import encode_instant, parse_instant
from curtilage.core.words import say
from curtilage.ledger.errors import LedgerTampered
from curtilage.ledger.models import Tail
from curtilage.ledger.record import encode_hash, parse_hash, parse_record

SEGMENT_MAGIC = b"\xf5CURTLOG"
SEGMENT_VERSION = 1
PREAMBLE = struct.Struct(">8sIII")  # magic, version, length and CRC-32 of the JSON that follows
BATCH_MAGIC = b"\xf5CLB"
BATCH_HEAD = struct.Struct(">4sIQII")  # magic, payload bytes, first n, records, CRC-32 of payload
CHECKSUM = struct.Struct(">I")
LENGTH = struct.Struct(">I")
HEAD_BYTES = BATCH_HEAD.size + CHECKSUM.size
PAYLOAD_LIMIT = 64 * 1024 * 1024  # a writer stops at a fraction of this; more is damage


@dataclass(frozen=True, slots=True)
class SegmentHeader:
    """What a writer needs to go on from this segment alone."""

    writer: str
    tail: Tail
    opens: frozenset[str]


def encode_segment_header(header: SegmentHeader) -> bytes:
    tail = header.tail
    body = encode_trusted(
        {
            "writer": header.writer,
            "first": tail.n,
            "prev": encode_hash(tail.prev),
            "time": encode_instant(tail.time),
            "leaves": tail.leaves,
            "opens": sorted(header.opens),
            "open": [raw.decode() for raw in tail.open.values()],
        }
    )
    return PREAMBLE.pack(SEGMENT_MAGIC, SEGMENT_VERSION, len(body), crc32(body)) + body


def parse_segment_header(raw: bytes) -> tuple[SegmentHeader, int]:
    """The header at the start of `raw`, and where the first batch begins."""
    try:
        magic, version, length, checksum = PREAMBLE.unpack_from(raw)
        body = raw[PREAMBLE.size : PREAMBLE.size + length]
        if magic != SEGMENT_MAGIC or len(body) != length or crc32(body) != checksum:
            raise ValueError("expected a whole segment header")
        if version != SEGMENT_VERSION:
            raise ValueError("expected version 1")
        return _header(orjson.loads(body)), PREAMBLE.size + length
    except (ValueError, KeyError, TypeError, struct.error):
        raise LedgerTampered(
            say("A segment's header is damaged or of an unknown version.")
        ) from None


def header_bytes(preamble: bytes) -> int:
    """How long the whole header is, by its first bytes; 0 where they are none."""
    if len(preamble) < PREAMBLE.size or not preamble.startswith(SEGMENT_MAGIC):
        return 0
    length: int = PREAMBLE.unpack_from(preamble)[2]
    return PREAMBLE.size + length


def _header(fields: Mapping[str, object]) -> SegmentHeader:
    records = [parse_record(raw.encode()) for raw in _strings(fields["open"])]
    leaves, first = fields["leaves"], fields["first"]
    if not isinstance(leaves, dict) or not isinstance(first, int):
        raise TypeError("expected counts")
    if not all(type(count) is int and count >= 0 for count in (first, *leaves.values())):
        raise ValueError("expected counts")
    tail = Tail(
        n=first,
        prev=parse_hash(str(fields["prev"])),
        time=parse_instant(str(fields["time"])),
        leaves=leaves,
        open={record.event.id: record.raw for record in records},
    )
    return SegmentHeader(str(fields["writer"]), tail, frozenset(_strings(fields["opens"])))


def _strings(value: object) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise TypeError("expected a list of strings")
    return value


def encode_batch(first: int, records: Sequence[bytes]) -> bytes:
    """One batch, ready to be written at once."""
    parts = [b""]
    pack = LENGTH.pack
    for raw in records:
        parts.append(pack(len(raw)))
        parts.append(raw)
    payload = b"".join(parts)
    head = BATCH_HEAD.pack(BATCH_MAGIC, len(payload), first, len(records), crc32(payload))
    parts[0] = head + CHECKSUM.pack(crc32(head))
    return b"".join(parts)


@dataclass(frozen=True, slots=True)
class BatchHead:
    """How long a batch is, which records it holds, and the checksum of its payload."""

    length: int
    first: int
    count: int
    checksum: int


def parse_batch_head(raw: bytes, offset: int = 0) -> BatchHead | None:
    """The head at `offset`, or None where there is no whole and sound one."""
    if len(raw) < offset + HEAD_BYTES:
        return None
    magic, length, first, count, checksum = BATCH_HEAD.unpack_from(raw, offset)
    (claimed,) = CHECKSUM.unpack_from(raw, offset + BATCH_HEAD.size)
    if magic != BATCH_MAGIC or claimed != crc32(raw[offset : offset + BATCH_HEAD.size]):
        return None
    if length > PAYLOAD_LIMIT:
        return None
    return BatchHead(length, first, count, checksum)


def split_payload(payload: bytes) -> Iterator[bytes]:
    """The records of a payload, in order. Raises LedgerTampered where lengths do not fit."""
    at, end = 0, len(payload)
    unpack = LENGTH.unpack_from
    while at < end:
        if end - at < 4:
            raise LedgerTampered(say("A batch ends inside a record."))
        (length,) = unpack(payload, at)
        at += 4
        if length > end - at:
            raise LedgerTampered(say("A batch ends inside a record."))
        yield payload[at : at + length]
        at += length


def find_later_batch(raw: bytes, offset: int, after: int) -> int | None:
    """Where a sound head with records past `after` begins, at or behind `offset`."""
    while (offset := raw.find(BATCH_MAGIC, offset)) >= 0:
        head = parse_batch_head(raw, offset)
        if head is not None and head.first > after:
            return offset
        offset += 1
    return None
