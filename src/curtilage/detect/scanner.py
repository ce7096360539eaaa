"""Everything that finds, put together: patterns, phrases, names, other readings.

The engine's findings carry checks; those of free text do not. Where two overlap,
evidence decides, and what is left of the loser on either side stays found: a
name that reaches beyond an address is not half forgotten.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from curtilage.core.models import Finding
from curtilage.detect.custom.finder import Allowed, CustomFinder
from curtilage.detect.engine import Engine, build_engine
from curtilage.detect.hidden.reader import HiddenText, build_hidden_text
from curtilage.detect.hidden.reading import Reading
from curtilage.detect.memory import PERSON, Memory
from curtilage.detect.models import Kind
from curtilage.detect.overlaps import add_rival

DOUBTFUL = 0.7  # a guess of the taggers that is less sure gives way whole
LEAST_LEFT = 2  # letters or digits of a loser that are worth keeping
CHECKED = 0.9  # what a value whose check holds is worth at least where others overlap it
UNCHECKED = 0.75  # and at most what only its words speak for: less than a named value
BESIDE = 2  # characters between two parts of one address
WORDED = frozenset({"PERSON", "LOCATION", "ORGANIZATION", "STREET_ADDRESS"})  # no number is one
FREE_TEXT = ("tagger.", "phrases.", "memory.")  # the detectors that go by words


class Finder(Protocol):
    """Anything that finds something in a text, without a state and from any thread."""

    def __call__(self, text: str, /) -> Sequence[Finding]: ...


@dataclass(frozen=True, slots=True)
class Scanner:
    """Finds with all that is given. Immutable; any thread may scan.

    `free_text` finds what no pattern does; `hidden` gives other readings of a text, in
    which the engine looks too; `custom` are rules of one's own, and `allowed` what they
    let stay.
    """

    engine: Engine
    free_text: tuple[Finder, ...] = ()
    hidden: HiddenText | None = None
    custom: CustomFinder | None = None
    allowed: Allowed | None = None

    @property
    def version(self) -> str:
        """Names all that findings depend on, but for rules of one's own and which taggers look."""
        return self.engine.version

    @property
    def categories(self) -> Mapping[str, str]:
        """The category of every type that can be found."""
        known = {name: kind.category for name, kind in self.engine.kinds.items()}
        return known | (dict(self.custom.categories) if self.custom else {})

    def prepare(self) -> None:
        """Do now what is else done for the first text."""
        self.engine.prepare()
        for finder in self.free_text:
            finder("Ada Lovelace was here.")

    def scan(self, text: str) -> tuple[Finding, ...]:
        """What is in `text`: findings that do not overlap, by where they begin.

        Raises RuleOutOfTime or TooDense where a rule of one's own gave up: then nothing
        about the text is known.
        """
        folded = self.engine.fold(text)
        plain = self.engine.scan_folded(folded)
        found = [
            _as_declared(item, self.engine.kinds)
            for finder in self.free_text
            for item in finder(text)
        ]
        if self.custom is not None:
            found += self.custom(text)
        if self.hidden is not None:
            found += self._read_otherwise(self.hidden.readings(text, plain, folded))
        checked = self.engine.checked
        merged = merge_findings(text, [*plain, *found], checked) if found else plain
        merged = _with_other_forms(text, merged, checked)
        return merged if self.allowed is None else self.allowed.keep(text, merged)

    def _read_otherwise(self, readings: Iterable[Reading]) -> Iterator[Finding]:
        """What the engine finds in other readings, where it stands in the text itself."""
        for reading in readings:
            for item in self.engine.scan(reading.text):
                if reading.keeps(item):
                    start, end = reading.span(item.start, item.end)
                    yield item._replace(
                        start=start, end=end, detector=f"{item.detector}, {reading.name}"
                    )


def build_scanner(
    cache_dir: Path | None = None,
    *,
    backend: str = "auto",
    names: bool | Finder = True,
    taggers: Iterable[str] = (),
    labels: Iterable[str] = (),
) -> Scanner:
    """The scanner as it is shipped. `backend` is `auto`, `hyperscan` or `re`.

    Without `names` neither the taggers nor phrases look: twenty times as fast, and blind
    to people and places. A finder in place of `True` looks for names instead of them.
    `taggers` and `labels` are as in the settings."""
    free_text: tuple[Finder, ...] = ()
    if names is True:
        # A gateway has a process apart for names, and would spend a quarter of its imports on these.
        from curtilage.detect.names import build_names  # noqa: PLC0415

        free_text = build_names(cache_dir, taggers=taggers, labels=labels)
    elif names:
        free_text = (names,)
    return Scanner(
        build_engine(cache_dir, backend=backend),
        free_text=free_text,
        hidden=build_hidden_text(cache_dir, backend=backend),
    )


def _as_declared(item: Finding, kinds: Mapping[str, Kind]) -> Finding:
    """Under the one category that policies know the type by; what it says more closely stays
    in the name of its detector."""
    kind = kinds.get(item.type)
    if kind is None or item.category == kind.category:
        return item
    return item._replace(category=kind.category, detector=f"{item.detector}, {item.category}")


