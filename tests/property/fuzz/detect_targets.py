"""What a detector decodes before it judges, and what operators and labellers write for it."""

from collections.abc import Iterator
from datetime import date

from curtilage.detect.custom.finder import Allowed, CustomFinder
from curtilage.detect.custom.parse import parse_rules
from curtilage.detect.evaluation import parse_labelled
from curtilage.detect.issued import decode_base64url
from tests.property.fuzz.target import Target

RULES = """
[[rules]]
type = "PROJECT_CODE"
category = "organization.project"
pattern = "PRJ-[0-9]{4}"
context = "boosts"
words = ["project"]
validator = "luhn"
score = 0.6

[[rules]]
type = "CODE_NAME"
entries = ["Blue Heron", "x"]
ignore_case = true

[[allow]]
value = "press@example.org"
reason = "public"
until = 2027-06-30
"""
LABELLED = b'{"text": "Ada", "spans": [{"start": 0, "end": 3, "type": "PERSON"}], "lang": "en"}'


def _use_rules(text: str) -> None:
    """Whatever is taken as rules also works as rules."""
    rules = parse_rules(text, read_words=lambda _: ["Ada"])
    found = CustomFinder(rules)("project PRJ-1234, blue heron")
    Allowed(rules.allowances, date(2027, 1, 1)).keep("project PRJ-1234, blue heron", found)


def detect_targets() -> Iterator[Target]:
    yield Target("base64url", (decode_base64url,), ["eyJhbGciOiJub25lIn0"], decode_base64url)
    yield Target("rules of one's own", (parse_rules,), [RULES], _use_rules)
    yield Target(
        "labelled text", (parse_labelled,), [LABELLED], lambda line: parse_labelled(line, 1)
    )
