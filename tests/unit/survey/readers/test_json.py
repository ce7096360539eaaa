"""JSON is scanned as it stands, with escapes decoded, and findings have pointers."""

import json

from curtilage.survey.models import Field
from tests.unit.survey.readers.reading import field, original, shown

DOCUMENT = r"""{
  "people": [
    {"name": "Ada", "e\u002dmail": "ada\u0040orchard.example", "a/b~c": "slash"},
    {"note": "one\ntwo \ud83d\ude00 \"quoted\" \\ end", "deep": [[1, "inner"]]}
  ]
}"""


def test_escapes_are_decoded_and_lead_back() -> None:
    assert "ada@orchard.example" in shown("a.json", DOCUMENT)
    assert original("a.json", DOCUMENT, "ada@orchard") == r"ada\u0040orchard"
    assert original("a.json", DOCUMENT, "😀") == r"\ud83d\ude00"
    assert 'two 😀 "quoted" \\ end' in shown("a.json", DOCUMENT)


def test_a_finding_has_the_pointer_of_its_value() -> None:
    words = {
        "ada@": "/people/0/e-mail",
        "slash": "/people/0/a~1b~0c",
        "inner": "/people/1/deep/0/1",
    }
    for word, pointer in words.items():
        assert field("a.json", DOCUMENT, word) == Field(pointer)


def test_pointers_hold_over_the_pieces_of_a_big_document() -> None:
    rows = [{"id": number, "text": f"word{number} " + "x" * 60} for number in range(4_000)]
    content = json.dumps({"rows": rows}, indent=1)
    assert field("a.json", content, "word3 ") == Field("/rows/3/text")
    assert field("a.json", content, "word3999 ") == Field("/rows/3999/text")
    assert shown("a.json", content) == content


def test_each_line_of_jsonl_is_a_document() -> None:
    lines = '{"a": {"b": "first"}}\n{"c": ["second", "third"]}\n'
    assert field("a.jsonl", lines, "first") == Field("/a/b")
    assert field("a.jsonl", lines, "third") == Field("/c/1")


def test_what_is_broken_is_read_like_what_is_not() -> None:
    for content in ('{"a": "open', "}}}]]]", '{"a" "b" ,,, : "c"]', "plain", '"\\'):
        assert shown("a.json", content) == content
        field("a.json", content + " word", "word")
