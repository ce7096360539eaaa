"""Write what the scores of a tagger are worth: `python -m tools.tagger.calibrate DATA [--model FOLDER]`.

Run after the training, on texts that were not learned from. How often findings of a score are right
is counted in steps of the score, made to rise with it (pool adjacent violators), and written beside
the weights. One of the sets, wnut17_dev, is left for measuring.
"""

import argparse
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path

from curtilage.core.models import Finding
from curtilage.detect.tagger.calibration import FILE, encode_calibration
from curtilage.detect.tagger.tagger import SHIPPED, load_tagger
from tools.tagger.corpora import Labelled, read_labelled
from tools.tagger.evaluate import read_all
from tools.tagger.generate.texts import generate

KINDS = ("PERSON", "LOCATION", "ORGANIZATION")
EDGES = (0.0, 0.35, 0.5, 0.65, 0.8, 0.9, 0.96, 0.99, 0.999, 1.001)
SETS = ("btc_tweets", "echr_es_fr_manual_dev")
INVENTED = 480
Judged = tuple[float, bool]
"""The score of a finding, and whether it is right."""


def steps(judged: Sequence[Judged]) -> list[tuple[float, float]]:
    """For each step of the score its middle, and the share that is right; it never falls."""
    pools: list[list[list[Judged]]] = []
    for low, high in pairwise(EDGES):
        found = [each for each in judged if low <= each[0] < high]
        if found:
            pools.append([found])
        while len(pools) > 1 and _share(pools[-2]) >= _share(pools[-1]):
            last = pools.pop()
            pools[-1] += last
    return [
        (min(_middle(found), 0.999), min(_share(pool), 0.999)) for pool in pools for found in pool
    ]


def _share(pool: Iterable[Sequence[Judged]]) -> float:
    rights = [is_right for found in pool for _, is_right in found]
    return round(sum(rights) / len(rights), 3)


def _middle(found: Sequence[Judged]) -> float:
    return round(sum(score for score, _ in found) / len(found), 3)


def _is_right(row: Labelled, finding: Finding) -> bool:
    return any(
        finding.start < end and start < finding.end and kind == finding.type
        for start, end, kind in row.spans
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--model", type=Path, default=SHIPPED)
    options = parser.parse_args()
    (options.model / FILE).unlink(missing_ok=True)
    tagger = load_tagger(options.model)
    rows = [row for name in SETS for row in read_labelled(options.data / f"{name}.jsonl.gz")]
    rows += generate(INVENTED, seed=7, dev=True)
    judged: dict[str, list[Judged]] = {kind: [] for kind in KINDS}
    for row, findings in read_all(tagger, rows):
        for finding in findings:
            if finding.type in judged:
                judged[finding.type].append((finding.score, _is_right(row, finding)))
    table = {kind: steps(found) for kind, found in judged.items()}
    (options.model / FILE).write_text(encode_calibration(table), encoding="utf-8")


if __name__ == "__main__":
    main()
