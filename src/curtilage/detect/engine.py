"""Scan a text: regions, matches, checks, context, and who wins where two overlap.

What is found depends on the text alone: no clock, no load, no order of calls,
no thread. Work is bounded by the length of the text.
"""

import importlib.util
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from curtilage.core.models import Finding
from curtilage.detect import phone
from curtilage.detect.alone import stands_alone
from curtilage.detect.catalogue import Catalogue, load_catalogue, rules_version
from curtilage.detect.context import Closeness, Context, Vocabulary, WordSearch
from curtilage.detect.matching import (
    ALNUM,
    NUMBERS,
    HyperscanMatcher,
    Matcher,
    Part,
    Region,
    ReMatcher,
    compile_exact,
    trigger_of,
)
from curtilage.detect.models import (
    Edge,
    Form,
    Kind,
    Mode,
    Normaliser,
    Strength,
    Trimmer,
    Validator,
)
from curtilage.detect.normalise import Folded, Folder
from curtilage.detect.numbers import Layouts, layout_of

_NONE = Closeness.NONE
NAMED_BONUS = 0.35
NEAR_BONUS = 0.25
ALONE = {
    Strength.NONE: 0.3,
    Strength.SHAPE: 0.4,
    Strength.DIGIT: 0.5,
    Strength.DOUBLE: 0.6,
    Strength.PROOF: 0.75,
}
"""What a number that needs a naming word scores without one, alone in prose, by its check."""
LEAD = 320  # how far a match may begin before its trigger: the longest e-mail address (RFC 5321 §4.5.3.1)
BLOCKS = {"(numbers)": 24, "(words)": 24}
"""How many triggers of these compile together: twice as many take four times as long."""
LETTER_RUN = re.compile(r"[^0-9]\]\)?(?:\+|\{(?:[89]|[0-9]{2}))")  # among others it bloats them
BEGINNING = re.compile(f"(?<![{ALNUM}])")  # where a match may begin, but for open edges


@dataclass(frozen=True, slots=True)
class Shape:
    """A form, ready to use."""

    kind: Kind
    form: Form
    pattern: re.Pattern[str]
    detector: str
    value: str | int
    """The group that holds the value: its own, or the whole match."""
    lead: re.Pattern[str] | None
    check: Validator | None
    needs_word: bool
    alone: bool
    """Whether it may also stand alone in prose: it needs a word, but has a check."""
    number: int
    scores: tuple[float, float, float]
    """By how close a naming word is."""

    # What is asked of every match, without the way through kind and form.
    type: str
    normalise: Normaliser
    trim: Trimmer | None
    anywhere: bool


# Numbers as they are dialled at home: each has a plan of its own.
_NUMBERS = "(202) 555-0143, 202-555-0143, 01 99 00 12 34, 020 7946 0958, 030 23125 012"


class Candidate(NamedTuple):
    """A match that passed its check and its context rule. They sort by where they stand."""

    start: int
    end: int
    number: int
    closeness: Closeness
    shape: Shape

    def finding(self, folded: Folded) -> Finding:
        start, end, _, closeness, shape = self
        if folded.origins is not None:
            start, end = folded.span(start, end)
        return Finding(
            start, end, shape.type, shape.scores[closeness], shape.kind.category, shape.detector
        )


