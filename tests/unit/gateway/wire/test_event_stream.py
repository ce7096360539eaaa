"""Amazon's event stream: cut anywhere, as botocore reads and writes it, bounded."""

import random
from contextlib import suppress
from typing import Any

import pytest
from botocore.eventstream import EventStreamBuffer
from hypothesis import given
from hypothesis import strategies as st

from curtilage.gateway.wire.errors import BrokenStream
from curtilage.gateway.wire.event_stream import (
    EventStreamParser,
    Message,
    encode_event,
    encode_exception,
    encode_message,
)

NAMES = st.text(st.characters(codec="ascii", min_codepoint=33), min_size=1, max_size=40)
HEADERS = st.dictionaries(NAMES, st.text(max_size=60), max_size=6)
# A header of every type that the format has, as its specification lays them out.
EVERY_TYPE = (
    b"\x01a\x00\x01b\x01\x01c\x02\xff\x01d\x03\x00\x07\x01e\x04\x00\x00\x00\x07"
    b"\x01f\x05\x00\x00\x00\x00\x00\x00\x00\x07\x01g\x06\x00\x02\x00\xff\x01h\x07\x00\x02hi"
    b"\x01i\x08\x00\x00\x00\x00\x00\x00\x00\x07\x01j\x09" + bytes(16)
)


def with_headers(raw: bytes) -> bytes:
    """A message whose headers are these bytes."""
    stand_in = {"x": "y" * (len(raw) - 5)}
    message = Message(encode_message(stand_in, b"{}"))
    length = 12 + len(raw)
    whole = bytearray(message.raw)
    whole[12:length] = raw
    return seal(bytes(whole))


def seal(raw: bytes) -> bytes:
    """The message with a right sum at its end."""
    from zlib import crc32  # noqa: PLC0415  # beside its only use

    return raw[:-4] + crc32(raw[:-4]).to_bytes(4)


def theirs(raw: bytes) -> list[Any]:
    buffer = EventStreamBuffer()
    buffer.add_data(raw)
    return [(event.headers, event.payload) for event in buffer]


@given(HEADERS, st.binary(max_size=400), st.integers(1, 50))
def test_what_is_written_reads_the_same_here_and_in_botocore(
    headers: dict[str, str], payload: bytes, size: int
) -> None:
    raw = encode_message(headers, payload) * 3
    parser = EventStreamParser()
    messages = [
        message for at in range(0, len(raw), size) for message in parser.feed(raw[at : at + size])
    ]
    assert [(message.headers, message.payload) for message in messages] == theirs(raw)
    assert b"".join(message.raw for message in messages) == raw
    assert parser.is_between


@given(st.binary(max_size=400))
def test_a_message_with_another_payload_keeps_its_headers(payload: bytes) -> None:
    (message,) = EventStreamParser().feed(with_headers(EVERY_TYPE))
    rewritten = message.rewrite(payload)
    assert theirs(rewritten) == [(theirs(message.raw)[0][0], payload)]
    assert message.headers == {"h": "hi"}


@given(st.binary(max_size=200), st.integers(1, 30))
def test_any_bytes_are_read_or_refused(data: bytes, size: int) -> None:
    parser = EventStreamParser(limit=4096)
    with suppress(BrokenStream):
        for at in range(0, len(data), size):
            parser.feed(data[at : at + size])


def test_one_flipped_bit_anywhere_is_noticed() -> None:
    raw = encode_event("contentBlockDelta", b'{"delta": {"text": "hi"}}')
    for at in range(len(raw) * 8):
        spoilt = bytearray(raw)
        spoilt[at // 8] ^= 1 << at % 8
        with pytest.raises(BrokenStream):
            EventStreamParser().feed(bytes(spoilt))


@pytest.mark.parametrize(
    "headers",
    [
        b"\x01a\x0a\x00\x00\x00",  # a type that there is not
        b"\x09a\x07\x00\x01b",  # a name longer than the headers
        b"\x01a\x07\x00\x09b",  # a value longer than the headers
        b"\x01a\x00\x01a\x00",  # the same name twice
        b"\x01\xff\x07\x00\x01b\x01c\x07\x00",  # a name that is no UTF-8, and one cut off
    ],
)
def test_headers_that_cannot_be_read_are_refused(headers: bytes) -> None:
    with pytest.raises(BrokenStream):
        EventStreamParser().feed(with_headers(headers))


def prelude(total: int, headers: int) -> bytes:
    from zlib import crc32  # noqa: PLC0415  # beside its only use

    lengths = total.to_bytes(4) + headers.to_bytes(4)
    return lengths + crc32(lengths).to_bytes(4)


@pytest.mark.parametrize("lengths", [(2**31, 0), (2**20, 2**18), (15, 0), (20, 8), (0, 0)])
def test_lengths_that_no_message_has_are_refused_before_anything_is_kept(
    lengths: tuple[int, int],
) -> None:
    with pytest.raises(BrokenStream):
        EventStreamParser().feed(prelude(*lengths))


def test_a_long_message_in_small_pieces_is_joined_once() -> None:
    raw = encode_exception("modelStreamErrorException", random.Random(1).randbytes(300_000))
    parser, messages = EventStreamParser(), []
    for at in range(0, len(raw), 1000):
        messages += parser.feed(raw[at : at + 1000])
        assert parser.is_between == (at + 1000 >= len(raw))
    assert [message.raw for message in messages] == [raw]
