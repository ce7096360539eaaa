"""From the chances of tokens to names, and how sure each of them is."""

from collections.abc import Iterator, Sequence
from typing import Final

from curtilage.core.models import Finding
from curtilage.detect.tagger.calibration import Calibration
from curtilage.detect.tagger.labels import CATEGORIES
from curtilage.detect.tagger.tokens import Token

DETECTOR: Final = "tagger.transformer"
DOUBT: Final = 0.65  # a token less surely outside of every name than this is in one
KINDS: Final = ("PERSON", "LOCATION", "ORGANIZATION", "STREET_ADDRESS")
LABELS: Final = ("O", *(f"{part}-{kind}" for kind in KINDS for part in "BI"))
"""What the columns of the model's answer stand for."""


def names(
    tokens: Sequence[Token], chances: Sequence[Sequence[float]], calibration: Calibration
) -> Iterator[Finding]:
    """The names of a line, each as sure as the least sure of its tokens."""
    kind, start, end, least = "", 0, 0, 1.0
    for token, row in zip(tokens, chances, strict=True):
        own, opens, chance = _judge(row) if row[0] < DOUBT else ("", False, 0.0)
        if kind and (own != kind or opens):
            yield _finding(start, end, kind, calibration.of(kind, least))
            kind = ""
        if own and not kind:
            kind, start, least = own, token.start, 1.0
        if own:
            end, least = token.end, min(least, chance)
    if kind:
        yield _finding(start, end, kind, calibration.of(kind, least))


def _judge(row: Sequence[float]) -> tuple[str, bool, float]:
    """The likeliest type, whether a name of it begins here, and how likely it is one."""
    place = max(range(1, len(row), 2), key=lambda each: row[each] + row[each + 1])
    return KINDS[place // 2], row[place] > row[place + 1], row[place] + row[place + 1]


def _finding(start: int, end: int, kind: str, score: float) -> Finding:
    return Finding(start, end, kind, round(min(score, 1.0), 3), CATEGORIES[kind], DETECTOR)
