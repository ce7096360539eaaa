"""A byte for each code point, whatever a text is written in; what is kept of compiling."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curtilage.detect.matching import HyperscanMatcher, Part, to_bytes


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


def test_a_folder_that_goes_while_patterns_are_compiled_does_not_come_back(tmp_path: Path) -> None:
    class Slow(HyperscanMatcher):
        def _compile(self, triggers: Mapping[int, str]) -> Any:
            shutil.rmtree(tmp_path / "data")
            return super()._compile(triggers)

    Slow([Part({0: "[0-9]{4}"})], tmp_path / "data" / "cache")
    assert not (tmp_path / "data").exists()
