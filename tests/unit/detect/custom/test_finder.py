"""Custom rules at work: patterns with words and checks, word lists, allowances."""

from datetime import date

from curtilage.core.models import Finding
from curtilage.detect.custom.finder import Allowed, CustomFinder
from curtilage.detect.custom.models import Allowance
from curtilage.detect.custom.parse import parse_rules

RULES = """
[[rules]]
type = "PROJECT_CODE"
pattern = "PRJ-[0-9]{4}"
context = "boosts"
words = ["project"]
score = 0.5

[[rules]]
type = "BADGE"
pattern = "[0-9]{6}"
context = "required"
words = ["badge", "ausweis"]
validator = "luhn"

[[rules]]
type = "CODE_NAME"
entries = ["Blue Heron"]
category = "organization.project"
"""
FINDER = CustomFinder(parse_rules(RULES, read_words=lambda _: []))


def found(text: str) -> list[tuple[str, str, float]]:
    return [(item.type, text[item.start : item.end], item.score) for item in FINDER(text)]


def test_a_naming_word_makes_a_find_surer() -> None:
    assert found("PRJ-1234") == [("PROJECT_CODE", "PRJ-1234", 0.5)]
    assert found("project PRJ-1234") == [("PROJECT_CODE", "PRJ-1234", 0.85)]


def test_what_needs_a_word_and_a_check_has_both_or_is_nothing() -> None:
    assert found("badge 123455") == [("BADGE", "123455", 1.0)]
    assert found("badge 123456") == []
    assert found("123455 apples") == []


def test_a_word_list_is_found_with_its_category() -> None:
    (item,) = FINDER("about Blue Heron.")
    assert (item.type, item.category, item.detector) == (
        "CODE_NAME",
        "organization.project",
        "custom.CODE_NAME",
    )
    assert FINDER.categories["CODE_NAME"] == "organization.project"


def finding(text: str, value: str, kind: str) -> Finding:
    start = text.index(value)
    return Finding(start, start + len(value), kind, 0.9, "user", "test")


def test_an_allowance_holds_for_its_whole_value_and_type_until_its_day() -> None:
    text = "press@example.org ada@example.org"
    press, ada = (finding(text, value, "EMAIL_ADDRESS") for value in text.split())
    part = finding(text, "press@example", "EMAIL_ADDRESS")
    other = press._replace(type="USERNAME")
    given = [Allowance("press@example.org", "public", "EMAIL_ADDRESS", date(2027, 6, 30))]
    allowed = Allowed(given, date(2027, 6, 30))
    assert allowed.keep(text, [press, ada, part, other]) == (ada, part, other)
    assert Allowed(given, date(2027, 7, 1)).keep(text, [press]) == (press,)


def test_an_allowance_without_a_type_holds_for_all() -> None:
    text = "4111111111111111"
    card = finding(text, text, "CREDIT_CARD")
    assert Allowed([Allowance(text, "test card")], date(2027, 1, 1)).keep(text, [card]) == ()
    assert Allowed([], date(2027, 1, 1)).keep(text, [card]) == (card,)