def _with_other_forms(
    text: str, findings: tuple[Finding, ...], checked: Set[str]
) -> tuple[Finding, ...]:
    """The findings, and wherever else in the text somebody of them is named."""
    if not any(item.type == PERSON for item in findings):
        return findings
    memory = Memory()
    memory.learn(text, findings)
    more = memory.recall(text)
    return merge_findings(text, [*findings, *more], checked) if more else findings


def merge_findings(
    text: str, findings: Iterable[Finding], checked: Set[str] = frozenset()
) -> tuple[Finding, ...]:
    """Findings that do not overlap: the best proved first, of the others what is left.

    `checked` are the types whose values have a check that held."""
    starts: list[int] = []
    taken: list[Finding] = []
    for item in sorted(findings, key=lambda item: _rank(item, checked)):
        if _is_disproved(item, starts, taken, checked):
            continue
        free = _free(item, starts, taken)
        if free == [(item.start, item.end)]:
            _take(item, starts, taken)
            continue
        left = [part for part in free if _is_worth_keeping(text, *part)]
        if not left:
            _remember(item, starts, taken, checked)
        for part in left:
            first, last = _trimmed(text, *part)
            _take_rest(text, item._replace(start=first, end=last), starts, taken)
    return tuple(taken)


def _take(item: Finding, starts: list[int], taken: list[Finding]) -> None:
    place = bisect_left(starts, item.start)
    starts.insert(place, item.start)
    taken.insert(place, item)


def _remember(
    item: Finding, starts: Sequence[int], taken: list[Finding], checked: Set[str]
) -> None:
    """What lost whole is a rival of those it lost to.

    What only goes by words is none of a value whose check holds."""
    is_word = item.detector.startswith(FREE_TEXT)
    first, last = _places(item, starts, taken)
    for place in range(first, last):
        if not (is_word and taken[place].type in checked):
            taken[place] = add_rival(taken[place], item)


def _take_rest(text: str, item: Finding, starts: list[int], taken: list[Finding]) -> None:
    """What is left of a loser: a part of its like beside it, else by itself if it can be."""
    place = bisect_left(starts, item.start)
    if place < len(taken) and _are_one(text, item, taken[place]):
        starts[place], taken[place] = item.start, taken[place]._replace(start=item.start)
    elif place and _are_one(text, taken[place - 1], item):
        taken[place - 1] = taken[place - 1]._replace(end=item.end)
    elif item.type not in WORDED or any(map(str.isalpha, text[item.start : item.end])):
        _take(item, starts, taken)


def _are_one(text: str, first: Finding, second: Finding) -> bool:
    """Whether two of a type stand side by side: `14` before `Rua das Flores`."""
    between = text[first.end : second.start]
    return first.type == second.type and len(between) <= BESIDE and not between.strip(" ,")


def _rank(item: Finding, checked: Set[str]) -> tuple[int, float, float, int, int, str]:
    """Secrets, then what is well proved, then what is sure, then what is long."""
    is_secret = item.category.startswith("secret.")
    sure = round(item.score, 1)
    return -is_secret, -_proof(item, checked), -sure, item.start - item.end, item.start, item.type


def _proof(item: Finding, checked: Set[str]) -> float:
    """The score, as far as it may outweigh evidence: checked, then named, then mere form."""
    if item.detector.startswith(FREE_TEXT):
        return min(round(item.score, 1), UNCHECKED)
    return max(round(item.score, 1), CHECKED if item.type in checked else 0.0)


def _is_disproved(
    item: Finding, starts: Sequence[int], taken: Sequence[Finding], checked: Set[str]
) -> bool:
    """Whether a doubtful guess holds a value that a check says is something else."""
    if item.score >= DOUBTFUL or not item.detector.startswith(FREE_TEXT):
        return False
    return any(each.type in checked for each in _touching(item, starts, taken))


def _touching(item: Finding, starts: Sequence[int], taken: Sequence[Finding]) -> Sequence[Finding]:
    """What was taken of a finding's span; what is taken stands in order, apart."""
    first, last = _places(item, starts, taken)
    return taken[first:last]


def _places(item: Finding, starts: Sequence[int], taken: Sequence[Finding]) -> tuple[int, int]:
    first, last = bisect_left(starts, item.start), bisect_left(starts, item.end)
    if first and taken[first - 1].end > item.start:
        first -= 1
    return first, last


def _free(item: Finding, starts: Sequence[int], taken: Sequence[Finding]) -> list[tuple[int, int]]:
    """The parts of a finding that nothing taken covers."""
    start, free = item.start, []
    for each in _touching(item, starts, taken):
        if start < each.start:
            free.append((start, each.start))
        start = max(start, each.end)
    return [*free, (start, item.end)] if start < item.end else free


def _is_worth_keeping(text: str, start: int, end: int) -> bool:
    return sum(map(str.isalnum, text[start:end])) >= LEAST_LEFT


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Without what is neither letter nor digit at the ends."""
    while not text[start].isalnum():
        start += 1
    while not text[end - 1].isalnum():
        end -= 1
    return start, end