class Engine:
    """Finds personal data and secrets. Immutable after it is built; any thread may scan."""

    def __init__(
        self, catalogue: Catalogue, *, version: str, backend: str, cache_dir: Path | None
    ) -> None:
        self.kinds: Mapping[str, Kind] = catalogue.kinds
        self.checked = frozenset(
            kind.type for kind in catalogue.kinds.values() if kind.strength >= Strength.DIGIT
        )
        self.groups = catalogue.groups
        self.version = version
        self.backend = backend
        self._folder = Folder()
        self._vocabulary = Vocabulary(
            {kind.type: (_spoken(kind.type), *kind.words) for kind in catalogue.kinds.values()},
            {kind.type: kind.loose for kind in catalogue.kinds.values()},
        )
        shapes = _shapes(catalogue)
        by_trigger: dict[str, list[Shape]] = {}
        for shape in shapes:
            by_trigger.setdefault(trigger_of(shape.form), []).append(shape)
        self._matcher: Matcher
        self._words: Matcher
        self._layouts: dict[int, Layouts[Shape]]
        if backend == "hyperscan":
            self._shapes = [tuple(group) for group in by_trigger.values()]
            self._layouts = _layouts(self._shapes)
            self._matcher = HyperscanMatcher(_parts(catalogue, by_trigger.values()), cache_dir)
            words = Part(dict(enumerate(self._vocabulary.triggers())))
            self._words = HyperscanMatcher([words], cache_dir, words=True)
        else:
            self._shapes = [(shape,) for shape in shapes]
            self._layouts = {}
            self._matcher = ReMatcher([shape.pattern for shape in shapes])
            self._words = WordSearch(self._vocabulary)
        grouped = enumerate(self._shapes)
        self._alone = {number for number, group in grouped if any(map(_is_alone, group))}

    def prepare(self) -> None:
        """Do now what is else done for the first text that has a number in it: 0.2 s."""
        phone.prepare()
        self.scan(_NUMBERS)

    def scan(self, text: str) -> tuple[Finding, ...]:
        """What is in `text`: findings that do not overlap, by where they begin."""
        folded = self._folder.fold(text)
        chosen = _without_overlaps(self._candidates(folded.text))
        return tuple([candidate.finding(folded) for candidate in chosen])

    def candidates(self, text: str) -> tuple[Finding, ...]:
        """Everything that passed its check and context rule, overlapping or not."""
        folded = self._folder.fold(text)
        found = sorted(self._candidates(folded.text), key=_order)
        return tuple([candidate.finding(folded) for candidate in found])

    def judged(self, text: str) -> list[tuple[Finding, Candidate]]:
        """What `candidates` gives, with what spoke for each: for explanations."""
        folded = self._folder.fold(text)
        found = sorted(self._candidates(folded.text), key=_order)
        return [(candidate.finding(folded), candidate) for candidate in found]

    def _candidates(self, text: str) -> list[Candidate]:
        context = Context(text, self._words, self._vocabulary)
        named = context.named
        regions = self._matcher.regions(text, named)
        if not regions:
            return []
        judge = Judge(text, context)
        left: list[Region] = []
        for region in _merge(regions):
            number, start, end = region
            for shape in self._fitting(number, text, start, end):
                if not shape.needs_word or shape.type in named:
                    _consider_all(judge, shape, text, start, end)
            if number in self._alone:
                left.append(region)
        for number, start, end in judge.left_over(left):
            for shape in self._fitting(number, text, start, end):
                if shape.alone:
                    _consider_all(judge, shape, text, start, end)
        return judge.passed()

    def _fitting(self, number: int, text: str, start: int, end: int) -> Sequence[Shape]:
        """The shapes that a region of a trigger may have."""
        layouts = self._layouts.get(number)
        return layouts.fitting(text, start, end) if layouts else self._shapes[number]


