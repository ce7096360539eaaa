"""Which matches count: value, check, naming word. One judge a text.

What a judge does is counted, not timed: past what any ordinary text needs, the text
is refused rather than passed unexamined.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from curtilage.core.models import Finding
from curtilage.detect.alone import end_of_log_mark, may_stand_alone, stands_alone
from curtilage.detect.context import Closeness, Context
from curtilage.detect.errors import TooDense
from curtilage.detect.matching import ALNUM, Region
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

    def finding(self, folded: Folded) -> Finding:
        start, end, _, closeness, shape = self
        if folded.origins is not None:
            start, end = folded.span(start, end)
        return Finding(
            start, end, shape.type, shape.scores[closeness], shape.kind.category, shape.detector
        )


class Judge:
    """Decides which matches of one text are candidates."""

    def __init__(self, text: str, context: Context, budget: Budget) -> None:
        self._text = text
        self._context = context
        self._named = context.named
        self._verdicts: dict[tuple[Validator, str], bool] = {}
        self._lengths: dict[tuple[Trimmer, str], int] = {}
        self._tried: dict[int, int] = {}
        """Up to where each shape was tried; what begins inside a candidate is a part of it."""
        self._last: tuple[re.Pattern[str] | None, int, int, list[int]] = None, 0, 0, []
        self._found: dict[tuple[str, int, int], Candidate] = {}
        self._alone: dict[tuple[int, int], bool] | None = None
        """Which spans stand alone, once everything that has a name was considered."""
        self._line = self._mark = -1
        """The line that was asked about last, and up to where it says that it is one of a log."""
        self._left = budget.of(text)

    def examine(self, forms: Forms, start: int, end: int) -> None:
        """Look at what begins in a region, from left to right; what needs a word, if it has one.

        Raises TooDense where the text made too much work."""
        for shape in forms.free:
            self._go_through(shape, start, end)
        if not forms.kinds.isdisjoint(self._named):
            for shape in self._nameable(forms, start, end):
                self._go_through(shape, start, end)

    def examine_numbers(self, fits: Iterable[tuple[int, Forms]], start: int, end: int) -> None:
        """Look at what begins at the groups of digits of a run, as far as that is in a region."""
        for offset, forms in fits:
            place = start + offset
            if place >= end:
                break
            self._left -= PLACE
            for shape in forms.free:
                self._try(shape, place)
            if not forms.kinds.isdisjoint(self._named):
                for shape in self._nameable(forms, place, place + 1):
                    self._try(shape, place)
        self._pay(0)

    def examine_alone(self, forms: Forms, start: int, end: int) -> None:
        """Look at what may stand alone in prose, and begins in a region."""
        for shape in forms.alone:
            self._go_through(shape, start, end)

    def examine_number_alone(self, forms: Forms, place: int) -> None:
        """Look at what may stand alone in prose, and begins right here."""
        if forms.alone and may_stand_alone(self._text, place):
            for shape in forms.alone:
                self._try(shape, place)
            self._pay(0)

    def _nameable(self, forms: Forms, start: int, end: int) -> Iterator[Shape]:
        """The shapes that a word of the text may name, for it stands where it can."""
        for shape in forms.named:
            if shape.type in self._named and (
                not shape.is_whole or self._context.may_name(shape.type, start, end)
            ):
                yield shape

    def _try(self, shape: Shape, place: int) -> None:
        if place >= self._tried.get(shape.number, 0):
            match = shape.pattern.match(self._text, place)
            if match is not None:
                after = self._consider(shape, match)
                if after:
                    self._tried[shape.number] = after
            self._left -= 1

    def _go_through(self, shape: Shape, start: int, end: int) -> None:
        """Try every place of a region at which `shape` may begin, each once in a text."""
        text, place = self._text, start
        if shape.lead is not None:
            before = shape.lead.match(text[max(0, start - LEAD) : start][::-1])
            place -= before.end() if before else 0
        place = max(place, self._tried.get(shape.number, 0))
        if place < end:
            self._tried[shape.number] = end
            if shape.starts is None:
                self._try_all(shape, place, end)
            else:
                self._try_some(shape, self._places(shape.starts, start, end), place)

    def _try_all(self, shape: Shape, place: int, end: int) -> None:
        text, find, tries = self._text, shape.pattern.match, 0
        while place < end:
            tries += 1
            match = find(text, place)
            if match is not None:
                after = self._consider(shape, match)
                if after >= end:
                    self._tried[shape.number] = after
                    break
                place = after if after > place else place + 1
            else:
                place += 1
            if not shape.anywhere:
                following = BEGINNING.search(text, place, end)
                if following is None:
                    break
                place = following.start()
        self._pay(tries)

    def _try_some(self, shape: Shape, places: Sequence[int], first: int) -> None:
        for place in places:
            if place >= first:
                match = shape.pattern.match(self._text, place)
                after = self._consider(shape, match) if match is not None else 0
                first = max(first, after)
        self._tried[shape.number] = max(first, self._tried[shape.number])
        self._pay(len(places))

    def _places(self, starts: re.Pattern[str], start: int, end: int) -> list[int]:
        """Where forms with one trigger may begin: asked for one after the other, found once."""
        last, from_, to, places = self._last
        if last is not starts or from_ != start or to != end:
            places = [match.start() for match in starts.finditer(self._text, start, end)]
            self._last = starts, start, end, places
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

    def left_over(self, regions: Sequence[Region]) -> Iterator[Region]:
        """The regions in which nothing was found yet; from now on numbers may stand alone.

        In a line of a log nothing does."""
        self._alone = {}
        self._tried.clear()
        spans = sorted((start, end) for _, start, end in self._found)
        for region in regions:
            place = bisect_left(spans, (region[2],))
            is_taken = place and spans[place - 1][1] > region[1]
            if not is_taken and not self._is_in_log(region[1], region[2]):
                yield region

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
