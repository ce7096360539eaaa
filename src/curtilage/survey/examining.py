"""From parts to findings with their places: what one file gives."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from curtilage.core.errors import InputError, LimitError, UnavailableError
from curtilage.core.models import Finding
from curtilage.survey.allowing import MARK, is_allowed
from curtilage.survey.concealing import Concealer
from curtilage.survey.fingerprints import make_fingerprint
from curtilage.survey.models import Done, Found, Note, Part, Problem, Result, Skipped, Table
from curtilage.survey.ports import Detector, Explainer
from curtilage.survey.reading import read_items
from curtilage.survey.sources import Source

Namer = str | Callable[[int], str]


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is asked of every finding."""

    values: bool = False
    fingerprints: bool = True
    why: bool = False
    """What spoke for each, where the detector can say it."""
    least: float = 0.0
    """Findings of a lower score are left out."""
    types: frozenset[str] = frozenset()
    """Only these; none: all."""
    key: bytes = field(default=b"", repr=False)
    """For fingerprints."""


class Located(NamedTuple):
    """What the core of one part gives."""

    starts: Sequence[int]
    """Where each finding begins, from the beginning of the core."""
    found: Sequence[Found]
    overhang: int
    """How far the last finding reaches beyond the core."""
    characters: int
    """Of the core."""
    problem: Problem | None = None
    """Why nothing about this part is known."""


def examine(path: str, source: Source, detector: Detector, wishes: Wishes) -> Iterator[Result]:
    """All of one source: findings, problems, notes, and `Done` as the last."""
    listing = Listing(path, source.size or 0)
    names = Concealer(detector)
    for item in read_items(source):
        if isinstance(item, Part):
            yield from listing.take(item.core, locate(path, item, detector, wishes, names))
        else:
            yield from listing.tell(item if wishes.values else names.told(item))
    yield listing.done()


def locate(
    path: Namer,
    part: Part,
    detector: Detector,
    wishes: Wishes,
    names: Concealer | None = None,
) -> Located:
    """The findings that begin in the core of a part, with their places.

    `path` is one, or tells it of an offset where a part is made of several files."""
    names = names or Concealer(detector)
    start, end = part.core or (0, len(part.text))
    try:
        findings = detector.scan(part.text)
    except (
        InputError,
        LimitError,
        UnavailableError,
    ) as refusal:  # too dense, a rule out of time, a tagger that failed: it was not examined
        return Located((), (), 0, end - start, Problem(refusal.detail, refusal.advice))
    may_be_allowed = MARK in part.text
    starts: list[int] = []
    found: list[Found] = []
    kept: list[Finding] = []
    overhang = 0
    for number, finding in enumerate(findings):
        if not start <= finding.start < end or not is_wanted(finding, wishes):
            continue
        overhang = max(overhang, finding.end - end)
        if may_be_allowed and is_allowed(finding.type, part.place.lines(finding.start)):
            continue
        starts.append(finding.start - start)
        each = _found(path, part, findings, number, wishes)
        found.append(each if wishes.values else replace(each, spot=names.spot(each.spot)))
        kept.append(finding)
    if wishes.why and isinstance(detector, Explainer):
        reasons = detector.explain(part.text, kept)
        found = [replace(each, why=why) for each, why in zip(found, reasons, strict=True)]
    return Located(starts, found, overhang, end - start)


def _found(
    named: Namer, part: Part, findings: Sequence[Finding], number: int, wishes: Wishes
) -> Found:
    finding, text = findings[number], part.text
    path = named if isinstance(named, str) else named(finding.start)
    mark = ""
    if wishes.fingerprints:
        mark = make_fingerprint(path, text, findings, number, key=wishes.key)
    return Found(
        path=path,
        spot=part.place.spot(finding.start, finding.end),
        finding=finding,
        fingerprint=mark,
        value=text[finding.start : finding.end] if wishes.values else "",
    )


def is_wanted(finding: Finding, wishes: Wishes) -> bool:
    return finding.score >= wishes.least and (not wishes.types or finding.type in wishes.types)


class Listing:
    """What one file gives, part after part."""

    def __init__(self, path: str, size: int = 0) -> None:
        self.path = path
        self._size = size
        self._overhang = 0
        self._characters = 0
        self._is_skipped = False

    def take(self, core: tuple[int, int] | None, located: Located) -> Iterator[Found | Problem]:
        """The findings of the next part, but for those inside the last finding of the one before."""
        reached = self._overhang if core is not None and core[0] else 0
        self._overhang = located.overhang
        self._characters += located.characters
        if located.problem is not None:
            yield replace(located.problem, path=self.path)
        for place, found in zip(located.starts, located.found, strict=True):
            if place >= reached:
                yield found

    def tell(self, item: Table | Problem | Note | Skipped) -> Iterator[Result]:
        if isinstance(item, Skipped):
            self._is_skipped = True
        else:
            yield replace(item, path=self.path)

    def done(self) -> Done:
        return Done(self.path, self._size, self._characters, is_skipped=self._is_skipped)
