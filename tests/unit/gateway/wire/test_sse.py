"""Frames come out whole, and every byte comes out, whatever the cuts."""

import random

import pytest

from curtilage.gateway.wire.errors import BrokenStream
from curtilage.gateway.wire.sse import Frame, SSEParser, encode_data, encode_event

ENDS = (b"\n", b"\r\n", b"\r")


def run(stream: bytes, cuts: list[int]) -> list[Frame]:
    parser = SSEParser()
    frames, start = [], 0
    for cut in [*cuts, len(stream)]:
        frames += parser.feed(stream[start:cut])
        start = cut
    rest = parser.close()
    return frames + ([rest] if rest else [])


def said(frames: list[Frame]) -> list[tuple[bytes, bytes]]:
    return [(frame.event, frame.data) for frame in frames if frame.data is not None]


@pytest.mark.parametrize("end", ENDS)
def test_every_cut_gives_the_same_frames_and_bytes(end: bytes) -> None:
    lines = [
        b"event: x",
        b"data: one",
        b"data: two",
        b"",
        b": note",
        b"",
        b"id: 4",
        b"data:three",
        b"",
        b"",
    ]
    stream = end.join(lines)
    expected = [(b"x", b"one\ntwo"), (b"", b"three")]
    for cut in range(len(stream) + 1):
        for second in range(cut, len(stream) + 1):
            frames = run(stream, [cut, second])
            assert said(frames) == expected
            assert b"".join(frame.raw for frame in frames) == stream


def test_line_ends_may_be_mixed() -> None:
    rng = random.Random(7)
    for _ in range(2000):
        stream = b"".join(
            b"data: %d" % number
            + rng.choice(ENDS)
            + rng.choice([b"", b": c" + rng.choice(ENDS)])
            + rng.choice(ENDS)
            for number in range(rng.randint(1, 4))
        )
        whole = run(stream, [])
        cuts = sorted(rng.randrange(len(stream) + 1) for _ in range(rng.randint(1, 8)))
        pieces = run(stream, cuts)
        assert said(pieces) == said(whole)
        assert b"".join(frame.raw for frame in pieces) == stream


def test_a_byte_order_mark_is_kept_and_not_read() -> None:
    frames = run(b"\xef\xbb\xbfdata: a\n\ndata: b\n\n", [1, 2])
    assert said(frames) == [(b"", b"a"), (b"", b"b")]
    assert frames[0].raw.startswith(b"\xef\xbb\xbf")


def test_a_comment_has_no_data() -> None:
    (frame,) = run(b": ping\n\n", [])
    assert frame.data is None
    assert frame.event == b""


def test_an_event_without_data_keeps_its_name() -> None:
    (frame,) = run(b"event: ping\n\n", [])
    assert (frame.event, frame.data) == (b"ping", None)


def test_a_missing_last_empty_line_loses_nothing() -> None:
    frames = run(b"data: a\n\ndata: b\n", [])
    assert said(frames) == [(b"", b"a"), (b"", b"b")]


def test_an_endless_frame_is_refused() -> None:
    parser = SSEParser(limit=100)
    parser.feed(b"data: " + b"x" * 90)
    with pytest.raises(BrokenStream) as caught:
        parser.feed(b"secret-value" * 2)
    assert "secret" not in str(caught.value)


def test_encoded_frames_are_read_back() -> None:
    frames = run(encode_data(b"{}") + encode_event(b"ping", b"[]"), [])
    assert said(frames) == [(b"", b"{}"), (b"ping", b"[]")]
