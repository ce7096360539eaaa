"""What prompts quote is escaped: strings of JSON and programs, addresses, pages.

A model reads the escape as the character; so must detection, and what leaves
as a token is the whole of what was written, so that it comes back exactly.
"""

import pytest

from tests.unit.detect.engines import fast, plain

CASES = [
    (r'{"note":"paid with\n4111111111111111\nthanks"}', "CREDIT_CARD", "4111111111111111"),
    (r'"\t+49 30 901820\r\n"', "PHONE_NUMBER", "+49 30 901820"),
    (r"{\"s\":\"{\\\"n\\\":\\\"x\\n536-90-4399\\n\\\"}\"}", "US_SSN", "536-90-4399"),
    (r"\u003cDE89370400440532013000\u003e", "IBAN_CODE", "DE89370400440532013000"),
    (r"ada\u0040orchard.example!", "EMAIL_ADDRESS", r"ada\u0040orchard.example"),
    (r"mail ada@orchard.\x6frg.", "EMAIL_ADDRESS", r"ada@orchard.\x6frg"),
    (r"first\_last@orchard.example", "EMAIL_ADDRESS", r"first\_last@orchard.example"),
    ("mail ada%40orchard.example", "EMAIL_ADDRESS", "ada%40orchard.example"),
    ("card%204111111111111111%20", "CREDIT_CARD", "4111111111111111"),
    ("ada&#64;orchard&#x2e;example", "EMAIL_ADDRESS", "ada&#64;orchard&#x2e;example"),
    (r"\ud83d\ude004111111111111111", "CREDIT_CARD", "4111111111111111"),
    ("\u200b\\n41\u200b11111111111111\\n", "CREDIT_CARD", "41\u200b11111111111111"),
]


@pytest.mark.parametrize(("text", "kind", "value"), CASES)
def test_a_value_is_found_between_and_inside_escapes(text: str, kind: str, value: str) -> None:
    found = [(finding.type, text[finding.start : finding.end]) for finding in fast().scan(text)]
    assert (kind, value) in found


@pytest.mark.parametrize("text", [text for text, _, _ in CASES])
def test_both_engines_read_escapes_alike(text: str) -> None:
    assert fast().scan(text) == plain().scan(text)
