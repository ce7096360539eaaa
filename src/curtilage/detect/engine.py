"""Scan a text: regions, matches, checks, context, and who wins where two overlap.

What is found depends on the text alone: no clock, no load, no order of calls,
no thread. Work is bounded by the length of the text.
"""

import importlib.util
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from curtilage.core.models import Finding
from curtilage.detect import phone
from curtilage.detect.catalogue import Catalogue, load_catalogue, rules_version
from curtilage.detect.context import Context, Vocabulary, WordSearch
from curtilage.detect.judge import BUDGET, Budget, Candidate, Judge
from curtilage.detect.matching import (
    NUMBERS,
    RIGHT,
    HyperscanMatcher,
    Matcher,
    Part,
    Region,
    ReMatcher,
    Span,
    SpansOfOne,
    trigger_of,
)
from curtilage.detect.models import Edge, Kind, Strength
from curtilage.detect.normalise import Folded, Folder
from curtilage.detect.numbers import Layouts, layout_of
from curtilage.detect.overlaps import without_overlaps
from curtilage.detect.shapes import Forms, Shape, gather, load_shapes

LETTER_RUN = re.compile(r"[^0-9]\]\)?(?:\+|\{(?:[89]|[0-9]{2}))")
CROWDING = frozenset({"BR_CNPJ"})
"""Beside the other numbers its fourteen letters or digits double the time; beside secrets they do not."""
# Numbers as they are dialled at home: each has a plan of its own.
_NUMBERS = "(202) 555-0143, 202-555-0143, 01 99 00 12 34, 020 7946 0958, 030 23125 012"


class Engine:
    """Finds personal data and secrets. Immutable after it is built; any thread may scan."""

    def __init__(
        self,
        catalogue: Catalogue,
        *,
        version: str,
        backend: str,
        cache_dir: Path | None,
        budget: Budget,
    ) -> None:
        self.kinds: Mapping[str, Kind] = catalogue.kinds
        self.checked = frozenset(
            kind.type for kind in catalogue.kinds.values() if kind.strength >= Strength.DIGIT
        )
        self.groups = catalogue.groups
        self.version = version
        self.backend = backend
        self._budget = budget
        self._folder = Folder()
        self._vocabulary = Vocabulary(
            {kind.type: (_spoken(kind.type), *kind.words) for kind in catalogue.kinds.values()},
            {kind.type: kind.loose for kind in catalogue.kinds.values()},
        )
        shapes = load_shapes(catalogue)
        by_trigger: dict[str, list[Shape]] = {}
        for shape in shapes:
            by_trigger.setdefault(trigger_of(shape.form), []).append(shape)
        self._matcher: Matcher
        self._words: Matcher
        self._layouts: dict[int, Layouts[Shape, Forms]]
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
        self._forms = [gather(group) for group in self._shapes]
        self._alone = {number for number, forms in enumerate(self._forms) if forms.alone}

    def prepare(self) -> None:
        """Do now what is else done for the first texts that ask for it: 0.7 s."""
        phone.prepare()
        for forms in self._forms:
            for shape in (*forms.free, *forms.named):
                shape.pattern.match("")
        self.scan(_NUMBERS)

    def scan(self, text: str) -> tuple[Finding, ...]:
        """What is in `text`: findings that do not overlap, by where they begin.

        Raises TooDense where it would take more work than any ordinary text: then nothing
        about the text is known."""
        return self.scan_folded(self.fold(text))

    def fold(self, text: str) -> Folded:
        """`text` as it is looked at: whoever reads it otherwise too need not fold it again."""
        return self._folder.fold(text)

    def scan_folded(self, folded: Folded) -> tuple[Finding, ...]:
        """As `scan`, of a text that `fold` gave."""
        chosen = without_overlaps(self._candidates(folded.text))
        return tuple([candidate.finding(folded) for candidate in chosen])

    def candidates(self, text: str) -> tuple[Finding, ...]:
        """Everything that passed its check and context rule, overlapping or not."""
        return tuple([finding for finding, _ in self.judged(text)])

    def judged(self, text: str) -> list[tuple[Finding, Candidate]]:
        """What `candidates` gives, with what spoke for each: for explanations."""
        folded = self._folder.fold(text)
        found = sorted(self._candidates(folded.text), key=_order)
        return [(candidate.finding(folded), candidate) for candidate in found]

    def _candidates(self, text: str) -> list[Candidate]:
        context = Context(text, self._words, self._vocabulary)
        named = context.named
        regions = self._matcher.regions(text, named, context.near)
        if not regions:
            return []
        judge = Judge(text, context, self._budget)
        groups = _by_pattern(regions)
        for number, spans in groups:
            if number in self._layouts:
                for forms, place in self._numbers(number, text, spans):
                    judge.examine_number(forms, place)
            else:
                judge.examine(self._forms[number], spans)
        for number, spans in judge.left_over([each for each in groups if each[0] in self._alone]):
            if number in self._layouts:
                for forms, place in self._numbers(number, text, spans):
                    judge.examine_number_alone(forms, place)
            else:
                judge.examine_alone(self._forms[number], spans)
        return judge.passed()

    def _numbers(
        self, number: int, text: str, spans: Sequence[Span]
    ) -> Iterator[tuple[Forms, int]]:
        """Where groups of digits begin in regions, and the forms that each may be."""
        layouts = self._layouts[number]
        for start, end in spans:
            for offset, forms in layouts.fitting(text, start, end):
                if start + offset < end:
                    yield forms, start + offset


