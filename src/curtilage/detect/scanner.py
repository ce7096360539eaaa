"""Everything that finds, put together: patterns, phrases, names, other readings.

The engine's findings carry checks; those of free text do not. Where two overlap,
evidence decides, and what is left of the loser on either side stays found: a
name that reaches beyond an address is not half forgotten.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from curtilage.core.models import Finding
from curtilage.detect.engine import build_engine

LEAST_LEFT = 2  # letters or digits of a loser that are worth keeping


class Finder(Protocol):
    """Anything that finds something in a text, without a state and from any thread."""

    def __call__(self, text: str, /) -> Sequence[Finding]: ...


@dataclass(frozen=True, slots=True)
class Scanner:
    """Finds with all finders. The first is trusted most where scores are equal."""

    finders: tuple[Finder, ...]

    def scan(self, text: str) -> tuple[Finding, ...]:
        """What is in `text`: findings that do not overlap, by where they begin."""
        first, *others = self.finders
        found = first(text)
        more = [item for finder in others for item in finder(text)]
        if not more:
            return tuple(found)
        return merge_findings(text, [*found, *more])


def build_scanner(cache_dir: Path | None = None) -> Scanner:
    """The scanner with all that is installed."""
    engine = build_engine(cache_dir)
    return Scanner((engine.scan,))


def merge_findings(text: str, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings that do not overlap: the surest first, of the others what is left."""
    starts: list[int] = []
    taken: list[Finding] = []
    for item in sorted(findings, key=_rank):
        for start, end in _free(item, starts, taken):
            if end - start < item.end - item.start:
                if not _is_worth_keeping(text[start:end]):
                    continue
                start, end = _trimmed(text, start, end)  # noqa: PLW2901  # what is left of it
            place = bisect_left(starts, start)
            starts.insert(place, start)
            taken.insert(place, item._replace(start=start, end=end))
    return tuple(taken)


def _rank(item: Finding) -> tuple[int, float, int, int, str]:
    """Secrets, then what is sure, then what is long."""
    is_secret = item.category.startswith("secret.")
    return -is_secret, -round(item.score, 1), item.start - item.end, item.start, item.type


def _free(item: Finding, starts: Sequence[int], taken: Sequence[Finding]) -> list[tuple[int, int]]:
    """The parts of a finding that nothing taken covers; these stand in order, apart."""
    start, free = item.start, []
    place = bisect_left(starts, start)
    if place and taken[place - 1].end > start:
        place -= 1
    while place < len(taken) and starts[place] < item.end:
        if start < starts[place]:
            free.append((start, starts[place]))
        start = max(start, taken[place].end)
        place += 1
    return [*free, (start, item.end)] if start < item.end else free


def _is_worth_keeping(part: str) -> bool:
    return sum(map(str.isalnum, part)) >= LEAST_LEFT


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Without what is neither letter nor digit at the ends."""
    while not text[start].isalnum():
        start += 1
    while not text[end - 1].isalnum():
        end -= 1
    return start, end
