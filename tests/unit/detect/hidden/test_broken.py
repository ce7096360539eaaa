"""Line breaks inside values, and those that end one."""

import pytest

from curtilage.detect.hidden.broken import (
    fill_lines,
    find_breaks,
    find_broken,
    find_broken_hyphenated,
    find_passwords,
    join_hyphenated,
    join_lines,
)
from curtilage.detect.hidden.reading import Piece, read
from curtilage.detect.hidden.trick import Again, Find

KEY = "AK" + "IA"


def _said(text: str, find: Find, again: Again | None = None) -> str | None:
    pieces: list[Piece] = list(find(text) if again is None else again(text, find(text)))
    reading = read(text, pieces, name="", least=0, reach=0, back=lambda start, end: (start, end))
    return reading.text if reading else None


@pytest.mark.parametrize(
    ("again", "text", "said"),
    [
        (join_lines, "SSN 536-\n90-4399", "SSN 536-90-4399"),
        (join_lines, "> card 4111\r\n> 1111", "> card 41111111"),
        (join_lines, "card 4111 | \\\r\n 1111", "card 41111111"),
        (join_hyphenated, "card 4111-\n1111", "card 41111111"),
        (fill_lines, "card 4111\n1111", "card 4111 1111"),
        (fill_lines, "SSN 536-90\n4399", "SSN 536-90-4399"),
        (join_lines, "4111\n1111", None),
        (join_lines, "card lost\nplease call", None),
        (join_lines, "card 4111     \n1111", None),
        (join_hyphenated, "card well-\nknown", None),
        (join_hyphenated, "card 4111\n1111", None),
    ],
)
def test_a_break_inside_a_number_is_undone(again: Again, text: str, said: str | None) -> None:
    assert _said(text, find_breaks, again) == said


@pytest.mark.parametrize(
    ("find", "text", "said"),
    [
        (find_broken, "mail ada@orch\nard.example", "mail ada@orchard.example"),
        (find_broken, f"{KEY}QRST\n> 7ABC", f"{KEY}QRST7ABC"),
        (find_passwords, "password = h\nyDdb80!", "password = hyDdb80!"),
        (find_passwords, "> Passwor-\n> t: hyDdb80!", "> Passwort: hyDdb80!"),
        (find_broken_hyphenated, "ada@orch-\nard.example", "ada@orchard.example"),
    ],
)
def test_a_break_inside_a_value_is_undone(find: Find, text: str, said: str) -> None:
    assert _said(text, find) == said


@pytest.mark.parametrize(
    ("find", "text"),
    [
        (find_broken, "ada@orchard.example\nBest"),
        (find_broken, "    @property\n    @abc.abstract"),
        (find_broken, "to\nada@orchard.example"),
        (find_passwords, "password = x\nport = 5432"),
        (find_passwords, "password = x\nport2=5"),
        (find_passwords, "password: none\nthen restart"),
        (find_passwords, "your\npassword = hyDdb80!"),
    ],
)
def test_a_break_between_other_things_stays(find: Find, text: str) -> None:
    assert _said(text, find) is None
