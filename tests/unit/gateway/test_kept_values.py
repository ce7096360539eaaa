"""Rows that were written stay readable, so what is written stays the same."""

from curtilage.gateway.kept_values import encode_values, parse_values
from curtilage.shield.held import HeldValue, Origin

VALUES = [
    ("Qone", HeldValue("ada@orchard.example", "EMAIL_ADDRESS", Origin.CALLER)),
    ("Qtwo", HeldValue("Ada Quill", "PERSON", Origin.APPLICATION)),
]
ROWS = [
    ["Qone", "EMAIL_ADDRESS", "caller", "ada@orchard.example"],
    ["Qtwo", "PERSON", "application", "Ada Quill"],
]


def test_values_are_written_as_in_the_first_version() -> None:
    assert encode_values(VALUES) == ROWS


def test_what_was_written_comes_back_in_its_order() -> None:
    assert list(parse_values(ROWS)) == VALUES
