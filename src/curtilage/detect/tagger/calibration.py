"""What a score of the model is worth: how often findings with it were right.

A model that is sure is not therefore right, least of all about organisations. Beside its
weights lies a table, made by `tools.tagger.calibrate` on texts it had not learned from:
for each type some scores, and what share of the findings around them was right.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence

FILE = "calibration.txt"
HEAD = "# version 1: type, score of the model, share that was right\n"
Steps = Sequence[tuple[float, float]]
"""Scores that rise, with shares that do not fall."""


class Calibration:
    """Turns scores into shares, straight from step to step; types it does not know stay."""

    def __init__(self, steps: Mapping[str, Steps]) -> None:
        self._steps = {kind: ((0.0, 0.0), *found, (1.0, 1.0)) for kind, found in steps.items()}

    def of(self, kind: str, score: float) -> float:
        """How likely a finding of a type is right."""
        steps = self._steps.get(kind)
        if steps is None:
            return score
        place = bisect_right(steps, score, key=_score)
        (low, under), (high, over) = steps[place - 1], steps[min(place, len(steps) - 1)]
        return under + (over - under) * (score - low) / (high - low) if high > low else under


def parse_calibration(text: str) -> Calibration:
    """The table of a file. Raises ValueError where it is none."""
    if not text.startswith(HEAD):
        raise ValueError("expected a calibration of version 1")
    steps: dict[str, list[tuple[float, float]]] = {}
    for line in text.splitlines()[1:]:
        kind, score, share = line.split()
        steps.setdefault(kind, []).append((float(score), float(share)))
    for found in steps.values():
        flat = [number for step in found for number in step]
        if found != sorted(found) or not all(0 <= number <= 1 for number in flat):
            raise ValueError("expected steps that rise from 0 to 1")
        if [share for _, share in found] != sorted(share for _, share in found):
            raise ValueError("expected shares that do not fall")
    return Calibration(steps)


def encode_calibration(steps: Mapping[str, Steps]) -> str:
    """The table as it lies beside the weights."""
    rows = [f"{kind} {score} {share}\n" for kind, found in steps.items() for score, share in found]
    return HEAD + "".join(rows)


def _score(step: tuple[float, float]) -> float:
    return step[0]
