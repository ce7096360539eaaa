"""What spoke for a finding, in words: form, check, words beside it, what it beat."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from curtilage.core.models import Finding
from curtilage.detect.context import REACH, Closeness
from curtilage.detect.judge import Candidate
from curtilage.detect.models import Kind, Strength
from curtilage.detect.scanner import Scanner

STRENGTHS = {
    Strength.NONE: "which says little by itself",
    Strength.SHAPE: "a list or a range",
    Strength.DIGIT: "one look-alike in about ten passes it",
    Strength.DOUBLE: "one look-alike in a hundred or fewer passes it",
    Strength.PROOF: "no look-alike passes it by chance",
}
MOST_WORDS = 3
FAR = 4096  # what began longer ago is not looked at: no form is so long, but for keys


@dataclass(frozen=True, slots=True)
class ExplainingScanner:
    """Scans like the scanner, and can say why."""

    scanner: Scanner

    def scan(self, text: str) -> tuple[Finding, ...]:
        return self.scanner.scan(text)

    def explain(self, text: str, findings: Sequence[Finding]) -> Sequence[tuple[str, ...]]:
        """The reasons of each of `findings`, which were found in `text`."""
        judged = sorted(self.scanner.engine.judged(text), key=lambda each: each[0].start)
        starts = [finding.start for finding, _ in judged]
        return [
            explain_finding(
                text,
                finding,
                judged[bisect_left(starts, finding.start - FAR) : bisect_left(starts, finding.end)],
            )
            for finding in findings
        ]


def explain_finding(
    text: str, finding: Finding, judged: Sequence[tuple[Finding, Candidate]]
) -> tuple[str, ...]:
    """Why this was found, and what else was thought of in its place. Holds no value."""
    own = next((each for each in judged if _is_same(each[0], finding)), None)
    beside = [
        other
        for other, _ in judged
        if other.start < finding.end and other.end > finding.start and not _is_same(other, finding)
    ]
    reasons = [f"found by {finding.detector}"]
    if own is not None:
        reasons += _judged(text, finding, own[1])
    elif beside:
        reasons.append("no form matches this span as it stands")
    beaten = sorted({f"{other.type} {other.score:.2f}" for other in beside})
    if beaten:
        reasons.append(f"went before {', '.join(beaten)}")
    return tuple(reasons)


def _is_same(one: Finding, other: Finding) -> bool:
    return (one.start, one.end, one.type) == (other.start, other.end, other.type)


def _judged(text: str, finding: Finding, candidate: Candidate) -> list[str]:
    shape, kind = candidate.shape, candidate.shape.kind
    number = kind.forms.index(shape.form) + 1
    reasons = [f"has form {number} of {len(kind.forms)}, which alone counts {shape.form.score:.2f}"]
    if shape.check is not None:
        reasons.append(f"its check holds ({shape.check.__name__}): {STRENGTHS[kind.strength]}")
    elif shape.trim is not None:
        reasons.append(f"its own rule says where it ends: {STRENGTHS[kind.strength]}")
    words = _words_beside(text, finding, kind)
    told = f": {', '.join(words)}" if words else ""
    if candidate.closeness is Closeness.NAMED:
        reasons.append(f"a word right before it, or the title of its column, names it{told}")
    elif candidate.closeness is Closeness.NEAR:
        reasons.append(f"a word near it names it{told}")
    elif shape.needs_word:
        reasons.append("no word names it, but it stands alone in a sentence")
    else:
        reasons.append("no word names it")
    return reasons


def _words_beside(text: str, finding: Finding, kind: Kind) -> list[str]:
    """Words of the kind that stand within reach; titles of columns may be farther away."""
    before = text[max(0, finding.start - REACH) : finding.start]
    around = f"{before} {text[finding.end : finding.end + REACH]}".lower()
    return [f"“{word}”" for word in (*kind.words, *kind.loose) if word in around][:MOST_WORDS]
