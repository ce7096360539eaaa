"""Frames between a service and the process apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curtilage.core.models import Finding
from curtilage.detect.apart.frames import (
    HEAD,
    MOST,
    decode_findings,
    decode_text,
    encode_findings,
    encode_text,
    frame,
    length_of,
)

TEXTS = st.text(st.characters(exclude_categories=()))
PLACES, WORDS = st.integers(0, 10**6), st.text("ABC_.", max_size=9)
FINDINGS = st.builds(Finding, PLACES, PLACES, WORDS, st.floats(0, 1), WORDS, WORDS, st.just(()))


@given(TEXTS)
def test_a_text_comes_through_whole(text: str) -> None:
    assert decode_text(encode_text(text)) == text


@given(st.lists(FINDINGS))
def test_findings_come_through_whole(findings: list[Finding]) -> None:
    assert decode_findings(encode_findings(findings)) == findings


def test_a_frame_says_how_long_it_is() -> None:
    raw = frame(b"abc")
    assert length_of(raw[: HEAD.size]) == 3 and raw[HEAD.size :] == b"abc"


def test_what_is_longer_than_any_frame_is_none() -> None:
    with pytest.raises(ValueError, match="longer"):
        length_of(HEAD.pack(MOST + 1))


@pytest.mark.parametrize("raw", [b"", b"{", b"[1]", b'[{"start": 1}]', b"null"])
def test_what_are_no_findings_is_refused(raw: bytes) -> None:
    with pytest.raises((ValueError, TypeError)):
        decode_findings(raw)
