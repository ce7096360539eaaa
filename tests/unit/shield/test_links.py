"""Markdown's links in a reply: closed for as long as any renderer goes on."""

import pytest

from curtilage.shield.links import DESTINATION, REFERENCE


@pytest.mark.parametrize(
    ("text", "closed"),
    [
        ("](", True),
        ("]x(", False),
        ("]()", False),
        ("](\n\n", True),
        ("](\n\nx", True),
        ("](x\n \n", False),
        ("](x\n a", True),
        ("](a(b)", True),
        ("](a(b))", False),
        ("](a\\)", True),
        ("](a\\))", False),
        ("](a\\(b)", True),
        ("](((((((((((()))))))))))))", True),
        ("](((((((((((()))))))))))))\n\n", False),
        ("](<a)", True),
        ("](<a)>", True),
        ("](<a)>)", False),
        ("](<a\\>)", True),
        ("](<a\n>b>)", False),
        ("](<a\n>)", True),
        ("](a 'b)", True),
        ("](a 'b)'", True),
        ("](a 'b)\\')", True),
        ("](a 'b)')", False),
        ("](a'b)", False),
        ("](a ](b)", True),
        ("](a ](b))", False),
    ],
)
def test_a_destination_lasts_as_long_as_its_longest_reading(text: str, *, closed: bool) -> None:
    for pieces in ([text], [*text]):
        row = DESTINATION.start
        for piece in pieces:
            row = DESTINATION.run(row, piece)
        assert row.closed is closed


@pytest.mark.parametrize(
    ("text", "closed"),
    [
        ("[a]:", True),
        ("x[a]:", False),
        ("x\n[a]:", True),
        ("x\r[a]:", True),
        ("x\u2028[a]:", True),
        ("> - 1. [a]:", True),
        (": [a]:", True),
        ("[a] :", False),
        ("[a][b]:", False),
        ("[a[b]:", True),
        ("[a\\]:", True),
        ("[a\\]b]:", True),
        ("[a\\\\]:", True),
        ("[a\\\n[b]:", True),
        ("[a\n  \nb]:", False),
        ("[a\n  b]:", True),
        ("[a]:\n", True),
        ("[a]:\n \n", False),
        ("[a]: x", True),
        ("[a]: x\n", False),
        ("[a]:\n x", True),
        ("[a]:\n x\n", False),
    ],
)
def test_a_definition_begins_in_any_line_and_ends_with_its_own(text: str, *, closed: bool) -> None:
    assert REFERENCE.run(REFERENCE.start, text).closed is closed
