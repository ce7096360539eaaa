"""A file of rules: what it may say, and what is said of one that is wrong."""

from collections.abc import Iterable
from datetime import date

import pytest

from curtilage.detect.custom.models import Allowance, PatternRule, WordRule
from curtilage.detect.custom.parse import MOST_RULES, VALIDATORS, parse_rules
from curtilage.detect.errors import BadRule
from curtilage.detect.models import Mode

WHOLE = """
[[rules]]
type = "PROJECT_CODE"
category = "organization.project"
pattern = "PRJ-[0-9]{4}"
context = "boosts"
words = ["Project"]
validator = "luhn"
score = 0.6

[[rules]]
type = "CODE_NAME"
entries = ["Blue Heron"]
ignore_case = true

[[rules]]
type = "CUSTOMER"
words_in = "customers.txt"

[[allow]]
value = "press@example.org"
type = "EMAIL_ADDRESS"
reason = "our public address"
until = 2027-06-30
"""


def words(_: str) -> Iterable[str]:
    return ["# customers", "Northwind Traders", "", "  Tailspin Toys "]


def test_a_whole_file_is_read() -> None:
    rules = parse_rules(WHOLE, read_words=words)
    (pattern,), (code, customer), (allowance,) = rules.patterns, rules.words, rules.allowances
    assert isinstance(pattern, PatternRule)
    assert (pattern.type, pattern.mode, pattern.words, pattern.score) == (
        "PROJECT_CODE",
        Mode.BOOSTS,
        ("project",),
        0.6,
    )
    assert code == WordRule(
        "CODE_NAME", "Code name", "user.unique_id.custom", ("Blue Heron",), 0.8, ignore_case=True
    )
    assert customer.entries == ("Northwind Traders", "Tailspin Toys")
    assert allowance == Allowance(
        "press@example.org", "our public address", "EMAIL_ADDRESS", date(2027, 6, 30)
    )


RULE = '[[rules]]\ntype = "A_TYPE"\n'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[rules]", "not TOML"),
        ("rule = 1", "something unknown; expected allow, rules"),
        ("rules = 3", "not a list of tables"),
        ("[[rules]]", "Rule 1 has no `type`"),
        ('[[rules]]\ntype = "lower"', "capital letters"),
        (RULE, "has 0 of `pattern`"),
        (RULE + 'pattern = "a"\nentries = ["b"]', "has 2 of `pattern`"),
        (RULE + 'pattern = "a"\npatern = "b"', "something unknown"),
        (RULE + 'pattern = "a"\ncategory = "Bad One"', "the category"),
        (RULE + 'pattern = "a"\nscore = 2', "`score`"),
        (RULE + 'pattern = "a"\nscore = true', "`score`"),
        (RULE + 'pattern = "a"\ncontext = "often"', "not one of required"),
        (RULE + 'pattern = "a"\ncontext = "required"', "there are no `words`"),
        (RULE + 'pattern = "a"\nvalidator = "lune"', "the validator is not one of"),
        (RULE + 'pattern = "a"\nignore_case = 1', "neither true nor false"),
        (RULE + 'pattern = ""', "no `pattern`"),
        (RULE + f'pattern = "{"a" * 2001}"', "over 2,000 characters"),
        (RULE + "entries = [3]", "not a list of texts"),
        (RULE + f'entries = ["{"a" * 201}"]', "at most 200 characters"),
        ('[[allow]]\nvalue = "x"', "Allowance 1 has no `reason`"),
        ('[[allow]]\nvalue = "x"\nreason = "y"\nuntil = "2027-01-01"', "`until` is not a day"),
        (
            '[[allow]]\nvalue = "x"\nreason = "y"\nuntil = 2027-01-01T00:00:00',
            "`until` is not a day",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, says: str) -> None:
    with pytest.raises(BadRule) as caught:
        parse_rules(text, read_words=words)
    assert says in caught.value.detail


def test_there_is_a_most_of_rules() -> None:
    with pytest.raises(BadRule, match="expected at most"):
        parse_rules("[[rules]]\n" * (MOST_RULES + 1), read_words=words)


def test_a_list_of_words_that_is_missing_empty_or_odd_is_named() -> None:
    text = RULE + 'words_in = "list.txt"'

    def missing(name: str) -> Iterable[str]:
        raise FileNotFoundError(2, "No such file or directory", name)

    def binary(_: str) -> Iterable[str]:
        return [bytes([0xFF]).decode()]

    with pytest.raises(BadRule, match="cannot be read: No such file"):
        parse_rules(text, read_words=missing)
    with pytest.raises(BadRule, match="is not UTF-8"):
        parse_rules(text, read_words=binary)
    with pytest.raises(BadRule, match="is empty"):
        parse_rules(text, read_words=lambda _: ["# only a comment"])
    with pytest.raises(BadRule, match="longer than 200"):
        parse_rules(text, read_words=lambda _: ["a" * 201])


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("luhn", "7992-7398-713", "7992-7398-710"),
        ("verhoeff", "2363", "2364"),
        ("mod11_10", "36 574 261 809", "36 574 261 800"),
        ("mod97", "213800KUD8LAJWSQ9D15", "213800KUD8LAJWSQ9D16"),
        ("icao", "L898902C36", "L898902C37"),
        ("iban", "GB82 WEST 1234 5698 7654 32", "GB82 WEST 1234 5698 7654 33"),
    ],
)
def test_validators_go_by_name_and_do_not_mind_separators(name: str, good: str, bad: str) -> None:
    assert VALIDATORS[name](good)
    assert not VALIDATORS[name](bad)
    assert not VALIDATORS[name]("")