class Judge:
    """Decides which matches of one text are candidates."""

    def __init__(self, text: str, context: Context) -> None:
        self._text = text
        self._context = context
        self._named = context.named
        self._verdicts: dict[tuple[Validator, str], bool] = {}
        self._lengths: dict[tuple[Trimmer, str], int] = {}
        self.taken: dict[int, int] = {}
        """Up to where each shape's candidates reach: what begins inside one is a part of it."""
        self._found: dict[tuple[str, int, int], Candidate] = {}
        self._alone: dict[tuple[int, int], bool] | None = None
        """Which spans stand alone, once everything that has a name was considered."""

    def consider(self, shape: Shape, match: re.Match[str]) -> int:
        """Take a match as a candidate, or not; gives where it ends, or 0."""
        start, end = match.span(shape.value)
        if shape.trim is not None:
            end = start + self._length(shape.trim, self._text[start:end])
            if end == start:
                return 0
        closeness = _NONE
        if shape.type in self._named:
            closeness = self._context.closeness(shape.type, start, end)
        if shape.needs_word and not closeness and not self._is_alone(start, end):
            return 0
        if shape.check is not None and not self._holds(
            shape.check, shape.normalise, self._text[start:end]
        ):
            return 0
        key = (shape.type, start, end)
        known = self._found.get(key)
        if known is None or shape.form.score > known.shape.form.score:
            self._found[key] = Candidate(start, end, shape.number, closeness, shape)
        self.taken[shape.number] = end
        return end

    def left_over(self, regions: Sequence[Region]) -> Iterator[Region]:
        """The regions in which nothing was found yet; from now on numbers may stand alone."""
        self._alone = {}
        spans = sorted((start, end) for _, start, end in self._found)
        for region in regions:
            place = bisect_left(spans, (region[2],))
            if not place or spans[place - 1][1] <= region[1]:
                yield region

    def _is_alone(self, start: int, end: int) -> bool:
        if self._alone is None:
            return False
        alone = self._alone.get((start, end))
        if alone is None:
            alone = self._alone[start, end] = stands_alone(self._text, start, end)
        return alone

    def passed(self) -> list[Candidate]:
        return list(self._found.values())

    def _length(self, trim: Trimmer, value: str) -> int:
        """How much of `value` belongs to it; remembered within one text."""
        key = (trim, value)
        length = self._lengths.get(key)
        if length is None:
            length = self._lengths[key] = trim(value)
        return length

    def _holds(self, check: Validator, normalise: Normaliser, value: str) -> bool:
        """Whether the check accepts `value`; remembered within one text."""
        key = (check, value)
        verdict = self._verdicts.get(key)
        if verdict is None:
            verdict = self._verdicts[key] = check(normalise(value))
        return verdict


def build_engine(cache_dir: Path | None = None, *, backend: str = "auto") -> Engine:
    """The engine with all kinds. `backend` is `auto`, `hyperscan` or `re`."""
    if backend not in ("auto", "hyperscan", "re"):
        raise ValueError("backend is not known; expected auto, hyperscan or re")
    if backend == "auto":
        backend = "hyperscan" if importlib.util.find_spec("hyperscan") else "re"
    return Engine(load_catalogue(), version=rules_version(), backend=backend, cache_dir=cache_dir)


def _shapes(catalogue: Catalogue) -> list[Shape]:
    forms = [(kind, form) for kind in catalogue.kinds.values() for form in kind.forms]
    return [
        _shape(kind, form, f"{catalogue.groups[kind.type]}.{kind.type}", number)
        for number, (kind, form) in enumerate(forms)
    ]


def _shape(kind: Kind, form: Form, detector: str, number: int) -> Shape:
    pattern = compile_exact(form)
    return Shape(
        kind=kind,
        form=form,
        pattern=pattern,
        detector=detector,
        value="value" if "value" in pattern.groupindex else 0,
        lead=re.compile(f"{form.lead}{{0,{LEAD}}}") if form.lead else None,
        check=form.check or kind.check,
        needs_word=form.mode is Mode.REQUIRED,
        alone=_may_stand_alone(kind, form),
        number=number,
        scores=(
            ALONE[kind.strength] if form.mode is Mode.REQUIRED else form.score,
            min(1.0, round(form.score + NEAR_BONUS, 2)),
            min(1.0, round(form.score + NAMED_BONUS, 2)),
        ),
        type=kind.type,
        normalise=kind.normalise,
        trim=form.trim,
        anywhere=form.edge is Edge.OPEN,
    )


def _spoken(kind: str) -> str:
    """A type as a naming word: in data it may be the name of a field."""
    return kind.lower().replace("_", " ")


def _is_alone(shape: Shape) -> bool:
    return shape.alone


def _may_stand_alone(kind: Kind, form: Form) -> bool:
    """Prose is full of small letters: a form with them needs its name."""
    is_checked = kind.strength >= Strength.DIGIT and (form.check or kind.check) is not None
    is_checked = is_checked and "a-z" not in form.pattern
    return form.mode is Mode.REQUIRED and not kind.is_secret and (form.alone or is_checked)


