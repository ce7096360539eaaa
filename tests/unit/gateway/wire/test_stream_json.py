"""Frames keep what the quick reader cannot hold."""

import pytest

from curtilage.gateway.wire.stream_json import read_frame, write_frame


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a":"\\ud83d"}',
        b'{"a":[123456789012345678901234567890,{"b":-99999999999999999999}],"c":"x"}',
        b'{"a":18446744073709551615,"b":1.5,"c":null}',
        b'{"a":"\\ud83d","b":123456789012345678901234567890}',
    ],
)
def test_a_document_is_written_as_it_was_read(raw: bytes) -> None:
    assert write_frame(read_frame(raw), raw) == raw


@pytest.mark.parametrize("raw", [b"", b"{", b"[DONE]", b"\xff", b"[" * 100_000])
def test_what_is_not_json_is_nothing(raw: bytes) -> None:
    assert read_frame(raw) is None
