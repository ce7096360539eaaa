"""Compare findings with labelled text: recall, precision, F2, reliability.

Three questions about a labelled span, from what protects to what pleases: was it
*masked* (every letter and digit of it lies in findings), was it *typed* (a finding
of its type overlaps it), was it *exact* (a finding of its type has its very ends)?
A finding is *right* where it overlaps a span of its type, *mistyped* where it
overlaps one of another type only, and a *false alarm* where it overlaps none.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import orjson

from curtilage.core.models import Finding
from curtilage.detect.errors import BadLabels

BINS = (0.0, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
"""Where the rows of the reliability table begin."""


@dataclass(frozen=True, slots=True)
class Span:
    """What a text is labelled with: code points, half open."""

    start: int
    end: int
    type: str


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text with all that is in it."""

    text: str
    spans: Sequence[Span]
    lang: str = ""


@dataclass(slots=True)
class Tally:
    """Counts of one type or language."""

    spans: int = 0
    masked: int = 0
    typed: int = 0
    exact: int = 0
    findings: int = 0
    right: int = 0
    mistyped: int = 0

    @property
    def recall(self) -> float:
        """The share of labelled spans that a finding of their type overlaps."""
        return self.typed / self.spans if self.spans else 0.0

    @property
    def masked_recall(self) -> float:
        """The share of labelled spans of which nothing would be left."""
        return self.masked / self.spans if self.spans else 0.0

    @property
    def precision(self) -> float:
        """The share of findings that overlap a span of their type."""
        return self.right / self.findings if self.findings else 0.0

    @property
    def f2(self) -> float:
        """Recall counts twice as much as precision: a miss is a leak."""
        below = 4 * self.precision + self.recall
        return 5 * self.precision * self.recall / below if below else 0.0

    @property
    def exact_f1(self) -> float:
        """The figure of the literature on names: both ends and the type."""
        below = self.spans + self.findings
        return 2 * self.exact / below if below else 0.0


@dataclass(slots=True)
class Report:
    """All counts of one run."""

    texts: int = 0
    characters: int = 0
    all: Tally = field(default_factory=Tally)
    by_type: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    by_language: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    reliability: dict[float, tuple[int, int]] = field(default_factory=dict)
    """By the least score of a row: how many findings, and how many of them right."""

    def add(self, labelled: Labelled, findings: Sequence[Finding]) -> None:
        """Count one text."""
        self.texts += 1
        self.characters += len(labelled.text)
        for span in labelled.spans:
            masked = is_masked(labelled.text, span, findings)
            typed = [item for item in findings if item.type == span.type and _overlap(item, span)]
            exact = any((item.start, item.end) == (span.start, span.end) for item in typed)
            for tally in self._tallies(span.type, labelled.lang):
                tally.spans += 1
                tally.masked += masked
                tally.typed += bool(typed)
                tally.exact += exact
        for item in findings:
            touched = {span.type for span in labelled.spans if _overlap(item, span)}
            right = item.type in touched
            for tally in self._tallies(item.type, labelled.lang):
                tally.findings += 1
                tally.right += right
                tally.mistyped += bool(touched) and not right
            row = max(edge for edge in BINS if edge <= item.score)
            count, good = self.reliability.get(row, (0, 0))
            self.reliability[row] = count + 1, good + right

    def share_right(self, least: float) -> float:
        """Of the findings that score at least so much, the share that is right."""
        rows = [counts for edge, counts in self.reliability.items() if edge >= least]
        count = sum(row[0] for row in rows)
        return sum(row[1] for row in rows) / count if count else 0.0

    def _tallies(self, kind: str, lang: str) -> Iterable[Tally]:
        return self.all, self.by_type[kind], self.by_language[lang]


def is_masked(text: str, span: Span, findings: Sequence[Finding]) -> bool:
    """Whether every letter and digit of a span lies in some finding."""
    covered = [item for item in findings if _overlap(item, span)]
    return all(
        any(item.start <= place < item.end for item in covered)
        for place in range(span.start, span.end)
        if text[place].isalnum()
    )


def _overlap(item: Finding, span: Span) -> bool:
    return item.start < span.end and span.start < item.end


def parse_labelled(line: bytes, number: int) -> Labelled:
    """One line of labelled text: JSON with `text`, `spans` and perhaps `lang`.

    Offsets are code points. Raises BadLabels, which names the line and no text of it.
    """
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError:
        raise BadLabels(f"Line {number} is not JSON; expected one object a line.") from None
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        raise BadLabels(f"Line {number} has no `text`; expected an object with one.")
    text, lang = row["text"], row.get("lang", "")
    spans = row.get("spans", [])
    if not isinstance(spans, list) or not isinstance(lang, str):
        raise BadLabels(f"Line {number}: expected a list of spans and a language by its code.")
    return Labelled(text, [_parse_span(span, len(text), number) for span in spans], lang)


def _parse_span(span: object, size: int, number: int) -> Span:
    if isinstance(span, dict):
        start, end, kind = (span.get(name) for name in ("start", "end", "type"))
        if type(start) is int and type(end) is int and isinstance(kind, str) and kind:
            if 0 <= start < end <= size:
                return Span(start, end, kind)
            raise BadLabels(f"Line {number}: a span ends before it begins, or outside the text.")
    raise BadLabels(f"Line {number}: expected spans with `start`, `end` and `type`.")
