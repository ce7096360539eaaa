"""Tables that leave and come back, byte by byte."""

import pytest

from curtilage.survey.errors import Unreadable, Unwritable
from curtilage.survey.rewriting.csv import read_cells
from tests.unit.survey.rewriting.going import there_and_back


@pytest.mark.parametrize(
    "raw",
    [
        b"mail,n\nada@x.example,1\n",
        b'"mail";"n"\r\n"ada@x.example";"1"\r\n',
        b'\xef\xbb\xbfmail,note\r\n"a ""b"" ada@x.example","two\r\nlines"\r\n',
        "name\tmail\nJosé\tada@x.example\n".encode("utf-16"),
        "name;mail\nJosé;ada@x.example\n".encode("cp1252"),
        b"no end,ada@x.example",
        b',,\n"",ada@x.example,\n',
        b'broken "quote,ada@x.example\n"open,4111111111111111\n',
        b"a,b\rada@x.example,c\r",
    ],
)
def test_a_table_comes_back_byte_by_byte(raw: bytes) -> None:
    left, back = there_and_back("a.csv", raw)
    assert left != raw
    assert back == raw


def test_quotation_marks_and_all_other_cells_stay() -> None:
    left, _ = there_and_back("a.csv", b'"ada@x.example", 1.0 ,"q"\r\nx,,"a,b"\r\n')
    start, rest = left[:1], left[left.index(b'", 1.0') :]
    assert (start, rest) == (b'"', b'", 1.0 ,"q"\r\nx,,"a,b"\r\n')


def test_a_value_with_a_delimiter_is_put_into_quotation_marks() -> None:
    cells = read_cells(b"a,b\nc,d\n")
    assert cells.filled({2: ('x,"y"',)}) == b'a,b\n"x,""y""",d\n'


def test_a_value_that_the_encoding_does_not_know_is_said() -> None:
    cells = read_cells("é,b\nc,d\n".encode("cp1252"))
    with pytest.raises(Unwritable, match="no place in cp1252"):
        cells.filled({2: ("Ж",)})


def test_what_is_in_no_encoding_is_not_guessed_at() -> None:
    with pytest.raises(Unreadable, match="no encoding"):
        read_cells(b"\x81\x8d,\xff\n")
