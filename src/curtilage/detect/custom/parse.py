"""Read a file of rules: TOML in, rules out, or an error that names the rule.

[[rules]]
type = "PROJECT_CODE"          # capital letters, digits and _
category = "organization.project"
pattern = "PRJ-[0-9]{4}"       # or: words_in = "projects.txt", or: entries = ["Blue Heron"]
context = "boosts"             # required | boosts | needless
words = ["project", "projekt"]
validator = "luhn"
score = 0.8

[[allow]]
value = "press@example.org"
type = "EMAIL_ADDRESS"
reason = "our public address"
until = 2027-06-30
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from curtilage.detect import checksums
from curtilage.detect.custom.models import Allowance, CustomRules, PatternRule, Validator, WordRule
from curtilage.detect.errors import BadRule
from curtilage.detect.iban import iban_length
from curtilage.detect.models import Mode

MOST_RULES = 1000
LONGEST_PATTERN = 2000  # characters
LONGEST_ENTRY = 200
_TYPE = re.compile(r"[A-Z][A-Z0-9_]{1,63}")
_CATEGORY = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*){0,7}")
_MODES = {"required": Mode.REQUIRED, "boosts": Mode.BOOSTS, "needless": Mode.NEEDLESS}
_RULE = frozenset(
    {"type", "title", "category", "pattern", "entries", "words_in", "words", "context", "validator", "score", "ignore_case"}
)  # fmt: skip
_ALLOW = frozenset({"value", "type", "reason", "until"})


def _of_digits(check: Validator) -> Validator:
    return lambda value: bool(number := checksums.digits(value)) and check(number)


def _of_letters(check: Validator) -> Validator:
    return lambda value: bool(compact := checksums.compact(value)) and check(compact)


VALIDATORS: Mapping[str, Validator] = {
    "luhn": _of_digits(checksums.luhn),
    "verhoeff": _of_digits(checksums.verhoeff),
    "mod11_10": _of_digits(checksums.mod11_10),
    "mod97": _of_letters(checksums.mod97),
    "icao": _of_letters(checksums.icao),
    "iban": _of_letters(lambda value: iban_length(value) == len(value)),
}
"""Check digits by the name that a rule calls them; separators do not count."""

ReadWords = Callable[[str], Iterable[str]]
"""Gives the lines of a word list that a rule names."""


def parse_rules(text: str, *, read_words: ReadWords) -> CustomRules:
    """The rules of a TOML file. Raises BadRule, which names the rule and what to do."""
    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as problem:
        where = re.search(r"line [0-9]+", str(problem))
        raise BadRule(
            f"The rules are not TOML{f' ({where[0]})' if where else ''}; expected [[rules]] and [[allow]]."
        ) from None
    _expect_names(table, frozenset({"rules", "allow"}), "The file of rules")
    rows, allowed = _rows(table, "rules"), _rows(table, "allow")
    rules = [_parse_rule(row, f"Rule {at}", read_words) for at, row in enumerate(rows, 1)]
    return CustomRules(
        patterns=tuple(rule for rule in rules if isinstance(rule, PatternRule)),
        words=tuple(rule for rule in rules if isinstance(rule, WordRule)),
        allowances=tuple(_parse_allow(row, f"Allowance {at}") for at, row in enumerate(allowed, 1)),
    )


def _rows(table: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    rows = table.get(name, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise BadRule(f"`{name}` is not a list of tables; write [[{name}]] above each.")
    if len(rows) > MOST_RULES:
        raise BadRule(f"There are {len(rows):,} of `{name}`; expected at most {MOST_RULES:,}.")
    return rows


def _parse_rule(row: Mapping[str, Any], place: str, read: ReadWords) -> PatternRule | WordRule:
    _expect_names(row, _RULE, place)
    kind = _text(row, "type", place)
    if not _TYPE.fullmatch(kind):
        raise BadRule(f"{place}: the type is not capital letters, digits and _.")
    place = f"{place} ({kind})"
    category = _text(row, "category", place, "user.unique_id.custom")
    if not _CATEGORY.fullmatch(category):
        raise BadRule(f"{place}: the category is not lower-case words with dots between.")
    title = _text(row, "title", place, kind.replace("_", " ").capitalize())
    given = [name for name in ("pattern", "entries", "words_in") if name in row]
    if len(given) != 1:
        raise BadRule(
            f"{place} has {len(given)} of `pattern`, `entries` and `words_in`; expected one."
        )
    ignore_case = row.get("ignore_case", False)
    if not isinstance(ignore_case, bool):
        raise BadRule(f"{place}: `ignore_case` is neither true nor false.")
    score = _score(row, place)
    if given == ["pattern"]:
        return PatternRule(
            type=kind,
            title=title,
            category=category,
            pattern=_pattern(row, place),
            mode=_mode(row, place),
            score=score,
            words=tuple(word.lower() for word in _texts(row, "words", place)),
            ignore_case=ignore_case,
            validator=_validator(row, place),
        )
    entries = _texts(row, "entries", place) if given == ["entries"] else _read(row, place, read)
    return WordRule(kind, title, category, tuple(entries), score, ignore_case)


def _parse_allow(row: Mapping[str, Any], place: str) -> Allowance:
    _expect_names(row, _ALLOW, place)
    until = row.get("until")
    if until is not None and (not isinstance(until, date) or isinstance(until, datetime)):
        raise BadRule(f"{place}: `until` is not a day; write it as 2027-06-30, without quotes.")
    return Allowance(
        value=_text(row, "value", place),
        reason=_text(row, "reason", place),
        type=_text(row, "type", place, ""),
        until=until,
    )


def _read(row: Mapping[str, Any], place: str, read: ReadWords) -> list[str]:
    name = _text(row, "words_in", place)
    try:
        lines = [line.strip() for line in read(name)]
    except OSError as problem:
        raise BadRule(f"{place}: the list of words cannot be read: {problem.strerror}.") from None
    except UnicodeDecodeError:
        raise BadRule(f"{place}: the list of words is not UTF-8.") from None
    entries = [line for line in lines if line and not line.startswith("#")]
    if not entries:
        raise BadRule(f"{place}: the list of words is empty; expected one entry a line.")
    if any(len(entry) > LONGEST_ENTRY for entry in entries):
        raise BadRule(f"{place}: an entry is longer than {LONGEST_ENTRY} characters.")
    return entries


def _pattern(row: Mapping[str, Any], place: str) -> str:
    pattern = _text(row, "pattern", place)
    if len(pattern) > LONGEST_PATTERN:
        raise BadRule(f"{place}: the pattern has over {LONGEST_PATTERN:,} characters.")
    return pattern


def _mode(row: Mapping[str, Any], place: str) -> Mode:
    mode = _MODES.get(_text(row, "context", place, "needless"))
    if mode is None:
        raise BadRule(f"{place}: `context` is not one of {', '.join(_MODES)}.")
    if mode is Mode.REQUIRED and not row.get("words"):
        raise BadRule(f"{place}: `context` is required and there are no `words`; name some.")
    return mode


def _validator(row: Mapping[str, Any], place: str) -> Validator | None:
    if "validator" not in row:
        return None
    validator = VALIDATORS.get(_text(row, "validator", place))
    if validator is None:
        raise BadRule(f"{place}: the validator is not one of {', '.join(sorted(VALIDATORS))}.")
    return validator


def _score(row: Mapping[str, Any], place: str) -> float:
    score = row.get("score", 0.8)
    if isinstance(score, bool) or not isinstance(score, int | float) or not 0 < score <= 1:
        raise BadRule(f"{place}: `score` is not a number above 0 and at most 1.")
    return float(score)


def _text(row: Mapping[str, Any], name: str, place: str, default: str | None = None) -> str:
    value = row.get(name, default)
    if not isinstance(value, str) or (not value.strip() and default is None):
        raise BadRule(f"{place} has no `{name}`; expected some text.")
    return value


def _texts(row: Mapping[str, Any], name: str, place: str) -> list[str]:
    values = row.get(name, [])
    if not isinstance(values, list) or not all(
        isinstance(value, str) and 0 < len(value.strip()) <= LONGEST_ENTRY for value in values
    ):
        raise BadRule(
            f"{place}: `{name}` is not a list of texts of at most {LONGEST_ENTRY} characters."
        )
    return [value.strip() for value in values]


def _expect_names(table: Mapping[str, Any], known: frozenset[str], place: str) -> None:
    for name in table:
        if name not in known:
            raise BadRule(f"{place} says something unknown; expected {', '.join(sorted(known))}.")
