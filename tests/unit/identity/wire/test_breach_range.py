"""The range protocol: five digits out, and what comes back read strictly."""

import pytest

from curtilage.identity.wire.breach_range import MOST_BYTES, parse_range, split_hash
from curtilage.identity.wire.errors import BreachRangeUnreadable

REST = "1E4C9B93F3F0682250B6CF8331B7EE68FD8"


def test_a_hash_is_split_after_five_digits() -> None:
    assert split_hash(b"password") == ("5BAA6", REST)


def test_an_answer_is_read() -> None:
    raw = f"{REST}:52256179\r\n{'0' * 35}:0\r\n".encode()
    assert parse_range(raw) == {REST: 52256179, "0" * 35: 0}
    assert parse_range(raw.lower().replace(b"\r", b"")) == parse_range(raw)
    assert parse_range(b"") == {}


@pytest.mark.parametrize(
    "raw",
    [
        b"<html>",
        f"{REST}".encode(),
        f"{REST}:".encode(),
        f"{REST}:-1".encode(),
        f"{REST[:-1]}:1".encode(),
        f"{REST}0:1".encode(),
        f"{REST}:{'9' * 13}".encode(),
        f"{REST}:1\n\xe9".encode(),
        f"{REST} :1".encode(),
        b"\n" * (MOST_BYTES + 1),
    ],
)
def test_another_answer_is_refused(raw: bytes) -> None:
    with pytest.raises(BreachRangeUnreadable):
        parse_range(raw)
