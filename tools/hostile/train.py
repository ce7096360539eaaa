"""Train the model of wording: `make hostile`, or `python -m tools.hostile.train [BENIGN.jsonl …]`.

It learns from two grammars beside this file and from the documentation of the
packages in this environment (their licences allow reading; no sentence is kept,
only weights). Same grammars, same packages, same seed: the same file, byte for
byte. Templates whose number ends in 4 are held back to calibrate.
"""

import ast
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from curtilage.detect.hostile.cues import CueFinder
from curtilage.detect.hostile.folding import Plainer
from curtilage.detect.hostile.marks import MARKS
from curtilage.detect.hostile.phrases import CUES
from curtilage.detect.hostile.talk import about_in, use
from curtilage.detect.hostile.wording import SIZE, STEP, Said, cue_feature, spans, tokens
from tools.hostile.grammar import Grammar

HERE = Path(__file__).parent
MODEL = HERE.parents[1] / "src/curtilage/detect/hostile/wording.bin"
SEED = 20261128
EPOCHS = 5
RATE = 0.06
DECAY = 1e-4
LEFT_OUT = 0.5
SETTLED = 0.02  # an error this small teaches nothing
LIMIT = 7.9  # of a weight: a byte in sixteenths
EACH_ATTACK, EACH_BENIGN, DOCUMENTS = 30, 40, 3000
FINDER, PLAINER = CueFinder(CUES, MARKS), Plainer()


@dataclass
class Example:
    """A text as flat places in the table, where each token's begin, and its windows."""

    places: np.ndarray
    begins: np.ndarray
    first: np.ndarray
    last: np.ndarray
    is_attack: bool
    group: str


def example(text: str, *, is_attack: bool, group: str) -> Example | None:
    plain = PLAINER.plain(text)
    about = about_in(plain.text)
    said = [
        Said(hit.start, cue_feature(hit.name, use(plain.text, hit, about=about)))
        for hit in FINDER.hits(plain)
    ]
    parts = list(tokens(plain.text, said))
    if not parts:
        return None
    first, last = np.array(list(spans(parts))).T
    sizes = np.array([len(part.features) for part in parts])
    return Example(
        np.concatenate([np.array(part.features) for part in parts]),
        np.concatenate([[0], np.cumsum(sizes)]),
        first,
        last,
        is_attack,
        group,
    )


def documentation() -> Iterator[tuple[str, str]]:
    """Texts that the packages of this environment carry, by package."""
    for path in sorted(Path(np.__file__).parents[1].rglob("*")):
        package = path.relative_to(Path(np.__file__).parents[1]).parts[0].split("-")[0]
        if path.name == "METADATA" or path.suffix in {".md", ".rst"}:
            text = path.read_text(encoding="utf-8", errors="replace")[:60_000]
            yield from ((package, text[at : at + 1200]) for at in range(0, len(text), 1200))
        elif path.suffix == ".py" and path.stat().st_size < 200_000:
            try:
                tree = ast.parse(path.read_text(encoding="utf-8", errors="replace"))
            except (SyntaxError, ValueError):
                continue
            for node in ast.walk(tree):
                if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.Module):
                    if len(found := ast.get_docstring(node) or "") > 80:
                        yield package, found[:1500]


def examples() -> list[Example]:
    chance = np.random.default_rng(SEED)
    found = [
        example(each.text, is_attack=is_attack, group=f"{number}")
        for name, is_attack, count in (
            ("attacks", True, EACH_ATTACK),
            ("benign", False, EACH_BENIGN),
        )
        for number, each in numbered(HERE / f"{name}.txt", count)
    ]
    texts = sorted(set(documentation()))
    texts = [texts[place] for place in chance.permutation(len(texts))[:DOCUMENTS]]
    texts += [("given", json.loads(line)["text"]) for path in sys.argv[1:] for line in open(path)]
    found += [example(text, is_attack=False, group="d") for _, text in texts]
    return [each for each in found if each is not None]


def numbered(path: Path, count: int) -> Iterator[tuple[int, object]]:
    grammar = Grammar(path)
    for number, (family, lang, template) in enumerate(grammar.templates):
        alone = Grammar(path)
        alone.templates = [(family, lang, template)]
        yield from ((number, each) for each in alone.samples(SEED + number, count))


def best(weights: np.ndarray, bias: float, each: Example) -> tuple[float, int]:
    """The window that sounds most like an attack, and its odds."""
    sums = np.concatenate([[0.0], np.cumsum(np.add.reduceat(weights, each.begins[:-1]))])
    odds = sums[each.last] - sums[each.first]
    place = int(np.argmax(odds))
    return float(odds[place]) + bias, place


def fit(data: Sequence[Example]) -> tuple[np.ndarray, float]:
    """Logistic regression on the worst window of each text, with a step of its own per weight.

    Half of the features are left out each time, so that no single one is relied on.
    """
    chance = np.random.default_rng(SEED)
    weights, seen, bias = np.zeros(SIZE), np.full(SIZE, 0.01), -2.0
    for _ in range(EPOCHS):
        for number in chance.permutation(len(data)):
            each = data[number]
            is_kept = chance.random(len(each.places)) > LEFT_OUT
            odds, place = best(weights[each.places] * is_kept / (1 - LEFT_OUT), bias, each)
            error = 1 / (1 + np.exp(-odds)) - each.is_attack
            if abs(error) < SETTLED:
                continue
            span = slice(each.begins[each.first[place]], each.begins[each.last[place]])
            touched = np.unique(each.places[span][is_kept[span]])
            seen[touched] += error * error
            weights[touched] -= RATE * error / np.sqrt(seen[touched]) + DECAY * weights[touched]
            bias -= 0.01 * error
    return np.clip(weights, -LIMIT, LIMIT), bias


def encode(weights: np.ndarray, bias: float) -> bytes:
    packed = np.clip(np.rint(weights * STEP) + 128, 0, 255).astype(np.uint8).tobytes()
    return round(bias * STEP).to_bytes(2, "big", signed=True) + packed


def main() -> None:
    data = examples()
    kept = [each for each in data if each.group[-1] != "4"]
    back = [each for each in data if each.group[-1] == "4"]
    weights, bias = fit(kept)
    weights = np.clip(np.rint(weights * STEP), -128, 127) / STEP
    for name, part in (("learnt", kept), ("held back", back)):
        odds = {flag: [best(weights[e.places], bias, e)[0] for e in part if e.is_attack is flag] for flag in (True, False)}
        for bar in (0.0, 1.0, 2.0, 3.0):
            rates = {flag: sum(value > bar for value in odds[flag]) / max(1, len(odds[flag])) for flag in odds}
            print(f"{name}: odds > {bar}: attacks {rates[True]:.3f} of {len(odds[True])}, ordinary {rates[False]:.4f} of {len(odds[False])}")
    MODEL.write_bytes(encode(weights, bias))
    print(f"{MODEL.stat().st_size} bytes, {np.count_nonzero(weights)} weights, bias {bias:.2f}")


if __name__ == "__main__":
    main()
