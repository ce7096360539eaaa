"""Messages are taken apart whatever they hold, and nothing of them is lost."""

import base64
import quopri

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curtilage.survey.mime import (
    MOST_PARTS,
    decode_charset,
    decode_text,
    decode_transfer,
    parse_entity,
    split_parts,
    structured,
)


def test_headers_end_at_the_first_line_that_is_none() -> None:
    headers, body = parse_entity(b"To: a\r\n b\r\nX-Y :c\r\n\r\nbody\n")
    assert headers == [("To", b"a\r\n b"), ("X-Y", b"c")] and body == b"body\n"
    assert parse_entity(b"To: a\nno header\nTo: b") == ([("To", b"a")], b"no header\nTo: b")
    assert parse_entity(b"no header at all") == ([], b"no header at all")
    assert parse_entity(b"") == ([], b"")


@given(st.lists(st.binary(max_size=30).filter(lambda part: b"--xyz" not in part), min_size=1))
def test_parts_are_found_again(parts: list[bytes]) -> None:
    body = b"before" + b"".join(b"\r\n--xyz\r\n" + part for part in parts) + b"\r\n--xyz--\r\n"
    assert split_parts(body, b"xyz") == (b"before", parts)


def test_parts_without_an_end_and_what_only_looks_like_a_mark() -> None:
    body = b"--a\n1\n--ab\n--a \n\n--a\n3\n--a-- \nbehind"
    assert split_parts(body, b"a") == (b"", [b"1\n--ab", b"", b"3", b"behind"])
    assert split_parts(b"--a\n1", b"a") == (b"", [b"1"])
    assert split_parts(b"none", b"a") == (b"none", [])
    assert len(split_parts(b"--a\n" * 50_000, b"a")[1]) <= MOST_PARTS + 2


@given(st.binary(max_size=200))
def test_transfer_encodings_are_undone(content: bytes) -> None:
    assert decode_transfer(base64.encodebytes(content), "Base64 ") == (content, True)
    assert decode_transfer(quopri.encodestring(content), "quoted-printable")[0] == content
    assert decode_transfer(content, "8BIT") == (content, True)


def test_broken_transfer_encodings_give_what_there_is() -> None:
    assert decode_transfer(b"YWRh!IGJv\n*Yg==", "base64") == (b"ada bob", False)
    assert decode_transfer(b"YWRhI", "base64") == (b"ada", False)
    assert decode_transfer(b"YWRh", "x-uuencode") == (b"YWRh", False)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"=?utf-8?q?J=C3=BCrgen?= <j@x.example>", "Jürgen <j@x.example>"),
        (b"=?iso-8859-1?B?SvxyZ2Vu?=\r\n =?utf-8?q?_M=C3=BCller?=", "Jürgen Müller"),
        (b"=?utf-8?b?A?=", "=?utf-8?b?A?="),
        (b"=?nonsense?q?=E9t?=", "ét"),
        (b"=?zlib?q?abc?=", "abc"),
        (b"plain\r\n\tfolded", "plain folded"),
    ],
)
def test_encoded_words(raw: bytes, text: str) -> None:
    assert decode_text(raw) == text


def test_character_sets_that_are_none_are_not_believed() -> None:
    assert decode_charset("ü".encode("latin-1"), "ISO-8859-1") == "ü"
    assert decode_charset("ü".encode(), "us-ascii") == "ü"
    for charset in ("zlib", "punycode", "unicode_escape", "idna", "undefined", "x\0", "nothing"):
        assert decode_charset(b"abc", charset) is None
    assert decode_charset(b"\xff", "utf-8") is None


def test_the_first_of_each_structured_header_counts() -> None:
    said = structured(
        [
            ("Content-Type", b'text/html;\r\n charset="utf-8"'),
            ("content-type", b"text/plain"),
            ("Content-Disposition", b"attachment; filename=" + b"x" * 10_000),
        ]
    )
    assert said.get_content_type() == "text/html" and said.get_filename() is None
