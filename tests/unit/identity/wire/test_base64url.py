"""One spelling per value."""

import pytest

from curtilage.identity.wire.base64url import (
    decode_base64url,
    decode_integer,
    encode_base64url,
    encode_integer,
)

pytestmark = pytest.mark.requirement(35)


def test_bytes_come_back() -> None:
    for length in range(70):
        data = bytes(range(255, 255 - length, -1))
        assert decode_base64url(encode_base64url(data)) == data


@pytest.mark.parametrize(
    "text",
    [
        "Zg==",  # padding
        "Zg=",
        "Z",  # no bytes make a single character
        "Zm9vZ",
        "Zh",  # spare bits: the same byte as "Zg"
        "Zm9",  # and the same two as "Zm8"
        "Zm 8",
        "Zm8\n",
        " Zm8",
        "Zm+8",
        "Zm/8",
        "Zm8é",
        "Zm8\0",
        "Zm\u0665v",  # a digit, and not one of ours
    ],
)
def test_another_spelling_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected base64url"):
        decode_base64url(text)


def test_integers_come_back_in_the_fewest_octets() -> None:
    for value in (0, 1, 127, 255, 256, 65537, 2**2048 - 1):
        assert decode_integer(encode_integer(value)) == value
    assert encode_integer(65537) == "AQAB"
    assert encode_integer(0) == "AA"


@pytest.mark.parametrize("text", ["", "AAE", "AAA", "AAEAAQ", "AQAB="])
def test_an_integer_with_leading_zeros_or_without_octets_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        decode_integer(text)
