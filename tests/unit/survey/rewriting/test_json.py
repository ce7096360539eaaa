"""JSON that leaves and comes back: names, strings and numbers; all else byte by byte."""

import json

import pytest

from curtilage.survey.rewriting.json import read_values
from tests.unit.survey.rewriting.going import there_and_back

DOCUMENT = (
    b'{ "mail" : "ada@x.example",\r\n\t"card":4111111111111111, "pi": 3.1400e+00,'
    b' "ada@x.example": [true, null, "\\u00fc \\/ ada@x.example"], "": -0}\n'
)


def test_a_document_comes_back_byte_by_byte() -> None:
    left, back = there_and_back("a.json", DOCUMENT)
    assert left != DOCUMENT
    assert back == DOCUMENT


def test_what_leaves_is_json_with_everything_else_as_it_was() -> None:
    left, _ = there_and_back("a.json", DOCUMENT)
    document = json.loads(left)
    assert list(document)[:3] == ["mail", "card", "pi"]
    assert isinstance(document["card"], str)
    assert document["mail"] in document  # the same value, the same form: as a name too
    assert b"3.1400e+00" in left
    assert b"\\u00fc \\/ QX1-" in left


def test_a_number_and_a_string_of_the_same_digits_come_back_as_what_they_were() -> None:
    raw = b'["4111111111111111", 4111111111111111]'
    left, back = there_and_back("a.json", raw)
    assert json.loads(left)[0] == json.loads(left)[1]
    assert back == raw


def test_lines_are_documents_of_their_own() -> None:
    raw = b'{"a": "ada@x.example"}\n\n["bob@x.example", 4111111111111111]\r\n'
    left, back = there_and_back("a.jsonl", raw)
    assert back == raw
    assert [json.loads(line) for line in left.splitlines() if line]


def test_what_is_put_into_a_string_is_escaped() -> None:
    values = read_values('["é", "b"]'.encode())
    assert values is not None
    filled = values.filled({0: ('"\\\n\ud800',)})
    assert json.loads(filled) == ['"\\\n\ud800', "b"]


def test_ascii_stays_ascii() -> None:
    values = read_values(b'["a"]')
    assert values is not None
    assert values.filled({0: ("é",)}) == b'["\\u00e9"]'


@pytest.mark.parametrize("raw", [b'{"a": }', b"[" * 100_000, b"a: b", b'"\x01"'])
def test_what_is_no_json_is_a_text(raw: bytes) -> None:
    assert read_values(raw) is None
    assert read_values(raw, lines=True) is None
