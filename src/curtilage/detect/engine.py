"""Scan a text: regions, matches, checks, context, and who wins where two overlap.

What is found depends on the text alone: no clock, no load, no order of calls,
no thread. Work is bounded by the length of the text.
"""

import importlib.util
import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from curtilage.core.models import Finding
from curtilage.detect.catalogue import Catalogue, load_catalogue, rules_version
from curtilage.detect.context import Closeness, Context, Vocabulary, WordSearch
from curtilage.detect.matching import (
    ALNUM,
    HyperscanMatcher,
    Matcher,
    Region,
    ReMatcher,
    compile_exact,
    trigger_of,
)
from curtilage.detect.models import Edge, Form, Kind, Mode
from curtilage.detect.normalise import Folder

NAMED_BONUS = 0.35
NEAR_BONUS = 0.25
LEAD = 320  # how far a match may begin before its trigger: the longest e-mail address (RFC 5321 §4.5.3.1)
BEGINNING = re.compile(f"(?<![{ALNUM}])")  # where a match may begin, but for open edges


@dataclass(frozen=True, slots=True)
class Shape:
    """A form, ready to use."""

    kind: Kind
    form: Form
    pattern: re.Pattern[str]
    detector: str
    has_value: bool
    lead: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A match that passed its check and its context rule."""

    start: int
    end: int
    shape: Shape
    closeness: Closeness

    @property
    def rank(self) -> tuple[int, int, int, int]:
        """Context, strength of the check, specificity, length."""
        return self.closeness, self.shape.kind.strength, self.shape.form.mode, self.end - self.start

    def finding(self, span: tuple[int, int]) -> Finding:
        bonus = (0.0, NEAR_BONUS, NAMED_BONUS)[self.closeness]
        kind = self.shape.kind
        score = min(1.0, round(self.shape.form.score + bonus, 2))
        return Finding(span[0], span[1], kind.type, score, kind.category, self.shape.detector)


class Engine:
    """Finds personal data and secrets. Immutable after it is built; any thread may scan."""

    def __init__(
        self, catalogue: Catalogue, *, version: str, backend: str, cache_dir: Path | None
    ) -> None:
        self.kinds: Mapping[str, Kind] = catalogue.kinds
        self.groups = catalogue.groups
        self.version = version
        self.backend = backend
        self._folder = Folder()
        self._vocabulary = Vocabulary({kind.type: kind.words for kind in catalogue.kinds.values()})
        shapes = [
            _shape(kind, form, catalogue.groups[kind.type])
            for kind in catalogue.kinds.values()
            for form in kind.forms
        ]
        by_trigger: dict[str, list[Shape]] = {}
        for shape in shapes:
            by_trigger.setdefault(trigger_of(shape.form), []).append(shape)
        self._matcher: Matcher
        self._words: Matcher
        if backend == "hyperscan":
            self._shapes = [tuple(group) for group in by_trigger.values()]
            self._matcher = HyperscanMatcher(_databases(by_trigger), cache_dir)
            self._words = HyperscanMatcher(
                [dict(enumerate(self._vocabulary.triggers()))], cache_dir
            )
        else:
            self._shapes = [(shape,) for shape in shapes]
            self._matcher = ReMatcher([shape.pattern for shape in shapes])
            self._words = WordSearch(self._vocabulary)

    def scan(self, text: str) -> tuple[Finding, ...]:
        """What is in `text`: findings that do not overlap, by where they begin."""
        folded = self._folder.fold(text)
        chosen = _without_overlaps(self._candidates(folded.text))
        return tuple(
            candidate.finding(folded.span(candidate.start, candidate.end)) for candidate in chosen
        )

    def candidates(self, text: str) -> tuple[Finding, ...]:
        """Everything that passed its check and context rule, overlapping or not."""
        folded = self._folder.fold(text)
        found = sorted(self._candidates(folded.text), key=_order)
        return tuple(
            candidate.finding(folded.span(candidate.start, candidate.end)) for candidate in found
        )

    def _candidates(self, text: str) -> list[Candidate]:
        regions = _merge(self._matcher.regions(text))
        if not regions:
            return []
        judge = Judge(text, self._words, self._vocabulary)
        for number, start, end in regions:
            for shape in self._shapes[number]:
                for match in _matches(shape, text, start, end):
                    judge.consider(shape, match)
        return judge.passed()


class Judge:
    """Decides which matches of one text are candidates."""

    def __init__(self, text: str, words: Matcher, vocabulary: Vocabulary) -> None:
        self._text = text
        self._words = words
        self._vocabulary = vocabulary
        self._context: Context | None = None
        self._verdicts: dict[tuple[int, str], bool] = {}
        self._found: dict[tuple[str, int, int], Candidate] = {}

    def consider(self, shape: Shape, match: re.Match[str]) -> None:
        start, end = match.span("value") if shape.has_value else match.span()
        value = self._text[start:end]
        if shape.form.trim is not None:
            end = start + shape.form.trim(value)
            value = self._text[start:end]
        if not value:
            return
        closeness = Closeness.NONE
        if shape.form.mode is Mode.REQUIRED:
            closeness = self._closeness(shape.kind, start, end)
            if not closeness:
                return
        if not self._holds(shape, value):
            return
        if shape.form.mode is not Mode.REQUIRED:
            closeness = self._closeness(shape.kind, start, end)
        candidate = Candidate(start, end, shape, closeness)
        key = (shape.kind.type, start, end)
        known = self._found.get(key)
        if known is None or candidate.shape.form.score > known.shape.form.score:
            self._found[key] = candidate

    def passed(self) -> list[Candidate]:
        return list(self._found.values())

    def _holds(self, shape: Shape, value: str) -> bool:
        """Whether the check accepts `value`; remembered within one text."""
        check = shape.form.check or shape.kind.check
        if check is None:
            return True
        key = (id(shape), value)
        verdict = self._verdicts.get(key)
        if verdict is None:
            verdict = self._verdicts[key] = check(shape.kind.normalise(value))
        return verdict

    def _closeness(self, kind: Kind, start: int, end: int) -> Closeness:
        if not kind.words:
            return Closeness.NONE
        if self._context is None:
            self._context = Context(self._text, self._words, self._vocabulary)
        return self._context.closeness(kind.type, start, end)


def build_engine(cache_dir: Path | None = None, *, backend: str = "auto") -> Engine:
    """The engine with all kinds. `backend` is `auto`, `hyperscan` or `re`."""
    if backend == "auto":
        backend = "hyperscan" if importlib.util.find_spec("hyperscan") else "re"
    return Engine(load_catalogue(), version=rules_version(), backend=backend, cache_dir=cache_dir)


def _shape(kind: Kind, form: Form, group: str) -> Shape:
    pattern = compile_exact(form)
    lead = re.compile(f"{form.lead}{{0,{LEAD}}}") if form.lead else None
    return Shape(kind, form, pattern, f"{group}.{kind.type}", "value" in pattern.groupindex, lead)


def _databases(by_trigger: Mapping[str, list[Shape]]) -> list[dict[int, str]]:
    """Numbers, secrets and the rest apart, as the matcher likes them."""
    groups: list[dict[int, str]] = [{}, {}, {}]
    for number, (trigger, shapes) in enumerate(by_trigger.items()):
        form, kind = shapes[0].form, shapes[0].kind
        groups[0 if form.edge is Edge.NUMBER else 1 if kind.is_secret else 2][number] = trigger
    return groups


def _merge(regions: Sequence[Region]) -> list[Region]:
    """Regions of one pattern that touch become one."""
    merged: list[Region] = []
    for number, start, end in sorted(set(regions)):
        if merged and merged[-1][0] == number and start < merged[-1][2]:
            merged[-1] = (number, merged[-1][1], max(end, merged[-1][2]))
        else:
            merged.append((number, start, end))
    return merged


def _matches(shape: Shape, text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    """Every match that begins in a region, also inside another one."""
    anywhere = shape.form.edge is Edge.OPEN
    place = start
    if shape.lead is not None:
        before = shape.lead.match(text[max(0, start - LEAD) : start][::-1])
        place -= before.end() if before else 0
    while True:
        match = shape.pattern.match(text, place)
        if match is not None:
            yield match
        place += 1
        if not anywhere:
            following = BEGINNING.search(text, place, end)
            place = following.start() if following else end
        if place >= end:
            return


def _order(candidate: Candidate) -> tuple[int, int, str]:
    return candidate.start, candidate.end, candidate.shape.kind.type


def _without_overlaps(candidates: list[Candidate]) -> list[Candidate]:
    """The best candidates, none of which overlaps a better one."""
    chosen: list[Candidate] = []
    cluster: list[Candidate] = []
    reach = -1
    for candidate in sorted(candidates, key=_order):
        if candidate.start >= reach:
            chosen += _best_of(cluster)
            cluster = []
        cluster.append(candidate)
        reach = max(reach, candidate.end)
    return chosen + _best_of(cluster)


def _best_of(cluster: list[Candidate]) -> list[Candidate]:
    """Those of candidates that hang together which stay, the best first to choose."""
    if len(cluster) < 2:
        return cluster
    starts: list[int] = []
    chosen: list[Candidate] = []
    for candidate in sorted(cluster, key=_preference):
        place = bisect_left(starts, candidate.start)
        free_before = place == 0 or chosen[place - 1].end <= candidate.start
        free_after = place == len(chosen) or chosen[place].start >= candidate.end
        if free_before and free_after:
            starts.insert(place, candidate.start)
            chosen.insert(place, candidate)
    return chosen


def _preference(candidate: Candidate) -> tuple[int, int, int, int, int, str]:
    closeness, strength, mode, length = candidate.rank
    return -closeness, -strength, -mode, -length, candidate.start, candidate.shape.kind.type