def build_engine(
    cache_dir: Path | None = None, *, backend: str = "auto", budget: Budget = BUDGET
) -> Engine:
    """The engine with all kinds. `backend` is `auto`, `hyperscan` or `re`."""
    if backend not in ("auto", "hyperscan", "re"):
        raise ValueError("backend is not known; expected auto, hyperscan or re")
    if backend == "auto":
        backend = "hyperscan" if importlib.util.find_spec("hyperscan") else "re"
    return Engine(
        load_catalogue(),
        version=rules_version(),
        backend=backend,
        cache_dir=cache_dir,
        budget=budget,
    )


def _spoken(kind: str) -> str:
    """A type as a naming word: in data it may be the name of a field."""
    return kind.lower().replace("_", " ")


def _layouts(groups: Sequence[Sequence[Shape]]) -> dict[int, Layouts[Shape, Forms]]:
    """For the trigger that all forms of digits alone have: which of them fit what layout."""
    layouts: dict[int, Layouts[Shape, Forms]] = {}
    for number, group in enumerate(groups):
        if group[0].form.edge in NUMBERS and layout_of(group[0].form) is not None:
            known = [(layout_of(shape.form), shape) for shape in group]
            # Of the edges of numbers this is the one that lets more stand beside them.
            layouts[number] = Layouts(
                [(each, shape) for each, shape in known if each], gather, right=RIGHT[Edge.PROVED]
            )
    return layouts


def _parts(catalogue: Catalogue, by_number: Iterable[Sequence[Shape]]) -> list[Part]:
    """Numbers and long runs of letters, words, and secrets apart, as the matcher likes them.

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
        elif first.kind.is_secret or (first.type in CROWDING and LETTER_RUN.search(trigger)):
            place = "(secrets)"
        elif first.form.edge in NUMBERS or LETTER_RUN.search(trigger):
            place = "(numbers and runs)"
        else:
            place = "(words)"
        triggers.setdefault(place, {})[number] = trigger
    return [
        Part(numbered, frozenset(needed[place]) if place in needed else None)
        for place, numbered in triggers.items()
    ]


def _by_pattern(regions: Sequence[Region]) -> list[SpansOfOne]:
    """Regions of each pattern, those that touch as one."""
    apart: dict[int, list[Span]] = {}
    for number, start, end in regions:
        apart.setdefault(number, []).append((start, end))
    return [(number, _joined(apart[number])) for number in sorted(apart)]


def _joined(regions: list[Span]) -> list[Span]:
    """Spans in their order, those that touch as one."""
    spans: list[Span] = []
    from_ = to = -1
    for start, end in sorted(regions):  # nearly in order: much faster than those of all patterns
        if start >= to:
            from_, to = start, end
            spans.append((start, end))
        elif end > to:
            to = end
            spans[-1] = (from_, to)
    return spans


def _order(candidate: Candidate) -> tuple[int, int, str]:
    return candidate.start, candidate.end, candidate.shape.kind.type
