"""Line breaks inside values, and those that end one."""

import pytest

from curtilage.detect.hidden.broken import (
    find_broken,
    find_broken_hyphenated,
    find_hyphenated,
    find_lines,
    find_lines_apart,
    find_passwords,
)
from curtilage.detect.hidden.reading import Piece, read
from curtilage.detect.hidden.trick import Find

KEY = "AK" + "IA"


def _said(text: str, find: Find) -> str | None:
    pieces: list[Piece] = list(find(text))
    reading = read(text, pieces, name="", least=0, reach=0, back=lambda start, end: (start, end))
    return reading.text if reading else None


@pytest.mark.parametrize(
    ("find", "text", "said"),
    [
        (find_lines, "SSN 536-\n90-4399", "SSN 536-90-4399"),
        (find_lines, "> card 4111\r\n> 1111", "> card 41111111"),
        (find_hyphenated, "card 4111-\n1111", "card 41111111"),
        (find_lines_apart, "card 4111\n1111", "card 4111 1111"),
        (find_lines_apart, "SSN 536-90\n4399", "SSN 536-90-4399"),
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
        (find_lines, "4111\n1111"),
        (find_lines, "card lost\nplease call"),
        (find_broken, "ada@orchard.example\nBest"),
        (find_broken, "    @property\n    @abc.abstract"),
        (find_broken, "to\nada@orchard.example"),
        (find_passwords, "password = x\nport = 5432"),
        (find_passwords, "password = x\nport2=5"),
        (find_passwords, "password: none\nthen restart"),
        (find_passwords, "your\npassword = hyDdb80!"),
        (find_hyphenated, "card well-\nknown"),
    ],
)
def test_a_break_between_other_things_stays(find: Find, text: str) -> None:
    assert _said(text, find) is None
