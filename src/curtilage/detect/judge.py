"""Which matches count: value, check, naming word. One judge a text.

What a judge does is counted, not timed: past what any ordinary text needs, the text
is refused rather than passed unexamined.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from curtilage.core.models import Finding
from curtilage.detect.alone import end_of_log_mark, may_stand_alone, stands_alone
from curtilage.detect.context import Closeness, Context
from curtilage.detect.errors import TooDense
from curtilage.detect.matching import ALNUM, Span, SpansOfOne
from curtilage.detect.models import Normaliser, Trimmer, Validator
from curtilage.detect.normalise import Folded
from curtilage.detect.shapes import LEAD, Forms, Shape

BEGINNING = re.compile(f"(?<![{ALNUM}])")  # where a match may begin, but for open edges
NEAR_HEAD = (
    200  # characters of a line: what stands within, sees its beginning as any value in it does
)
PLACE, CHECKING = 3, 3
"""What a group of digits costs, and a check or a trim, where a try of a form costs one."""
_NONE = Closeness.NONE


@dataclass(frozen=True, slots=True)
class Budget:
    """What a text may cost: so much, or so much for each of its characters.

    Dense tables with every column named cost one a character, a sentence that is half
    numbers of nine digits five. It is counted and not timed, so it is the same on any machine.
    """

    least: int = 60_000
    each: int = 6

    def of(self, text: str) -> int:
        return max(self.least, self.each * len(text))


BUDGET = Budget()


class Candidate(NamedTuple):
    """A match that passed its check and its context rule. They sort by where they stand."""

    start: int
    end: int
    number: int
    closeness: Closeness
    shape: Shape
    rivals: "tuple[Candidate, ...]" = ()

    @property
    def score(self) -> float:
        return self.shape.scores[self.closeness]

    def finding(self, folded: Folded) -> Finding:
        start, end, _, closeness, shape, rivals = self
        if folded.origins is not None:
            start, end = folded.span(start, end)
        return Finding(
            start,
            end,
            shape.type,
            shape.scores[closeness],
            shape.kind.category,
            shape.detector,
            tuple([each.finding(folded) for each in rivals]) if rivals else (),
        )


def _is_free(span: Span, found: Sequence[Span]) -> bool:
    place = bisect_left(found, (span[1],))
    return not place or found[place - 1][1] <= span[0]


class Judge:
    """Decides which matches of one text are candidates."""

    def __init__(self, text: str, context: Context, budget: Budget) -> None:
        self._text = text
        self._context = context
        self._named = context.named
        self._verdicts: dict[tuple[Validator, str], bool] = {}
        self._lengths: dict[tuple[Trimmer, str], int] = {}
        self._of_forms: dict[Forms, Sequence[Shape]] = {}
        self._tried: dict[int, int] = {}
        """Up to where each shape of digits alone was tried."""
        self._last: tuple[re.Pattern[str] | None, Sequence[Span], list[int]] = None, (), []
        self._found: dict[tuple[str, int, int], Candidate] = {}
        self._alone: dict[tuple[int, int], bool] | None = None
        """Which spans stand alone, once everything that has a name was considered."""
        self._line = self._mark = -1
        """The line that was asked about last, and up to where it says that it is one of a log."""
        self._left = budget.of(text)

    def examine(self, forms: Forms, spans: Sequence[Span]) -> None:
        """Look at what begins in regions, from left to right; what needs a word, if it has one.

        Raises TooDense where the text made too much work."""
        for shape in forms.free:
            self._go_through(shape, spans)
        for shape in self._named_of(forms):
            self._go_through(shape, self._nameable(shape, spans))

    def examine_number(self, forms: Forms, place: int) -> None:
        """Look at what begins right here."""
        self._pay(PLACE)
        for shape in forms.free:
            self._try(shape, place)
        for shape in self._named_of(forms):
            if not shape.is_whole or self._context.may_name(shape.type, place, place + 1):
                self._try(shape, place)

    def examine_alone(self, forms: Forms, spans: Sequence[Span]) -> None:
        """Look at what may stand alone in prose, and begins in regions."""
        for shape in forms.alone:
            self._go_through(shape, spans)

    def examine_number_alone(self, forms: Forms, place: int) -> None:
        """Look at what may stand alone in prose, and begins right here."""
        if forms.alone and may_stand_alone(self._text, place):
            for shape in forms.alone:
                self._try(shape, place)
            self._pay(0)

    def _named_of(self, forms: Forms) -> Sequence[Shape]:
        """The shapes that need a word of which the text has one; remembered within one text."""
        known = self._of_forms.get(forms)
        if known is None:
            known = self._of_forms[forms] = [
                shape for shape in forms.named if shape.type in self._named
            ]
        return known

    def _nameable(self, shape: Shape, spans: Sequence[Span]) -> Sequence[Span]:
        """Those of regions where a word of the text may name `shape`: it stands near enough."""
        if not shape.is_whole:
            return spans
        may_name, kind = self._context.may_name, shape.type
        return [span for span in spans if may_name(kind, *span)]

    def _try(self, shape: Shape, place: int) -> None:
        if place >= self._tried.get(shape.number, 0):
            match = shape.pattern.match(self._text, place)
            if match is not None:
                after = self._consider(shape, match)
                if after:
                    self._tried[shape.number] = after
            self._left -= 1

    def _go_through(self, shape: Shape, spans: Sequence[Span]) -> None:
        """Try every place of regions at which `shape` may begin, each once.

        What begins inside a candidate is a part of it."""
        if shape.starts is not None:
            self._try_some(shape, self._places(shape.starts, spans))
            return
        text, tried = self._text, 0
        for start, end in spans:
            place = start
            if shape.lead is not None:
                before = shape.lead.match(text[max(0, start - LEAD) : start][::-1])
                place -= before.end() if before else 0
            place = max(place, tried)
            if place < end:
                tried = self._try_all(shape, place, end)

    def _try_all(self, shape: Shape, place: int, end: int) -> int:
        """Try a region from `place` on; gives up to where it was tried."""
        text, find, tries = self._text, shape.pattern.match, 0
        while place < end:
            tries += 1
            match = find(text, place)
            if match is not None:
                after = self._consider(shape, match)
                if after >= end:
                    self._pay(tries)
                    return after
                place = after if after > place else place + 1
            else:
                place += 1
            if not shape.anywhere:
                following = BEGINNING.search(text, place, end)
                if following is None:
                    break
                place = following.start()
        self._pay(tries)
        return end

    def _try_some(self, shape: Shape, places: Sequence[int]) -> None:
        first = 0
        for place in places:
            if place >= first:
                match = shape.pattern.match(self._text, place)
                if match is not None:
                    first = max(first, self._consider(shape, match))
        self._pay(len(places))

    def _places(self, starts: re.Pattern[str], spans: Sequence[Span]) -> list[int]:
        """Where forms with one trigger may begin: asked for one after the other, found once."""
        last, of, places = self._last
        if last is not starts or of is not spans:
            places = [
                match.start()
                for start, end in spans
                for match in starts.finditer(self._text, start, end)
            ]
            self._last = starts, spans, places
        return places

    def _pay(self, cost: int) -> None:
        self._left -= cost
        if self._left < 0:
            raise TooDense

    def _consider(self, shape: Shape, match: re.Match[str]) -> int:
        """Take a match as a candidate, or not; gives where it ends, or 0."""
        start, end = match.span(shape.value)
        value = self._text[start:end]
        if shape.trim is not None:
            length = self._length(shape.trim, value)
            if not length:
                return 0
            value, end = value[:length], start + length
        key = (shape.type, start, end)
        known = self._found.get(key)
        closeness = _NONE if known is None else known.closeness
        if known is None and shape.type in self._named:
            closeness = self._context.closeness(shape.type, start, end)
        if shape.needs_word and not closeness and not self._is_alone(start, end):
            return 0
        if shape.check is not None and not self._holds(shape.check, shape.normalise, value):
            return 0
        if known is None or shape.form.score > known.shape.form.score:
            self._found[key] = Candidate(start, end, shape.number, closeness, shape)
        return end

    def left_over(self, groups: Sequence[SpansOfOne]) -> Iterator[SpansOfOne]:
        """The regions in which nothing was found yet; from now on numbers may stand alone.

        In a line of a log nothing does."""
        self._alone = {}
        self._tried.clear()
        found = sorted((start, end) for _, start, end in self._found)
        for number, spans in groups:
            left = [span for span in spans if _is_free(span, found) and not self._is_in_log(*span)]
            if left:
                yield number, left

    def _is_alone(self, start: int, end: int) -> bool:
        if self._alone is None:
            return False
        alone = self._alone.get((start, end))
        if alone is None:
            alone = self._alone[start, end] = stands_alone(self._text, start, end)
        return alone

    def _is_in_log(self, start: int, end: int) -> bool:
        """Whether nothing that begins in `text[start:end]` stands alone, for a log's time or level
        stands before it in its line. Asked of each line once: logs are full of numbers."""
        line = self._text.rfind("\n", max(0, end - NEAR_HEAD), start) + 1
        if not line and end > NEAR_HEAD:
            return False
        if line != self._line:
            self._line, self._mark = line, end_of_log_mark(self._text, line)
        return 0 <= self._mark <= start and self._text.find("\n", start, end) < 0

    def passed(self) -> list[Candidate]:
        return list(self._found.values())

    def _length(self, trim: Trimmer, value: str) -> int:
        """How much of `value` belongs to it; remembered within one text."""
        key = (trim, value)
        length = self._lengths.get(key)
        if length is None:
            self._left -= CHECKING
            length = self._lengths[key] = trim(value)
        return length

    def _holds(self, check: Validator, normalise: Normaliser, value: str) -> bool:
        """Whether the check accepts `value`; remembered within one text."""
        key = (check, value)
        verdict = self._verdicts.get(key)
        if verdict is None:
            self._left -= CHECKING
            verdict = self._verdicts[key] = check(normalise(value))
        return verdict