def _layouts(groups: Sequence[Sequence[Shape]]) -> dict[int, Layouts[Shape]]:
    """For the trigger that all forms of digits alone have: which of them fit what layout."""
    layouts: dict[int, Layouts[Shape]] = {}
    for number, group in enumerate(groups):
        if group[0].form.edge in NUMBERS and layout_of(group[0].form) is not None:
            known = [(layout_of(shape.form), shape) for shape in group]
            layouts[number] = Layouts([(each, shape) for each, shape in known if each])
    return layouts


def _parts(catalogue: Catalogue, by_number: Iterable[Sequence[Shape]]) -> list[Part]:
    """Numbers, secrets, long runs of letters and the rest apart, as the matcher likes them.

    What is only found beside a naming word is apart too, by its file of rules: a
    text that names nothing of a file is not looked through for it.
    """
    triggers: dict[str, dict[int, str]] = {}
    needed: dict[str, set[str]] = {}
    for number, shapes in enumerate(by_number):
        first, trigger = shapes[0], trigger_of(shapes[0].form)
        if all(shape.needs_word and not shape.alone for shape in shapes):
            place = catalogue.groups[first.type]
            needed.setdefault(place, set()).update(shape.type for shape in shapes)
        elif first.form.edge in (Edge.NUMBER, Edge.PROVED):
            place = "(numbers)"
        elif first.kind.is_secret:
            place = "(secrets)"
        else:
            place = "(runs)" if LETTER_RUN.search(trigger) else "(words)"
        triggers.setdefault(place, {})[number] = trigger
    return [
        Part(dict(block), frozenset(needed[place]) if place in needed else None)
        for place, numbered in triggers.items()
        for block in _blocks(list(numbered.items()), BLOCKS.get(place, len(numbered)))
    ]


def _blocks(items: Sequence[tuple[int, str]], size: int) -> Iterator[Sequence[tuple[int, str]]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _merge(regions: Sequence[Region]) -> list[Region]:
    """Regions of one pattern that touch become one."""
    merged: list[Region] = []
    last = from_ = to = -1
    for number, start, end in sorted(regions):
        if number == last and start < to:
            if end > to:
                to = end
                merged[-1] = (number, from_, to)
        else:
            last, from_, to = number, start, end
            merged.append((number, start, end))
    return merged


def _consider_all(judge: Judge, shape: Shape, text: str, start: int, end: int) -> None:
    """Put the matches that begin in a region before the judge, from left to right."""
    pattern, place = shape.pattern, start
    if shape.lead is not None:
        before = shape.lead.match(text[max(0, start - LEAD) : start][::-1])
        place -= before.end() if before else 0
    taken = judge.taken.get(shape.number, 0)
    place = max(place, taken)
    while place < end:
        match = pattern.match(text, place)
        after = judge.consider(shape, match) if match is not None else 0
        if after >= end:
            return
        place = after if after > place else place + 1
        if not shape.anywhere:
            following = BEGINNING.search(text, place, end)
            if following is None:
                return
            place = following.start()


def _order(candidate: Candidate) -> tuple[int, int, str]:
    return candidate.start, candidate.end, candidate.shape.kind.type


def _without_overlaps(candidates: list[Candidate]) -> list[Candidate]:
    """The best candidates, none of which overlaps a better one."""
    candidates.sort()
    if all(map(_are_apart, candidates, candidates[1:])):
        return candidates
    chosen: list[Candidate] = []
    cluster: list[Candidate] = []
    reach = -1
    for candidate in candidates:
        if candidate.start >= reach:
            chosen += cluster if len(cluster) < 2 else _best_of(cluster)
            cluster = []
        cluster.append(candidate)
        reach = max(reach, candidate.end)
    return chosen + _best_of(cluster)


def _are_apart(first: Candidate, second: Candidate) -> bool:
    return first[1] <= second[0]


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
    """Context, strength of the check, specificity, length; then whatever decides a tie."""
    kind, length = candidate.shape.kind, candidate.end - candidate.start
    mode = candidate.shape.form.mode
    return -candidate.closeness, -kind.strength, -mode, -length, candidate.start, kind.type
