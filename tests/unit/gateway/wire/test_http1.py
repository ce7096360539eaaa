"""The head of a request: as it stands on the wire, and what it must not hold."""

import h11
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curtilage.gateway.errors import MalformedHeader
from curtilage.gateway.wire.http1 import encode_head


def test_a_head_is_its_lines_in_order() -> None:
    head = encode_head("POST", "/v1/x?y=z", host="a.example", headers=[("b", "c")], length=7)
    assert (
        head == b"POST /v1/x?y=z HTTP/1.1\r\nhost: a.example\r\ncontent-length: 7\r\nb: c\r\n\r\n"
    )


@given(value=st.text(max_size=40))
def test_whatever_a_header_holds_the_head_is_one_head(value: str) -> None:
    """Read back by another parser: one request, one header more, nothing behind it."""
    try:
        head = encode_head("POST", "/", host="a", headers=[("x-a", value)], length=0)
    except MalformedHeader:
        assert not value.isascii() or not value.isprintable()
        return
    reader = h11.Connection(h11.SERVER)
    reader.receive_data(head)
    request = reader.next_event()
    assert isinstance(request, h11.Request)
    assert [name for name, _ in request.headers] == [b"host", b"content-length", b"x-a"]
    assert request.headers[2][1] == value.strip(" \t").encode("latin-1")
    assert isinstance(reader.next_event(), h11.EndOfMessage)


@pytest.mark.parametrize("value", ["a\rb", "a\nb", "a\x00b", "a\x7fb", "łódź"])
def test_what_could_end_a_line_or_fits_in_no_byte_is_refused(value: str) -> None:
    with pytest.raises(MalformedHeader):
        encode_head("POST", "/", host="a", headers=[("x-a", value)], length=0)
