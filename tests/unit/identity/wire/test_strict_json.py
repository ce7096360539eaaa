"""JSON that all readers read alike."""

import pytest

from curtilage.identity.wire.strict_json import parse_object

pytestmark = pytest.mark.requirement(35)


def test_an_object_is_read() -> None:
    assert parse_object('{"a": [1, {"b": null}], "ü": "x"}'.encode()) == {
        "a": [1, {"b": None}],
        "ü": "x",
    }


@pytest.mark.parametrize(
    "raw",
    [
        b'{"aud": "us", "aud": "them"}',
        b'{"aud": "us", "\\u0061ud": "them"}',  # the same name, escaped
        b'{"a": {"b": 1, "b": 1}}',
        b'{"a": [{"b": 1, "b": 2}]}',
    ],
)
def test_a_name_that_is_there_twice_is_refused(raw: bytes) -> None:
    with pytest.raises(ValueError, match="without repeated names"):
        parse_object(raw)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"{} {}",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": "\\ud800"}',
        b'{"a": "\xff"}',
        b"\xef\xbb\xbf{}",
        b"{'a': 1}",
        b'{"a": 1,}',
        b"[" * 5000,
        b'{"a":' * 5000 + b"1" + b"}" * 5000,
        b'{"a":' * 1000 + b"1" + b"}" * 1000,  # within one reader's depth, beyond the other's
    ],
)
def test_what_is_no_object_is_refused_without_being_quoted(raw: bytes) -> None:
    with pytest.raises(ValueError, match=r"^expected (a )?JSON"):
        parse_object(raw)
