"""Segment headers and batches: what is damaged is seen, what is torn is told apart."""

from zlib import crc32

import pytest

from curtilage.ledger.entries import BEGINNING
from curtilage.ledger.errors import LedgerTampered
from curtilage.ledger.frames import (
    BATCH_HEAD,
    CHECKSUM,
    HEAD_BYTES,
    PAYLOAD_LIMIT,
    PREAMBLE,
    SEGMENT_MAGIC,
    SegmentHeader,
    encode_batch,
    encode_segment_header,
    find_later_batch,
    header_bytes,
    parse_batch_head,
    parse_segment_header,
    split_payload,
)
from curtilage.ledger.models import Tail
from curtilage.ledger.record import encode_record
from tests.builders import an_event

RAW = encode_record(an_event(), writer="gw-0", n=4, prev=bytes(32))
OPEN = {an_event().id: RAW}
HEADER = SegmentHeader(
    "gw-0", Tail(5, bytes(range(32)), BEGINNING, {"t": 5}, OPEN), frozenset({"exchange.intended"})
)
HEADER_BODY = encode_segment_header(HEADER)[PREAMBLE.size :]


def test_a_header_comes_back_as_it_was() -> None:
    encoded = encode_segment_header(HEADER)
    assert parse_segment_header(encoded + b"more") == (HEADER, len(encoded))
    assert header_bytes(encoded) == len(encoded)


def test_what_is_no_preamble_has_no_header() -> None:
    assert header_bytes(b"short") == 0
    assert header_bytes(b"x" * PREAMBLE.size) == 0


def test_every_bit_of_a_header_counts() -> None:
    encoded = bytearray(encode_segment_header(HEADER))
    for bit in range(len(encoded) * 8):
        encoded[bit // 8] ^= 1 << bit % 8
        with pytest.raises(LedgerTampered):
            parse_segment_header(bytes(encoded))
        encoded[bit // 8] ^= 1 << bit % 8


@pytest.mark.parametrize(
    "body",
    [
        b'{"writer":"w","first":"x","prev":"","time":"","leaves":{},"opens":[],"open":[]}',
        b'{"writer":"w","first":1,"prev":"","time":"","leaves":[],"opens":[],"open":[]}',
        b'{"writer":"w","first":1,"prev":"","time":"","leaves":{},"opens":[],"open":{}}',
        b'{"writer":"w","first":1,"prev":"","time":"","leaves":{},"opens":[],"open":[7]}',
        HEADER_BODY.replace(b'"t":5', b'"t":"5"'),
        HEADER_BODY.replace(b'"t":5', b'"t":-1'),
        HEADER_BODY.replace(b'"first":5', b'"first":true'),
        b"{}",
    ],
)
def test_a_header_of_another_shape_is_refused(body: bytes) -> None:
    with pytest.raises(LedgerTampered):
        parse_segment_header(PREAMBLE.pack(SEGMENT_MAGIC, 1, len(body), crc32(body)) + body)


def test_a_batch_gives_its_records_in_order() -> None:
    raw = encode_batch(7, [b"one", b"", b"three"])
    head = parse_batch_head(raw)
    assert head is not None
    assert (head.first, head.count, head.length) == (7, 3, len(raw) - HEAD_BYTES)
    assert list(split_payload(raw[HEAD_BYTES:])) == [b"one", b"", b"three"]


def test_every_bit_of_a_batch_head_counts() -> None:
    raw = bytearray(encode_batch(7, [b"one"]))
    for bit in range(HEAD_BYTES * 8):
        raw[bit // 8] ^= 1 << bit % 8
        assert parse_batch_head(bytes(raw)) is None
        raw[bit // 8] ^= 1 << bit % 8
    assert parse_batch_head(bytes(raw[: HEAD_BYTES - 1])) is None


def test_a_batch_that_claims_more_than_any_writer_writes_is_none() -> None:
    head = BATCH_HEAD.pack(b"\xf5CLB", PAYLOAD_LIMIT + 1, 0, 1, 0)
    assert parse_batch_head(head + CHECKSUM.pack(crc32(head))) is None


@pytest.mark.parametrize("payload", [b"\0\0", b"\0\0\0\x05ab"])
def test_a_payload_that_ends_inside_a_record_is_damage(payload: bytes) -> None:
    with pytest.raises(LedgerTampered, match="inside a record"):
        list(split_payload(payload))


def test_a_later_batch_is_found_behind_rubble() -> None:
    rubble = b"\xf5CLB rubble"
    raw = rubble + encode_batch(9, [b"x"])
    assert find_later_batch(raw, 0, 8) == len(rubble)
    assert find_later_batch(raw, 0, 9) is None
