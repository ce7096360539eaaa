"""How well hostile text is told from ordinary text.

    python -m bench.quality.hostile [LABELLED.jsonl …] [--rules] [--origin document]

Attacks and ordinary texts come from two grammars beside this file, written apart
from those that the model learns from; documentation of the installed packages
that it did not learn from is a third, harder set. Files of your own have a line
`{"text": …, "label": 0 or 1}` for each text.
"""

import argparse
import json
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from curtilage.detect.hostile.assess import HostileText, build_hostile
from curtilage.detect.hostile.models import Origin
from tools.hostile.grammar import Grammar, Sample

HERE = Path(__file__).parent
EACH = 20
SEED = 5


def attacks(seed: int) -> Iterator[Sample]:
    return Grammar(HERE / "hostile_attacks.txt").samples(seed, EACH)


def benign(seed: int) -> Iterator[Sample]:
    return Grammar(HERE / "hostile_benign.txt").samples(seed, EACH)


def share_found(hostile: HostileText, texts: Iterable[str], origin: Origin) -> tuple[int, int]:
    """How many have a finding, and of how many."""
    found = [bool(hostile.assess(text, origin).findings) for text in texts]
    return sum(found), len(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--rules", action="store_true", help="without the model of wording")
    parser.add_argument("--origin", type=Origin, default=Origin.DOCUMENT, choices=list(Origin))
    given = parser.parse_args()
    hostile = build_hostile(worded=not given.rules)
    groups: dict[str, list[str]] = {}
    for kind, samples in (("attack", attacks(SEED)), ("ordinary", benign(SEED))):
        for sample in samples:
            groups.setdefault(f"{kind} {sample.family} {sample.lang}", []).append(sample.text)
            groups.setdefault(f"{kind} all", []).append(sample.text)
    for path in given.files:
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            groups.setdefault(f"{path.stem} {row['label']}", []).append(row["text"])
    started = time.process_time()
    for name, texts in sorted(groups.items()):
        found, total = share_found(hostile, texts, given.origin)
        print(f"{name:32} {found:6} of {total:6}  {found / total:7.2%}")
    size = sum(len(text) for texts in groups.values() for text in texts)
    print(f"{size / 1e6 / (time.process_time() - started):.2f} MB/s of CPU time")


if __name__ == "__main__":
    main()
