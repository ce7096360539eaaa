"""CBOR in the one encoding that authenticators may write (CTAP 2.1 §8)."""

from typing import Any

import cbor2
import pytest

from curtilage.identity.wire.cbor import DEEPEST, MOST_ITEMS, parse_cbor, parse_cbor_item
from curtilage.identity.wire.errors import PasskeyUnreadable


@pytest.mark.parametrize(
    "value",
    [
        0, 23, 24, 255, 256, 65_535, 65_536, 2**32 - 1, 2**32, 2**64 - 1, -1, -24, -25, -257, -(2**64), b"", b"x" * 300,
        "", "fmt", "Größe", [], [1, [2, "3"]], {}, {1: 2, -1: b"x", "sig": [b"a"]}, True, False, None,
    ],
)  # fmt: skip
def test_what_another_writer_writes_is_read(value: Any) -> None:
    assert parse_cbor(cbor2.dumps(value)) == value


def test_a_value_ends_where_the_next_begins() -> None:
    raw = b"\xff" + cbor2.dumps({1: b"x"}) + cbor2.dumps("next")
    value, end = parse_cbor_item(raw, 1)
    assert value == {1: b"x"}
    assert parse_cbor_item(raw, end) == ("next", len(raw))


@pytest.mark.parametrize(
    ("raw", "what"),
    [
        ("", "nothing"),
        ("19", "a head cut off"),
        ("4401", "a string cut off"),
        ("8201", "a list cut off"),
        ("a101", "a map cut off"),
        ("0101", "something left over"),
        ("1817", "a number written longer than need be, one byte"),
        ("190018", "and two"),
        ("1a0000ffff", "and four"),
        ("1b00000000ffffffff", "and eight"),
        ("581701", "a length written longer than need be"),
        ("5f4101ff", "a string of indefinite length"),
        ("9f01ff", "a list of indefinite length"),
        ("bf0102ff", "a map of indefinite length"),
        ("1c", "a head that is reserved"),
        ("ff", "a break"),
        ("c001", "a tag"),
        ("d81c01", "a shared value"),
        ("f93c00", "half a float"),
        ("fb3ff0000000000000", "a float"),
        ("f7", "undefined"),
        ("f0", "a simple value"),
        ("f814", "false, written longer"),
        ("a201020103", "a key twice"),
        ("a2613102613103", "a text key twice"),
        ("a1f502", "a boolean key"),
        ("a1410102", "a key of bytes"),
        ("a18002", "a list as key"),
        ("a1f602", "nothing as key"),
        ("61ff", "text that is not UTF-8"),
        ("9bffffffffffffffff", "a list of more than there is"),
        ("bbffffffffffffffff", "a map of more than there is"),
        ("5bffffffffffffffff", "a string of more than there is"),
    ],
)  # fmt: skip
def test_another_encoding_is_refused(raw: str, what: str) -> None:
    with pytest.raises(PasskeyUnreadable):
        parse_cbor(bytes.fromhex(raw))


def test_nesting_and_number_of_values_are_bounded() -> None:
    deep = b"\x81" * (DEEPEST - 1) + b"\x01"
    assert parse_cbor(deep)
    many = cbor2.dumps([0] * (MOST_ITEMS - 1))
    assert len(parse_cbor(many)) == MOST_ITEMS - 1  # type: ignore[arg-type]
    for raw in (
        b"\x81" + deep,
        b"\x81" * 60_000,
        cbor2.dumps([0] * MOST_ITEMS),
        b"\x99\xff\xff" + b"\x01" * 65_535,
    ):
        with pytest.raises(PasskeyUnreadable):
            parse_cbor(raw)
