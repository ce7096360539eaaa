"""Bytes become text, whatever they are."""

import io

import pytest

from curtilage.survey.encodings import Decoded, find_encoding, is_binary

TEXT = "Grüße an ada, und 中 auch. " * 4


@pytest.mark.parametrize(
    "name",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"],
)
def test_text_is_read_in_the_encoding_that_it_is_in(name: str) -> None:
    raw = TEXT.encode(name)
    decoded = Decoded(io.BytesIO(raw), raw)
    assert "".join(decoded) == TEXT
    assert decoded.is_clean


def test_what_is_no_utf8_is_read_byte_by_byte() -> None:
    raw = "Straße 5 €".encode("cp1252") + " und é".encode()
    decoded = Decoded(io.BytesIO(raw), raw)
    assert "".join(decoded) == "Straße 5 € und é"
    assert not decoded.is_clean


@pytest.mark.parametrize("byte", range(256))
def test_every_byte_is_a_character(byte: int) -> None:
    raw = b"a" + bytes([byte]) + b"b"
    text = "".join(Decoded(io.BytesIO(raw), raw))
    assert len(text) == 3 and text[0] == "a" and text[2] == "b"


def test_a_cut_character_at_the_end_is_no_error() -> None:
    raw = "é".encode()[:1]
    assert "".join(Decoded(io.BytesIO(raw), raw)) == "Ã"
    wide = b"\xff\xfea"
    assert "".join(Decoded(io.BytesIO(wide), wide)) == "\ufffd"


def test_no_more_is_read_than_was_there() -> None:
    decoded = Decoded(io.BytesIO(b"abcdef"), b"abcdef", most=3)
    assert "".join(decoded) == "abc"
    assert decoded.bytes == 3


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"", False),
        (b"plain text\r\n\tand more\x0c", False),
        (b"\x1b[31mcoloured log\x1b[0m", False),
        ("wide text of some length".encode("utf-16-le"), False),
        (b"\xff\xfe", False),
        (b"\x7fELF\x02\x01\x01" + bytes(9), True),
        (b"\x01\x02\x03\x04\x05\x06" * 4, True),
        (bytes(range(256)), True),
    ],
)
def test_binary_is_told_from_text(head: bytes, expected: bool) -> None:
    assert is_binary(head) is expected


def test_zeros_alone_are_no_encoding() -> None:
    assert find_encoding(bytes(64)) == ("utf-8", 0)
    assert is_binary(bytes(64))
