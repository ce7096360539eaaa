"""Forms: taken apart in any pieces, refused where readers could differ, put together anew."""

from email import message_from_bytes
from email.policy import HTTP

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curtilage.gateway.files import multipart
from curtilage.gateway.files.multipart import FormReader, encode_head, encode_tail, read_boundary
from curtilage.gateway.wire.errors import MalformedForm

DISPOSITION = b"Content-Disposition: form-data; "


def part(name: bytes, body: bytes, *more: bytes) -> bytes:
    return b"\r\n".join((b"--b", DISPOSITION + b'name="' + name + b'"', *more, b"", body, b""))


def file(body: bytes, filename: bytes = b"a.txt", *more: bytes) -> bytes:
    head = DISPOSITION + b'name="file"; filename="' + filename + b'"'
    return b"\r\n".join((b"--b", head, *more, b"", body, b""))


def read(body: bytes, size: int = 10**6) -> tuple[multipart.Form, bytes]:
    taken: list[bytes] = []
    reader = FormReader(b"b", taken.append)
    for at in range(0, len(body), size):
        reader.feed(body[at : at + size])
    return reader.close(), b"".join(taken)


WHOLE = (
    file(
        b"\r\n--not\r\n\x00\xff", "für Ada.jsonl".encode(), b"Content-Type: application/JSONL; x=1"
    )
    + part(b"purpose", b"batch")
    + part(b"k[]", b"1")
    + part(b"k[]", b"2")
    + b"--b--\r\n"
)


@given(st.integers(1, len(WHOLE)))
def test_a_form_is_the_same_in_any_pieces(size: int) -> None:
    form, content = read(WHOLE, size)
    assert content == b"\r\n--not\r\n\x00\xff"
    assert (form.fields, form.lists) == ({"purpose": "batch"}, {"k[]": ["1", "2"]})
    assert (form.file_field, form.filename) == ("file", "für Ada.jsonl")
    assert form.media_type == "application/jsonl"


@pytest.mark.parametrize(
    "body",
    [
        part(b"purpose", b"batch"),  # no end
        part(b"a", b"1") + part(b"a", b"2") + b"--b--\r\n",
        file(b"1") + file(b"2") + b"--b--\r\n",
        part(b"a", b"\xff") + b"--b--\r\n",
        part(b"a", b"1", b"Content-Transfer-Encoding: base64") + b"--b--\r\n",
        part(b"a", b"1", b"X: 1", b"X: 2") + b"--b--\r\n",
        part(b"a", b"1", b"X: " + b"x" * 5000) + b"--b--\r\n",
        part(b"a", b"x" * 300_000) + b"--b--\r\n",
        b"".join(part(b"k[]", b"x") for _ in range(65)) + b"--b--\r\n",
        b"--b\r\nX: 1\r\n\r\nx\r\n--b--\r\n",
        b"--b\r\nContent-Disposition: attachment; name=a\r\n\r\nx\r\n--b--\r\n",
        b"nothing of the kind",
    ],
)
def test_what_readers_could_take_differently_is_refused(body: bytes) -> None:
    with pytest.raises(MalformedForm):
        read(body)


@pytest.mark.parametrize(
    "kind",
    [b"", b"application/json", b"multipart/form-data", b"multipart/form-data; boundary=a\x00"],
)
def test_a_body_without_a_boundary_is_no_form(kind: bytes) -> None:
    with pytest.raises(MalformedForm):
        read_boundary(kind)
    assert read_boundary(b'multipart/form-data; boundary="x y"') == b"x y"


@given(st.binary(max_size=400))
def test_anything_at_all_is_read_or_refused(body: bytes) -> None:
    try:
        read(body)
    except MalformedForm:
        return


def test_what_is_written_is_read_by_others_and_by_us() -> None:
    form = multipart.Form(file_field="file", filename='a"b\r\n.txt', media_type="text/plain")
    fields: dict[str, str | list[str]] = {"purpose": "batch", "k[]": ["1", "2"]}
    body = encode_head("b", fields, form) + b"content" + encode_tail("b")
    known, content = read(body)
    assert (known.fields, known.lists) == ({"purpose": "batch"}, {"k[]": ["1", "2"]})
    assert (content, known.filename) == (b"content", "a%22b%0D%0A.txt")
    head = b"content-type: multipart/form-data; boundary=b\r\n\r\n"
    parts = list(message_from_bytes(head + body, policy=HTTP).iter_parts())  # type: ignore[attr-defined]
    assert [one.get_payload() for one in parts] == ["batch", "1", "2", "content"]
