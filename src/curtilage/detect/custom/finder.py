"""Custom rules at work: what they find, and what they allow."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from curtilage.core.models import Finding
from curtilage.detect.context import Closeness, Context, Vocabulary, WordSearch
from curtilage.detect.custom.dictionary import Dictionary
from curtilage.detect.custom.models import Allowance, CustomRules, PatternRule
from curtilage.detect.custom.patterns import PatternMatcher
from curtilage.detect.models import Mode
from curtilage.detect.shapes import NAMED_BONUS, NEAR_BONUS

_BONUS = {Closeness.NONE: 0.0, Closeness.NEAR: NEAR_BONUS, Closeness.NAMED: NAMED_BONUS}


class CustomFinder:
    """Finds what a file of rules describes. Immutable; any thread may use it."""

    def __init__(self, rules: CustomRules) -> None:
        self._patterns = rules.patterns
        self._matcher = PatternMatcher(rules.patterns)
        self._vocabulary = Vocabulary({rule.type: rule.words for rule in rules.patterns})
        self._search = WordSearch(self._vocabulary)
        self._words = [
            (rule, Dictionary(rule.entries, ignore_case=rule.ignore_case)) for rule in rules.words
        ]
        self.categories = {
            **{rule.type: rule.category for rule in rules.patterns},
            **{rule.type: rule.category for rule in rules.words},
        }

    def __call__(self, text: str) -> Sequence[Finding]:
        """What the rules find; findings may overlap. Raises RuleOutOfTime or TooDense."""
        return [*self._by_pattern(text), *self._by_words(text)]

    def _by_pattern(self, text: str) -> Iterator[Finding]:
        context: Context | None = None
        for number, start, end in self._matcher.matches(text):
            rule = self._patterns[number]
            if rule.validator is not None and not _holds(rule, text[start:end]):
                continue
            closeness = Closeness.NONE
            if rule.words:
                context = context or Context(text, self._search, self._vocabulary)
                closeness = context.closeness(rule.type, start, end)
            if rule.mode is Mode.REQUIRED and not closeness:
                continue
            score = min(1.0, round(rule.score + _BONUS[closeness], 2))
            yield Finding(start, end, rule.type, score, rule.category, f"custom.{rule.type}")

    def _by_words(self, text: str) -> Iterator[Finding]:
        for rule, dictionary in self._words:
            for start, end in dictionary.find(text):
                yield Finding(
                    start, end, rule.type, rule.score, rule.category, f"custom.{rule.type}"
                )


class Allowed:
    """What may stay where it is, until the day that somebody gave it."""

    def __init__(self, allowances: Iterable[Allowance], today: date) -> None:
        in_force = [item for item in allowances if item.until is None or today <= item.until]
        self._types: dict[str, set[str]] = {}
        for item in in_force:
            self._types.setdefault(item.value, set()).add(item.type)

    def keep(self, text: str, findings: Sequence[Finding]) -> tuple[Finding, ...]:
        """Findings without those whose whole value is allowed for their type."""
        if not self._types:
            return tuple(findings)
        return tuple(item for item in findings if not self._is_allowed(text, item))

    def _is_allowed(self, text: str, item: Finding) -> bool:
        types = self._types.get(text[item.start : item.end], ())
        return item.type in types or "" in types


def _holds(rule: PatternRule, value: str) -> bool:
    return rule.validator is not None and rule.validator(value)
