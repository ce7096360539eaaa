"""How good detection is on development data, with rivals beside it in the same run.

    python -m bench.quality --data ../shared/data [--peers] [--write]

`--write` makes docs/reference/detection-quality.md anew. The data are a table of
types and labelled texts that lie beside the repository; without them only what
needs neither is measured.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.quality import alarms, identifiers
from bench.quality.finders import PEERS, ours, peer_findings
from curtilage.core.models import Finding
from curtilage.detect.evaluation import Span, is_masked
from curtilage.detect.scanner import Scanner

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "detection-quality.md"
SEED = 20261128
PER_TYPE = 12
TYPED = {
    "named": ("the right type", "≥ .93"),
    "wrong": ("a wrong check digit taken for that type", "≤ .02"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: what was measured, ours first, then each rival in order."""

    what: str
    limit: str
    figures: Sequence[float | None]


def identifier_rows(table: Path, scanner: Scanner, peers: Sequence[str]) -> Iterator[Row]:
    cases = list(identifiers.cases(table, seed=SEED, count=PER_TYPE))
    texts = [case.text for case in cases]
    found: list[Sequence[Sequence[Finding]] | None] = [[scanner.scan(text) for text in texts]]
    found += [peer_findings(name, texts) for name in peers]
    for way, what, limit in (
        ("named", "identifiers, valid, in a sentence that names them: masked", "≥ .97"),
        ("unnamed", "the same without any naming word: masked", "≥ .75"),
        ("wrong", "a wrong check digit, masked all the same", ""),
    ):
        mine = [place for place, case in enumerate(cases) if case.way == way]
        yield Row(
            f"{what} ({len(mine):,})",
            limit,
            [_masked(cases, each, mine) if each is not None else None for each in found],
        )
        if way in TYPED and found[0] is not None:
            rights = [_typed(cases[place], found[0][place]) for place in mine]
            yield Row(*TYPED[way], [sum(rights) / len(rights)])


def _masked(
    cases: Sequence[identifiers.Case], found: Sequence[Sequence[Finding]], places: Sequence[int]
) -> float:
    hits = 0
    for place in places:
        case = cases[place]
        hits += is_masked(case.text, Span(case.start, case.end, case.type), found[place])
    return hits / len(places)


def _typed(case: identifiers.Case, found: Sequence[Finding]) -> bool:
    return any(
        item.type == case.type and item.start < case.end and case.start < item.end for item in found
    )


def alarm_rows(scanner: Scanner, peers: Sequence[str], words: int) -> Iterator[Row]:
    for kind in ("code", "readme", "logs"):
        texts = list(alarms.texts(kind, seed=SEED, words=words))
        size = sum(len(text.split()) for text in texts)
        found: list[Sequence[Sequence[Finding]] | None] = [[scanner.scan(text) for text in texts]]
        found += [peer_findings(name, texts) for name in peers]
        yield Row(
            f"false alarms per 1,000 words of {kind} ({size:,} words)",
            "≤ .3",
            [_alarms(each, size) if each is not None else None for each in found],
        )


def _alarms(found: Sequence[Sequence[Finding]], words: int) -> float:
    """Findings per 1,000 words, without addresses and dates: those are what they say."""
    counted = [item for each in found for item in each if item.type not in alarms.NOT_COUNTED]
    return 1000 * len(counted) / words


def render(rows: Sequence[Row], peers: Sequence[str]) -> str:
    """A table in Markdown."""
    head = ["what", "limit", "Curtilage", *(PEERS[name] for name in peers)]
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    for row in rows:
        figures = ["–" if figure is None else f"{figure:.3f}" for figure in row.figures]
        figures += [""] * (len(head) - 2 - len(figures))
        lines.append("| " + " | ".join([row.what, row.limit, *figures]) + " |")
    return "\n".join(lines)


def main() -> int:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--data", type=Path, default=None, help="where entities.json is")
    options.add_argument("--peers", action="store_true", help="measure the rivals too")
    options.add_argument("--words", type=int, default=60_000, help="of each kind of benign text")
    given = options.parse_args()
    scanner, peers = ours(), list(PEERS) if given.peers else []
    rows: list[Row] = []
    if given.data is not None:
        rows += identifier_rows(given.data / "entities.json", scanner, peers)
    rows += alarm_rows(scanner, peers, given.words)
    print(render(rows, peers))
    return 0


if __name__ == "__main__":
    sys.exit(main())
