"""The head of a filter, and where a password lies in it."""

import hashlib
from dataclasses import replace

import pytest

from curtilage.identity.breach_format import (
    HEAD_BYTES,
    MOST_KEYS,
    Layout,
    buckets_for,
    encode_layout,
    number_of,
    parse_layout,
    place_of,
)
from curtilage.identity.errors import BreachFilterDamaged

LAYOUT = Layout(buckets=300, keys=1500, body=b"b" * 32)


def test_a_head_comes_back_and_says_how_long_the_file_is() -> None:
    raw = encode_layout(LAYOUT)
    assert len(raw) == HEAD_BYTES
    assert parse_layout(raw) == LAYOUT
    assert LAYOUT.size == HEAD_BYTES + 300 + 2 * 8 + 2 * 1500


def test_no_altered_bit_of_a_head_passes() -> None:
    raw = encode_layout(LAYOUT)
    for at in range(len(raw) * 8):
        altered = bytearray(raw)
        altered[at // 8] ^= 1 << at % 8
        with pytest.raises(BreachFilterDamaged):
            parse_layout(bytes(altered))
    for raw_ in (raw[:-1], raw + b"\0", b""):
        with pytest.raises(BreachFilterDamaged):
            parse_layout(raw_)


@pytest.mark.parametrize(
    "wrong",
    [{"keys": 0}, {"buckets": 0}, {"buckets": 1501}, {"keys": MOST_KEYS + 1}],
    ids=str,
)
def test_a_head_that_no_builder_writes_is_refused(wrong: dict[str, int]) -> None:
    assert parse_layout(encode_layout(LAYOUT))
    with pytest.raises(BreachFilterDamaged):
        parse_layout(encode_layout(replace(LAYOUT, **wrong)))


def sealed(head: bytes) -> bytes:
    """A head with its check made anew, as somebody would who means to deceive."""
    return head + hashlib.sha256(head).digest()[:8]


def test_another_version_is_refused_and_says_which() -> None:
    raw = encode_layout(LAYOUT)[:-8]
    assert parse_layout(sealed(raw)) == LAYOUT
    with pytest.raises(BreachFilterDamaged, match="version 2; expected 1"):
        parse_layout(sealed(raw[:16] + b"\x02" + raw[17:]))
    with pytest.raises(BreachFilterDamaged):
        parse_layout(sealed(b"another thing..." + raw[16:]))


def test_places_keep_the_order_of_numbers() -> None:
    numbers = sorted(number_of(b"%d" % each) for each in range(1000))
    places = [place_of(number, 77) for number in numbers]
    assert places == sorted(places)
    assert place_of(0, 77) == (0, 0)
    assert place_of(2**64 - 1, 77) == (76, 0xFFFF)


def test_a_number_is_the_beginning_of_the_sha_1() -> None:
    assert number_of(b"password") == 0x5BAA61E4C9B93F3F  # as every list has it


def test_five_passwords_share_a_bucket() -> None:
    assert [buckets_for(keys) for keys in (1, 5, 6, 1000)] == [1, 1, 2, 200]
