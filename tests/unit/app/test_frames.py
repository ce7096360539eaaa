"""The wire to the control process: cut anywhere, and broken in every way."""

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curtilage.app.errors import BrokenLink
from curtilage.app.frames import LIMIT, FrameParser, encode_frame

PLAIN = st.dictionaries(st.text(max_size=8), st.integers(0, 9) | st.text(max_size=20), max_size=4)


@given(st.lists(PLAIN, max_size=5), st.data())
def test_any_cut_gives_the_same_messages(messages: list[dict[str, Any]], data: Any) -> None:
    wire = b"".join(encode_frame(message) for message in messages)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(wire)), max_size=6)))
    parser, found = FrameParser(), []
    for begin, end in zip([0, *cuts], [*cuts, len(wire)], strict=True):
        found += parser.feed(wire[begin:end])
    assert found == messages


def test_a_message_that_says_it_is_too_long_is_refused_before_it_comes() -> None:
    with pytest.raises(BrokenLink):
        FrameParser().feed((LIMIT + 1).to_bytes(4, "big"))


@pytest.mark.parametrize("body", [b"{", b"[]", b"1", b"", b"\xff"])
def test_what_is_no_object_is_refused(body: bytes) -> None:
    with pytest.raises(BrokenLink):
        FrameParser().feed(len(body).to_bytes(4, "big") + body)


def test_a_half_message_waits_for_the_rest() -> None:
    parser, wire = FrameParser(), encode_frame({"ask": "watch"})
    assert parser.feed(wire[:-1]) == []
    assert parser.feed(wire[-1:]) == [orjson.loads(wire[4:])]
