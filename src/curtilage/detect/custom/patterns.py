"""Match patterns that anybody wrote, in linear time or not at all.

Hyperscan takes most of what `re` takes and is linear in the text whatever the pattern
is. What it refuses (look-around, back-references) runs in an engine with a clock:
out of time it raises, and the text counts as not examined.
"""

import importlib.util
import threading
from collections.abc import Iterator, Sequence
from typing import Any

import regex

from curtilage.detect.custom.models import PatternRule
from curtilage.detect.errors import BadRule, RuleOutOfTime, TooDense

SECONDS = 0.5  # for one pattern that Hyperscan does not take, over one text
MOST_MATCHES = 100_000  # in one text
Match = tuple[int, int, int]
"""Number of the rule, start, end: code points."""


class PatternMatcher:
    """All patterns of a file of rules. Any thread may use it."""

    def __init__(self, rules: Sequence[PatternRule], *, linear: bool | None = None) -> None:
        """`linear` says whether Hyperscan is to be used; None: where it is installed."""
        if linear is None:
            linear = importlib.util.find_spec("hyperscan") is not None
        self._clocked: list[tuple[int, regex.Pattern[str]]] = []
        self._linear: _Linear | None = None
        left: dict[int, PatternRule] = dict(enumerate(rules))
        if linear and left:
            self._linear = _Linear(left)
            left = {number: left[number] for number in self._linear.refused}
        self._clocked = [(number, _compile(rule)) for number, rule in left.items()]

    def matches(self, text: str) -> Iterator[Match]:
        """Every match, of those that begin at one place the longest.

        Raises RuleOutOfTime or TooDense: then nothing about the text is known.
        """
        if self._linear is not None:
            yield from self._linear.matches(text)
        for number, pattern in self._clocked:
            yield from _search(number, pattern, text)


class _Linear:
    """Those that Hyperscan takes, in one database; `refused` are the others' numbers."""

    def __init__(self, rules: dict[int, PatternRule]) -> None:
        import hyperscan  # noqa: PLC0415 - optional

        self._hyperscan = hyperscan
        taken = {number: rule for number, rule in rules.items() if self._takes(rule)}
        self.refused = [number for number in rules if number not in taken]
        self._database = self._compile(taken) if taken else None
        self._local = threading.local()

    def matches(self, text: str) -> Iterator[Match]:
        if self._database is None:
            return
        data = text.encode("utf-8", "replace")  # a lone surrogate is one `?`, as it is one place
        longest: dict[tuple[int, int], int] = {}
        try:
            self._database.scan(data, _note, context=longest, scratch=self._scratch())
        except self._hyperscan.ScanTerminated:
            raise TooDense from None
        if len(data) == len(text):
            yield from ((number, start, end) for (number, start), end in longest.items())
            return
        places = _places(
            data, {place for (_, start), end in longest.items() for place in (start, end)}
        )
        for (number, start), end in longest.items():
            yield number, places[start], places[end]

    def _scratch(self) -> Any:
        try:
            return self._local.scratch
        except AttributeError:
            self._local.scratch = self._hyperscan.Scratch(self._database)
            return self._local.scratch

    def _takes(self, rule: PatternRule) -> bool:
        try:
            self._compile({0: rule})
        except self._hyperscan.HyperscanError:
            return False
        return True

    def _compile(self, rules: dict[int, PatternRule]) -> Any:
        flags = self._hyperscan.HS_FLAG_SOM_LEFTMOST | self._hyperscan.HS_FLAG_UTF8
        caseless = self._hyperscan.HS_FLAG_CASELESS
        database = self._hyperscan.Database(mode=self._hyperscan.HS_MODE_BLOCK)
        database.compile(
            expressions=[rule.pattern.encode() for rule in rules.values()],
            ids=list(rules),
            flags=[flags | (caseless if rule.ignore_case else 0) for rule in rules.values()],
        )
        return database


def _note(number: int, start: int, end: int, _: int, longest: dict[tuple[int, int], int]) -> bool:
    """Keep the longest match of each start; stop where there are too many."""
    key = (number, start)
    if end > longest.get(key, -1):
        longest[key] = end
    return len(longest) > MOST_MATCHES


def _places(data: bytes, wanted: set[int]) -> dict[int, int]:
    """Which code points bytes are the beginnings of, read once from the left."""
    places, last, count = {}, 0, 0
    for place in sorted(wanted):
        count += len(data[last:place].decode())
        places[place] = count
        last = place
    return places


def _compile(rule: PatternRule) -> regex.Pattern[str]:
    try:
        pattern = regex.compile(rule.pattern, regex.IGNORECASE if rule.ignore_case else 0)
    except (regex.error, RecursionError, OverflowError):
        raise BadRule(f"The pattern of {rule.type} does not compile.") from None
    if pattern.fullmatch("") is not None:
        raise BadRule(f"The pattern of {rule.type} matches nothing at all; expected a character.")
    return pattern


def _search(number: int, pattern: regex.Pattern[str], text: str) -> Iterator[Match]:
    try:
        for count, match in enumerate(pattern.finditer(text, timeout=SECONDS)):
            if count > MOST_MATCHES:
                raise TooDense
            if match.end() > match.start():
                yield number, match.start(), match.end()
    except TimeoutError:
        raise RuleOutOfTime from None
