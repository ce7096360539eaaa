"""Sealed parts beside a segment."""

import pytest

from curtilage.ledger.boxes import BOX_FILE_HEAD, encode_box, encode_box_file_head, parse_boxes
from curtilage.ledger.errors import LedgerTampered

FILE = encode_box_file_head(5) + encode_box(5, b"one") + encode_box(8, b"")


def test_boxes_come_back_with_their_record_numbers() -> None:
    assert [(box.n, box.box) for box in parse_boxes(FILE, 5)] == [(5, b"one"), (8, b"")]
    assert [box.end for box in parse_boxes(FILE, 5)][-1] == len(FILE)


def test_every_bit_counts() -> None:
    for bit in range(len(FILE) * 8):
        changed = bytearray(FILE)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(LedgerTampered):
            list(parse_boxes(bytes(changed), 5))


@pytest.mark.parametrize("length", [0, 5, BOX_FILE_HEAD.size + 3, len(FILE) - 1])
def test_a_file_that_ends_inside_a_frame_is_damaged(length: int) -> None:
    with pytest.raises(LedgerTampered):
        list(parse_boxes(FILE[:length], 5))


def test_a_file_of_another_segment_is_refused() -> None:
    with pytest.raises(LedgerTampered):
        list(parse_boxes(FILE, 6))
