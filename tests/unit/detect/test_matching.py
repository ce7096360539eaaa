"""A byte for each code point, whatever a text is written in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curtilage.detect.matching import to_bytes


@given(st.text(st.characters(exclude_categories=())))
def test_each_code_point_is_one_byte_and_none_reads_as_ours(text: str) -> None:
    raw = to_bytes(text)
    assert len(raw) == len(text)
    for char, byte in zip(text, raw, strict=True):
        point = ord(char)
        assert byte == (point if point <= 0xFF else 0x80 | point & 0x7F)


@pytest.mark.parametrize("text", ["", "plain", "caf\u00e9", "\u0437\u0434 A1", "\U0001f600\ud800"])
def test_no_text_is_too_odd(text: str) -> None:
    assert len(to_bytes(text)) == len(text)
