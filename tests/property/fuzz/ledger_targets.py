"""What lies on the disk of a ledger, and what witnesses and time-stamp authorities answer."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any
from zlib import crc32

from curtilage.ledger.anchors import encode_anchor, parse_anchor
from curtilage.ledger.boxes import encode_box, encode_box_file_head, parse_boxes
from curtilage.ledger.frames import (
    PREAMBLE,
    SEGMENT_MAGIC,
    SegmentHeader,
    encode_batch,
    encode_segment_header,
    find_later_batch,
    parse_batch_head,
    parse_segment_header,
    split_payload,
)
from curtilage.ledger.head import Pending, encode_bundle, parse_bundle, parse_pending
from curtilage.ledger.mark import encode_mark, parse_mark
from curtilage.ledger.models import Tail
from curtilage.ledger.note import (
    Checkpoint,
    add_cosignature,
    claimed_origin,
    parse_checkpoint,
    sign_checkpoint,
    verify_checkpoint,
    verify_cosignature,
)
from curtilage.ledger.origins import Origins
from curtilage.ledger.prove import encode_proof, parse_proof, verify_proof
from curtilage.ledger.published import parse_place
from curtilage.ledger.record import encode_hash, encode_record, parse_hash, parse_record
from curtilage.ledger.segment import iterate_batches
from curtilage.ledger.timestamp import Roots, Stamped, parse_stamped, verify_timestamp
from curtilage.ledger.witness import (
    WitnessKey,
    add_answer,
    encode_witness_key,
    parse_size,
    parse_witness,
    parse_witness_key,
    strip_cosignatures,
)
from curtilage.ledger.witnessstate import COSIGNED, WitnessState, encode_state, parse_state
from tests.builders import an_event
from tests.fakes.clock import START
from tests.property.fuzz.target import Target
from tests.unit.ledger.worlds import KEY, NAME, OTHER_KEY, SEALED

ZERO = bytes(32)
RECORD = encode_record(
    an_event(facts={"found": {"IBAN": 2}}, decision={"effect": "permit"}, sealed=SEALED),
    writer="gw-0",
    n=7,
    prev=ZERO,
    time=datetime(2026, 11, 28, tzinfo=UTC),
)
BATCH = encode_batch(7, [RECORD, RECORD])
HEADER = SegmentHeader(
    "gw-0",
    Tail(n=7, prev=ZERO, time=START, leaves={"tenant-orchard": 7}, open={}),
    frozenset({"x"}),
)
HEADER_BODY = {
    "writer": "gw-0", "first": 7, "prev": encode_hash(ZERO), "time": "2026-11-23T10:20:31.000000Z",
    "leaves": {"tenant-orchard": 7}, "opens": ["exchange.intended"], "open": [RECORD.decode()],
}  # fmt: skip
HEAD = encode_segment_header(HEADER)
ORIGINS = Origins(NAME)
CHECKPOINT = Checkpoint(ORIGINS.tree("tenant-orchard", "gw-0"), 1, ZERO)
NOTE = sign_checkpoint(CHECKPOINT, KEY)
WITNESS = WitnessKey("witness.example", OTHER_KEY.public_key())
COSIGNED_NOTE = add_cosignature(NOTE, name=WITNESS.name, key=OTHER_KEY, at=START)
ANSWER = COSIGNED_NOTE[len(NOTE) :]
PROOF = encode_proof(RECORD, 0, (), NOTE)
BOXES = encode_box_file_head(7) + encode_box(7, b"sealed") + encode_box(9, b"")
STATE = WitnessState(COSIGNED, START, 7, status=200)
STAMPED = Stamped(NOTE, b"\x30\x03\x02\x01\x00")


def read_header(raw: bytes) -> SegmentHeader:
    return parse_segment_header(raw)[0]


def read_header_body(document: Any) -> SegmentHeader:
    """A header whose checksum holds: its writer was of another mind."""
    body = json.dumps(document).encode()
    return read_header(PREAMBLE.pack(SEGMENT_MAGIC, 1, len(body), crc32(body)) + body)


def read_record_of(document: Any) -> object:
    return parse_record(json.dumps(document).encode())


def read_segment(raw: bytes) -> list[bytes]:
    """What recovery reads of a segment."""
    _, start = parse_segment_header(raw)
    found: list[bytes] = []
    end = start
    for batch in iterate_batches(raw, start):
        found += split_payload(batch.payload)
        end = batch.end
    find_later_batch(raw, end, 7)
    return found


def take_answer(raw: bytes) -> bytes:
    return add_answer(NOTE, raw, WITNESS)[0]


def judge_note(raw: bytes) -> object:
    claimed_origin(raw)
    strip_cosignatures(raw)
    return verify_checkpoint(raw, expected_origin=CHECKPOINT.origin, key=KEY.public_key())


def judge_cosigned(raw: bytes) -> object:
    return verify_cosignature(raw, name=WITNESS.name, key=WITNESS.key)


def read_checkpoint(raw: bytes) -> Checkpoint:
    return parse_checkpoint(raw, expected_origin=CHECKPOINT.origin)


def judge_proof(text: str) -> object:
    claimed = parse_proof(text)
    verify_proof(text, name=NAME, key=KEY.public_key())
    return claimed


def judge_stamp(raw: bytes) -> object:
    return verify_timestamp(raw, NOTE, Roots(()))


def ledger_targets() -> Iterator[Target]:
    document = json.loads(RECORD)
    yield Target("record", (parse_record,), [RECORD], parse_record, lambda record: record.raw)
    yield Target("record, by its values", (parse_record,), [document], read_record_of)
    yield Target(
        "hash", (parse_hash,), [encode_hash(ZERO)], parse_hash, encode_hash, refuses=(ValueError,)
    )
    yield Target(
        "segment header", (parse_segment_header,), [HEAD], read_header, encode_segment_header
    )
    yield Target(
        "segment header, by its values",
        (parse_segment_header,),
        [HEADER_BODY],
        read_header_body,
    )
    segments = [HEAD + BATCH + BATCH]
    yield Target("segment", (parse_batch_head, split_payload), segments, read_segment)
    yield Target("sealed parts", (parse_boxes,), [BOXES], lambda raw: list(parse_boxes(raw, 7)))
    yield Target("durable mark", (parse_mark,), [encode_mark(7)], parse_mark, encode_mark)
    bundles = [encode_bundle([NOTE, NOTE])]
    yield Target("bundle", (parse_bundle,), bundles, parse_bundle, encode_bundle)
    pending = Pending(3, (NOTE, NOTE)).encode()
    yield Target("unfinished step", (parse_pending,), [pending], parse_pending, Pending.encode)
    yield Target("note", (verify_checkpoint, claimed_origin), [NOTE, COSIGNED_NOTE], judge_note)
    yield Target("cosigned note", (verify_cosignature,), [COSIGNED_NOTE], judge_cosigned)
    texts = [CHECKPOINT.encode().encode()]
    encode = lambda checkpoint: checkpoint.encode().encode()
    yield Target("checkpoint", (parse_checkpoint,), texts, read_checkpoint, encode)
    yield Target("proof", (parse_proof,), [PROOF], parse_proof)
    yield Target("anchor", (parse_anchor,), [encode_anchor(NOTE)], parse_anchor, encode_anchor)
    yield Target(
        "state of a witness", (parse_state,), [encode_state(STATE)], parse_state, encode_state
    )
    vkey = encode_witness_key(WITNESS)
    yield Target("witness key", (parse_witness_key,), [vkey], parse_witness_key, encode_witness_key)
    yield Target("witness", (parse_witness,), [f"https://witness.example/ {vkey}"], parse_witness)
    yield Target("answer of a witness", (add_answer,), [ANSWER], take_answer)
    yield Target(
        "size that a witness saw", (parse_size,), [b"1234\n"], parse_size, lambda n: b"%d\n" % n
    )
    yield Target(
        "kept time stamp", (parse_stamped,), [STAMPED.encode()], parse_stamped, Stamped.encode
    )
    for entries in (False, True):
        read = partial(parse_place, entries=entries)
        places = ["x001/234.p/7", "000"] if entries else ["0/x001/234.p/7", "63/000"]
        yield Target(f"tile path, entries {entries}", (parse_place,), places, read)
    origin = CHECKPOINT.origin
    yield Target("origin", (Origins.parse_tree,), [origin], ORIGINS.parse_tree)
