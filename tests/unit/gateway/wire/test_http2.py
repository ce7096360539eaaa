"""Frames of HTTP/2 before h2 reads them, and the fields of a request."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curtilage.gateway.errors import MalformedHeader
from curtilage.gateway.wire.errors import BrokenStream
from curtilage.gateway.wire.http2 import (
    MAX_FRAME,
    MOST_OF_CONTROL,
    FrameCutter,
    GoAway,
    encode_fields,
)


def frame(kind: int, payload: bytes, stream: int = 0) -> bytes:
    return len(payload).to_bytes(3) + bytes((kind, 0)) + stream.to_bytes(4) + payload


DATA, PING, GOAWAY = frame(0, b"hi", 1), frame(6, bytes(8)), frame(7, bytes(3) + b"\x05" + bytes(4))


@given(st.lists(st.sampled_from([DATA, PING, GOAWAY]), max_size=20), st.integers(1, 30))
def test_frames_come_whole_and_in_order_wherever_they_are_cut(
    frames: list[bytes], size: int
) -> None:
    raw, cutter = b"".join(frames), FrameCutter()
    for_h2, leaving = b"", []
    for at in range(0, len(raw), size):
        ready, goaways = cutter.feed(raw[at : at + size])
        for_h2 += ready
        leaving += goaways
    assert for_h2 == b"".join(each for each in frames if each != GOAWAY)
    assert leaving == [GoAway(last=5, code=0)] * frames.count(GOAWAY)


@given(st.binary(max_size=300))
def test_any_bytes_are_cut_or_refused(data: bytes) -> None:
    cutter = FrameCutter()
    try:
        ready, _ = cutter.feed(data)
    except BrokenStream:
        return
    assert data.startswith(ready[:0])
    assert len(ready) <= len(data)


@pytest.mark.parametrize(
    "raw",
    [
        (MAX_FRAME + 1).to_bytes(3) + bytes(6),
        frame(7, bytes(4)),
        frame(7, bytes(8), stream=1),
        PING * (MOST_OF_CONTROL + 1),
    ],
)
def test_what_no_provider_sends_is_refused(raw: bytes) -> None:
    with pytest.raises(BrokenStream):
        FrameCutter().feed(raw)


def test_content_makes_up_for_frames_without() -> None:
    cutter = FrameCutter()
    for _ in range(3):
        cutter.feed(PING * (MOST_OF_CONTROL - 1) + DATA)


def test_the_fields_of_a_request() -> None:
    fields = encode_fields(
        "POST", "/v1/x", host="models.example", headers=[("X-Own", "é")], length=2
    )
    assert fields == [
        (b":method", b"POST"), (b":scheme", b"https"), (b":authority", b"models.example"),
        (b":path", b"/v1/x"), (b"content-length", b"2"), (b"x-own", b"\xe9"),
    ]  # fmt: skip


@pytest.mark.parametrize("value", ["a\r\nb: c", "a\x00", "日本"])
def test_a_value_that_no_header_may_have_is_refused(value: str) -> None:
    with pytest.raises(MalformedHeader):
        encode_fields("POST", "/", host="h", headers=[("a", value)], length=0)
