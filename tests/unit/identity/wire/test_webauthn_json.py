"""JSON and base64url of browsers, read strictly."""

import pytest

from curtilage.identity.wire.errors import PasskeyUnreadable
from curtilage.identity.wire.webauthn_json import (
    MOST_CONTAINERS,
    encode_base64url,
    parse_base64url,
    parse_members,
    take_bytes,
    take_members,
    take_text,
)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b'"text"',
        b"null",
        b"{",
        b'{"a":1}x',
        b'{"a":1,"a":2}',
        b'{"a":{"b":1,"b":1}}',
        b'{"a":1,"\\u0061":2}',
        b'{"a":NaN}',
        b'{"a":-Infinity}',
        b'{"a":1e999}',
        b'{"a":0.5}',
        b'{"a":' + b"9" * 5000 + b"}",
        b"{'a':1}",
        b'{"a":1,}',
        b'\xef\xbb\xbf{"a":1}',
        '{"a":1}'.encode("utf-16"),
        b'{"a":"\xff"}',
        b"[" * (MOST_CONTAINERS + 1),
        b'{"a":' * 30_000,
        b'{"a":"' + b"[" * MOST_CONTAINERS + b'"}',
        b'{"a":"' + b"x" * 1000 + b'"}',
    ],
)
def test_what_another_reader_could_see_otherwise_is_refused(raw: bytes) -> None:
    assert parse_members(b'{"a":{"b":[1,true,null]}}', most_bytes=900)
    with pytest.raises(PasskeyUnreadable):
        parse_members(raw, most_bytes=900)


def test_members_are_taken_by_name_and_kind() -> None:
    members = {"text": "YWI", "inner": {"a": 1}, "number": 1, "none": None, "list": ["x"]}
    assert take_text(members, "text") == "YWI"
    assert take_members(members, "inner") == {"a": 1}
    assert take_bytes(members, "text", most=2) == b"ab"
    for name in ("number", "none", "list", "absent"):
        for take in (take_text, take_members):
            with pytest.raises(PasskeyUnreadable):
                take(members, name)
    with pytest.raises(PasskeyUnreadable):
        take_bytes(members, "text", most=1)
    with pytest.raises(PasskeyUnreadable):
        take_bytes({"text": ""}, "text", most=1)
    assert take_bytes({"text": ""}, "text", least=0, most=1) == b""


@pytest.mark.parametrize("raw", [b"", b"a", b"ab", b"abc", b"abcd", bytes(range(256))])
def test_bytes_come_back(raw: bytes) -> None:
    assert parse_base64url(encode_base64url(raw)) == raw


@pytest.mark.parametrize(
    "text", ["A", "YQ==", "YQ=", "YR", "YWJ", "a b_", "+/+/", "YQ\n", " YQ", "é", "YWJjZ", "YQ\x00"]
)
def test_another_spelling_of_bytes_is_refused(text: str) -> None:
    with pytest.raises(PasskeyUnreadable):
        parse_base64url(text)
