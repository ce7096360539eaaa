"""Match patterns that anybody wrote, in linear time or not at all.

Hyperscan takes most of what `re` takes and is linear in the text whatever the pattern
is. It is asked where matches begin only of patterns without open repeats (`*`, `+`,
`{2,}`): with one, releases since 0.7 may read where they must not, and the process
ends. Of those it says whether there is a match at all, and an engine with a clock
where. What Hyperscan refuses (look-around, back-references) runs under the clock
alone. Out of time it raises, and the text counts as not examined.
"""

import importlib.util
import threading
from collections.abc import Callable, Iterator, Sequence
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
        self._linear: _Linear | None = None
        self._gate: _Gate | None = None
        left: dict[int, PatternRule] = dict(enumerate(rules))
        if linear and left:
            self._linear = _Linear({n: rule for n, rule in left.items() if not _is_open(rule)})
            left = {number: left[number] for number in left.keys() - self._linear.taken}
            self._gate = _Gate(left)
        self._clocked = [(number, _compile(rule)) for number, rule in sorted(left.items())]

    def matches(self, text: str) -> Iterator[Match]:
        """Every match, of those that begin at one place the longest.

        Raises RuleOutOfTime or TooDense: then nothing about the text is known.
        """
        if self._linear is not None:
            yield from self._linear.matches(text)
        shut = self._gate.shut(text) if self._gate is not None else frozenset()
        for number, pattern in self._clocked:
            if number not in shut:
                yield from _search(number, pattern, text)


class _Database:
    """The patterns that Hyperscan takes, in one database; `taken` are their numbers."""

    def __init__(self, rules: dict[int, PatternRule], flags: Sequence[str]) -> None:
        import hyperscan  # noqa: PLC0415 - optional

        self._hyperscan = hyperscan
        self._flags = 0
        for name in flags:
            self._flags |= getattr(hyperscan, f"HS_FLAG_{name}")
        taken = {number: rule for number, rule in rules.items() if self._takes(rule)}
        self.taken = frozenset(taken)
        self._database = self._compile(taken) if taken else None
        self._local = threading.local()

    def scan(self, data: bytes, note: Callable[..., Any], context: object) -> None:
        if self._database is None:
            return
        try:
            self._database.scan(data, note, context=context, scratch=self._scratch())
        except self._hyperscan.ScanTerminated:
            raise TooDense from None

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
        caseless = self._hyperscan.HS_FLAG_CASELESS
        database = self._hyperscan.Database(mode=self._hyperscan.HS_MODE_BLOCK)
        database.compile(
            expressions=[rule.pattern.encode() for rule in rules.values()],
            ids=list(rules),
            flags=[self._flags | (caseless if rule.ignore_case else 0) for rule in rules.values()],
        )
        return database


class _Linear(_Database):
    """Tells where matches begin and end."""

    def __init__(self, rules: dict[int, PatternRule]) -> None:
        super().__init__(rules, ("SOM_LEFTMOST", "UTF8"))

    def matches(self, text: str) -> Iterator[Match]:
        data = _bytes(text)
        longest: dict[tuple[int, int], int] = {}
        self.scan(data, _note, longest)
        if len(data) == len(text):
            yield from ((number, start, end) for (number, start), end in longest.items())
            return
        places = _places(
            data, {place for (_, start), end in longest.items() for place in (start, end)}
        )
        for (number, start), end in longest.items():
            yield number, places[start], places[end]


class _Gate(_Database):
    """Tells which patterns have no match in a text."""

    def __init__(self, rules: dict[int, PatternRule]) -> None:
        # `UCP`: what the clocked engine takes for a letter is one here.
        super().__init__(rules, ("SINGLEMATCH", "UTF8", "UCP"))

    def shut(self, text: str) -> frozenset[int]:
        matched: set[int] = set()
        self.scan(_bytes(text), _open, matched)
        return self.taken - matched


def _is_open(rule: PatternRule) -> bool:
    """Whether a pattern may have a repeat without an end; signs that are no repeat count too."""
    return any(sign in rule.pattern for sign in "*+") or ",}" in rule.pattern


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")  # a lone surrogate is one `?`, as it is one place


def _open(number: int, _start: int, _end: int, _flags: int, matched: set[int]) -> None:
    matched.add(number)


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
