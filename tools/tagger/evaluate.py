"""Measure a tagger on texts that it has not learned from.

Exact spans for the corpora of others, words for invented texts, and how often a
finding of each score is right.
"""

import argparse
import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

from curtilage.core.models import Finding
from curtilage.detect.tagger.ports import TextTagger
from curtilage.detect.tagger.tagger import load_tagger
from curtilage.detect.tagger.transformer.tagger import load_transformer
from tools.tagger.corpora import LABELS, Labelled, read_labelled
from tools.tagger.generate.texts import generate

HELD_OUT = ("wnut17_dev", "echr_es_fr_manual_dev")
FOLD = (
    "wikigold_part"  # one text in five: the larger tagger has not read those, the compact one has
)
_WORD = re.compile(r"\w+")
Read = list[tuple[Labelled, tuple[Finding, ...]]]


def read_all(tagger: TextTagger, rows: Iterable[Labelled]) -> Read:
    return [(row, tagger.tag(row.text)) for row in rows]


def exact(read: Read, least: float = 0.0) -> dict[str, tuple[float, float, float]]:
    """Precision, recall and F1 of exact spans, of findings scored at least `least`."""
    right: Counter[str] = Counter()
    said: Counter[str] = Counter()
    true: Counter[str] = Counter()
    for row, findings in read:
        found = {each[:3] for each in findings if each.score >= least}
        true.update(kind for _, _, kind in row.spans)
        said.update(kind for _, _, kind in found)
        right.update(kind for _, _, kind in found & set(row.spans))
    return {kind: _rates(right[kind], said[kind], true[kind]) for kind in LABELS if true[kind]}


def words(read: Read) -> dict[str, float]:
    """The share of the words of each type that is masked, and how many masked ones are of any."""
    masked: Counter[str] = Counter()
    true: Counter[str] = Counter()
    said = right = 0
    for row, findings in read:
        for match in _WORD.finditer(row.text):
            kinds = [
                kind
                for start, end, kind in row.spans
                if start < match.end() and match.start() < end
            ]
            found = any(each.start < match.end() and match.start() < each.end for each in findings)
            said += found
            right += bool(found and kinds)
            true.update(kinds[:1])
            masked.update(kinds[:1] if found else ())
    return {kind: masked[kind] / true[kind] for kind in LABELS if true[kind]} | {
        "precision": right / max(said, 1)
    }


def touched(read: Read, kind: str) -> float:
    """Of the spans of a type, the share that a finding of any type touches."""
    hits = [
        any(each.start < end and start < each.end for each in findings)
        for row, findings in read
        for start, end, type_ in row.spans
        if type_ == kind
    ]
    return sum(hits) / max(len(hits), 1)


def reliability(read: Read) -> dict[str, tuple[int, float]]:
    """By tenths of the score: how many findings, and the share of them that is right."""
    bins: defaultdict[int, list[bool]] = defaultdict(list)
    for row, findings in read:
        for each in findings:
            bins[min(int(each.score * 10), 9)].append(
                any(
                    each.start < end and start < each.end and kind == each.type
                    for start, end, kind in row.spans
                )
            )
    return {f"{tenth / 10:.1f}": (len(rights), sum(rights) / len(rights)) for tenth, rights in sorted(bins.items())}  # fmt: skip


def _rates(right: int, said: int, true: int) -> tuple[float, float, float]:
    return right / max(said, 1), right / max(true, 1), 2 * right / max(said + true, 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--transformer", action="store_true", help="the larger tagger")
    options = parser.parse_args()
    load = load_transformer if options.transformer else load_tagger
    tagger: TextTagger = load(options.model)
    reads = {
        name: read_all(tagger, read_labelled(options.data / f"{name}.jsonl.gz"))
        for name in HELD_OUT
    }
    if options.transformer:
        fold = list(read_labelled(options.data / f"{FOLD}.jsonl.gz"))[::5]
        reads[FOLD] = read_all(tagger, fold)
    reads["invented"] = read_all(tagger, generate(600, seed=99, dev=True))
    for name, read in reads.items():
        print(f"{name}: {len(read)} texts, {sum(len(row.spans) for row, _ in read)} spans")
        for least in (0.0, 0.5, 0.8):
            for kind, rates in exact(read, least).items():
                print(f"  {kind} from {least}: P {rates[0]:.3f} R {rates[1]:.3f} F {rates[2]:.3f}")
        print("  words", {kind: round(share, 3) for kind, share in words(read).items()})
        print("  people touched", round(touched(read, "PERSON"), 3))
        print(
            "  right by score",
            {key: (n, round(share, 2)) for key, (n, share) in reliability(read).items()},
        )
    text = "\n".join(row.text for row, _ in reads["invented"])
    began = time.process_time()
    tagger.tag(text)
    print(f"{len(text.encode()) / 1000 / (time.process_time() - began):.0f} kB/s of this processor")


if __name__ == "__main__":
    main()
