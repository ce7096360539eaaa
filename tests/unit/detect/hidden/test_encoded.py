"""Encodings are undone, and what only looks encoded is left."""

import base64

import pytest

from curtilage.detect.hidden.encoded import (
    LONGEST_WHOLE,
    find_base32,
    find_base64,
    find_escapes,
    find_hex,
    find_quoted,
    find_utf8,
)

SECRET = "card 4111 1111 1111 1111, über"


@pytest.mark.parametrize("length", range(9, len(SECRET)))
def test_base64_of_any_length_is_undone_with_padding_or_without(length: int) -> None:
    said = base64.b64encode(SECRET[:length].encode()).decode()
    for text in (said, said.rstrip("=")):
        (piece,) = find_base64(f"x: {text} y")
        assert piece.said == SECRET[:length]
        assert (piece.start, piece.end) == (3, 3 + len(text))


def test_base64_in_lines_is_one_run() -> None:
    said = base64.encodebytes((SECRET * 5).encode()).decode().strip()
    (piece,) = find_base64(f"> {said}\nAnd then")
    assert piece.said == SECRET * 5


@pytest.mark.parametrize("length", range(7, len(SECRET)))
def test_base32_of_any_length_is_undone(length: int) -> None:
    said = base64.b32encode(SECRET[:length].encode()).decode()
    (piece,) = find_base32(f"x: {said} y")
    assert piece.said == SECRET[:length]


@pytest.mark.parametrize("between", ["", " ", ":", ", ", "\\x", " 0x"])
def test_hex_is_undone_with_what_languages_write_between(between: str) -> None:
    said = SECRET.encode().hex("|").replace("|", between)
    (piece,) = find_hex(f"x: {said} y")
    assert piece.said == SECRET


def test_a_long_run_is_covered_character_by_character() -> None:
    said = base64.b64encode((SECRET * 40).encode()).decode()
    (piece,) = find_base64(said)
    assert len(said) > LONGEST_WHOLE
    at = piece.said.rindex("4111 1111 1111")
    start, end = piece.part(at, at + 14)
    cut = said[start // 4 * 4 : -(-end // 4) * 4]
    assert b"4111 1111 1111" in base64.b64decode(cut)
    assert end - start < 30


def test_quoted_printable_percent_and_double_escapes_are_undone() -> None:
    assert [piece.said for piece in find_quoted("=34=31 a=40b 1=\n2")] == ["41", "@", ""]
    assert [piece.said for piece in find_utf8("%D9%A4%41")] == ["٤A"]
    assert [piece.said for piece in find_escapes("&amp;#64; %40 \\u0041")] == ["@", "A", "&"]


@pytest.mark.parametrize(
    "text",
    [
        "test_everything_is_as_it_should_be",
        "internationalization of documentation",
        "0f8d3c7e5b9a1d2f4c6e8a0b2d4f6a8c0e1f3a5b",
        "6f1c2d3e-4b5a-6978-8a9b-0c1d2e3f4a5b",
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ",
        "SOME_CONSTANT_NAME_IN_CAPITALS",
    ],
)
def test_what_only_looks_encoded_is_left(text: str) -> None:
    for find in (find_base64, find_base32, find_hex):
        assert list(find(text)) == []
